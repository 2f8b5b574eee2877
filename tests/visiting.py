"""A real site in a real browser: built, opened, given pictures, its results taken out as numpy arrays."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import skimage.data
from playwright.sync_api import BrowserContext, Error, Page

from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site
from pyweb_ml.graph.controls import settings
from pyweb_ml.graph.payloads import Image
from pyweb_ml.runner import Scheduler
from pyweb_ml.runner.media import png_bytes

_PROCESS = """async ({png, timestamp}) => {
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
  const decoding = {premultiplyAlpha: "none", colorSpaceConversion: "none"};
  const picture = await createImageBitmap(new Blob([bytes]), decoding);
  const values = await document.querySelector("pywebml-app").process(picture, {timestamp});
  for (const [name, value] of Object.entries(values)) {
    if (!(value instanceof ImageBitmap)) continue;
    const context = new OffscreenCanvas(value.width, value.height).getContext("2d");
    context.drawImage(value, 0, 0);
    const {data} = context.getImageData(0, 0, value.width, value.height);
    let text = "";
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    values[name] = {width: value.width, height: value.height, rgba: btoa(text)};
  }
  return values;
}"""


@dataclass
class AppPage:
    """The page of an app.

    Attributes:
        strangers: addresses of other origins that the page has asked for anything.
        requests: every address that was asked for.
        complaints: errors in the console, and those that nothing caught.
    """

    page: Page
    strangers: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def process(self, image: Image, timestamp: int = 0) -> dict[str, Any]:
        """What the element gives for a picture: images as arrays, the rest as JSON values.

        Raises:
            playwright.sync_api.Error: with the message that the element rejected with.
        """
        arguments = {"png": base64.b64encode(png_bytes(image)).decode(), "timestamp": timestamp}
        values: dict[str, Any] = self.page.evaluate(_PROCESS, arguments)
        return {name: _from_page(value) for name, value in values.items()}

    def stats(self) -> dict[str, Any]:
        """The element's `stats`."""
        stats: dict[str, Any] = self.page.evaluate("document.querySelector('pywebml-app').stats")
        return stats


def _from_page(value: Any) -> Any:
    if not isinstance(value, dict) or "rgba" not in value:
        return value
    pixels = np.frombuffer(base64.b64decode(value["rgba"]), np.uint8)
    return pixels.reshape(value["height"], value["width"], 4)


def build_example(app: Path, out: Path) -> None:
    """Builds an app into a folder, as `pywebml build` does."""
    build_site(load_app(str(app)), out, lambda *_: None)


def open_app(context: BrowserContext, address: str) -> AppPage:
    """Opens a built site and waits until its element is defined."""
    opened = AppPage(context.new_page())
    own = urlsplit(address).netloc

    def request(url: str) -> None:
        opened.requests.append(url)
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc != own:
            opened.strangers.append(url)

    context.on("request", lambda one: request(one.url))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on("console", lambda line: opened.complaints.append(line.text) if line.type == "error" else None)
    opened.page.goto(address)
    _wait_for_element(opened.page)
    return opened


def _wait_for_element(page: Page) -> None:
    defined = "customElements.whenDefined('pywebml-app').then(() => true)"
    try:
        page.evaluate(defined)
    except Error as error:
        # Without the host's headers a page loads once more, isolated by its service worker.
        if "context was destroyed" not in str(error):
            raise
        page.wait_for_load_state()
        page.evaluate(defined)


def on_desktop(app: Path, *images: Image, **given: object) -> list[dict[str, Any]]:
    """What the desktop runner gives for pictures, one run, each at its own timestamp; `given` sets controls."""
    graph = load_app(str(app)).trace()
    shown = settings(graph.controls, given)
    results: list[dict[str, Any]] = []
    with Scheduler(graph) as scheduler:
        for name in graph.outputs:
            scheduler.observe(name, lambda at, payload, name=name: results[at].__setitem__(name, payload))  # type: ignore[misc]
        for at, image in enumerate(images):
            results.append({})
            scheduler.add(at, {next(iter(graph.sources)): image, **shown})
    return results


def photograph() -> Image:
    """A person with a face, uint8 (512, 512, 3): scikit-image's astronaut, by NASA."""
    image: Image = skimage.data.astronaut()  # type: ignore[no-untyped-call]  # scikit-image has no types
    return image


def rgba(image: Image) -> Image:
    """A picture with an opaque alpha channel, as sources feed it to graphs."""
    if image.shape[2] == 4:
        return image
    return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
