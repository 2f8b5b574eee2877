"""What the tests in Chromium of the page share: a built site whose worker follows a script, and a strict page."""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route

from pyweb_ml.bundle.hosting import CONTENT_SECURITY_POLICY
from tests.browser.backends import Visitor, gpu_browser
from tests.serving import serve

HERE = Path(__file__).resolve().parent
WEB = HERE.parents[1] / "pyweb_ml" / "web"

SUB_PATH = "some/where"
"""Where the site lies below its server's root, so that an address that is not relative fails."""


@dataclass
class Site:
    """A site in a folder, served; `script` is what its worker does."""

    folder: Path
    url: str
    headers: dict[str, str]

    def script(self, **steps: Any) -> None:
        (self.folder / "script.json").write_text(json.dumps(steps))


@dataclass
class Visit:
    """A page of a browser that may ask nobody but the site, and must not complain."""

    page: Page
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(part in line for part in self.allowed)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / SUB_PATH
    _assemble(folder)
    headers = {"Cache-Control": "no-store"}
    with serve(tmp_path, headers=headers) as address:
        made = Site(folder, f"{address}{SUB_PATH}/", headers)
        made.script()
        yield made


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    visited = Visit(context.new_page())
    _watch(context, visited, site)
    yield visited
    context.close()
    assert visited.strangers == []
    assert visited.unexpected() == []


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody who has visited nothing yet."""
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture(scope="module")
def gpu(browser: Browser) -> Iterator[Browser]:
    running = gpu_browser(browser)
    yield running
    running.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Visits sites on the CPU."""
    with ExitStack() as stack:
        yield Visitor(browser, stack)


@pytest.fixture
def gpu_visitor(gpu: Browser) -> Iterator[Visitor]:
    with ExitStack() as stack:
        yield Visitor(gpu, stack)


@pytest.fixture(scope="session")
def clip(browser: Browser) -> bytes:
    """A second of WebM, as Chromium itself records it: a square that moves."""
    page = browser.new_page()
    recorded: list[int] = page.evaluate(_RECORD)
    page.close()
    return bytes(recorded)


_RECORD = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 320, height: 240});
  const context = canvas.getContext("2d");
  let x = 0;
  const timer = setInterval(() => {
    context.fillStyle = "teal"; context.fillRect(0, 0, 320, 240);
    context.fillStyle = "white"; context.fillRect((x += 10) % 320, 80, 60, 60);
  }, 40);
  const recorder = new MediaRecorder(canvas.captureStream(25), {mimeType: "video/webm;codecs=vp8"});
  const chunks = [];
  let bytes = 0;
  // A busy machine begins to encode late: until then there is but a header.
  const begun = new Promise((resolve, reject) => {
    recorder.ondataavailable = ({data}) => {
      chunks.push(data);
      if ((bytes += data.size) > 1000) resolve();
    };
    setTimeout(() => reject(new Error("nothing was recorded within 60 s")), 60_000);
  });
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start(100);
  await begun;
  setTimeout(() => recorder.stop(), 1000);
  await stopped;
  clearInterval(timer);
  return [...new Uint8Array(await new Blob(chunks).arrayBuffer())];
}"""


def until(page: Page, expression: str, seconds: float = 60) -> None:
    """Waits for an expression to be true; Playwright's own waiting needs eval, which the page forbids."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"'{expression}' is still not true after {seconds} s"
        page.wait_for_timeout(50)


def workers(page: Page, count: int) -> None:
    """Waits until so many workers live: a terminated one takes a moment to go."""
    deadline = time.monotonic() + 30
    while len(page.workers) != count:
        assert time.monotonic() < deadline, f"{len(page.workers)} workers live, not {count}"
        page.wait_for_timeout(50)


def _assemble(folder: Path) -> None:
    if not (WEB / "widget.js").exists():
        pytest.fail(f"'{WEB}' holds no built page: run 'node build.mjs' in static/")
    folder.mkdir(parents=True)
    for name in ("widget.js", "page.js", "page.css"):
        shutil.copy(WEB / name, folder)
    html = (WEB / "index.html").read_text()
    words = {
        "{{title}}": "Face detection",
        "{{description}}": "Finds the faces in a picture.",
        "{{privacy}}": "Your pictures never leave this device.",
        "{{csp}}": CONTENT_SECURITY_POLICY,
        "{{page}}": "",
        "?build={{build}}": "",
        "{{build}}": "",
        ' data-service-worker="sw.js"': "",
        '<link rel="manifest" href="app.webmanifest">': "",
        "icon-192.png": "data:,",
    }
    for placeholder, text in words.items():
        html = html.replace(placeholder, text)
    (folder / "index.html").write_text(html)
    shutil.copy(HERE / "scripted_worker.js", folder / "worker.js")
    _add_sample(folder)


def _add_sample(folder: Path) -> None:
    (folder / "samples").mkdir()
    photograph = skimage.data.astronaut()  # type: ignore[no-untyped-call]
    Image.fromarray(photograph).save(folder / "samples" / "astronaut.jpg")
    samples = [{"name": "Astronaut", "path": "samples/astronaut.jpg", "kind": "image"}]
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "samples": samples}))


def _watch(context: BrowserContext, visited: Visit, site: Site) -> None:
    origin = site.url.removesuffix(f"{SUB_PATH}/")

    def let_through(route: Route) -> None:
        if route.request.url.startswith((origin, "data:", "blob:")):
            route.continue_()
        else:
            visited.strangers.append(route.request.url)
            route.abort()

    context.route("**/*", let_through)
    complain = visited.complaints.append
    page = visited.page
    page.on("console", lambda message: complain(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complain(str(error)))
