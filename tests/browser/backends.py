"""Sites for the tests of backends: the face model on any of them, one of which may be made to misbehave."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Worker

from pyweb_ml.bundle.sealing import seal
from tests.chromium import WEBGPU, launch
from tests.serving import serve
from tests.visiting import AppPage, build_example, on_desktop, open_app, photograph, rgba

APP = """
import pyweb_ml as pw

FACES = pw.Model(
    "npm:@mediapipe/face_detection@0.4.1657300184/face_detection_short_range.tflite",
    sha256="3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
)

@pw.app(title="Faces as tensors", backend={backend!r})
def faces(frame: pw.Image):
    tensors = pw.image_to_tensor(
        frame, output_tensor_width=128, output_tensor_height=128, output_tensor_float_range=(-1, 1)
    )
    return {{"tensors": pw.inference(tensors, model=FACES)}}
"""

WRAPPER = """
import {{ backend as real }} from "./{real}";
{code}
export const backend = {{ ...real, ...changed }};
"""
"""Takes the place of a backend's file; `code` says in `changed` what is otherwise about it."""

RUNS = """
const changed = {
  async create(base) {
    const engine = await real.create(base);
    const compile = async (...all) => {
      const model = await engine.compile(...all);
      let runs = 0;
      const run = async (inputs) => spoil(() => model.run(inputs), inputs, ++runs);
      return { run, close: () => model.close() };
    };
    return { ...engine, lost: engine.lost, compile };
  },
};
"""
"""As `code`, after a function `spoil(run, inputs, count)` that gives the outputs of each run."""


@dataclass
class Site:
    """A built site in a folder, not yet served."""

    app: Path
    folder: Path

    def wrap(self, backend: str, code: str) -> None:
        """Changes what a backend does, in this site only."""
        (file,) = self.folder.glob(f"engine/*/engines/{backend}.js")
        real = file.rename(file.with_name(f"real-{file.name}"))
        file.write_text(WRAPPER.format(real=real.name, code=code))
        seal(self.folder)

    def set_budget(self, milliseconds: int) -> None:
        """How long measuring may take: GPUs that a CPU stands in for need more than a visitor would wait."""
        file = self.folder / "manifest.json"
        manifest = json.loads(file.read_text())
        manifest["engines"]["budget"] = milliseconds
        file.write_text(json.dumps(manifest))


def gpu_browser(browser: Browser) -> Browser:
    """A Chromium whose CPU stands in for a GPU, for WebGL, WebGPU and what it draws."""
    return launch(browser.browser_type, *WEBGPU)


def build(folder: Path, backend: str | list[str] = "auto") -> Site:
    """The face model's site for some backends."""
    app = folder / "app.py"
    app.write_text(APP.format(backend=backend))
    build_example(app, folder / "site")
    return Site(app, folder / "site")


@dataclass
class Visitor:
    """Opens sites in one browser; whatever it has opened is closed with it."""

    browser: Browser
    stack: ExitStack

    def visit(self, site: Site, query: str = "") -> AppPage:
        """Serves a site and opens it."""
        address = self.stack.enter_context(serve(site.folder, isolated=True))
        return open_app(self.context(), address + query)

    def context(self) -> BrowserContext:
        return self.stack.enter_context(self.browser.new_context(viewport={"width": 800, "height": 700}))


def tensors_of(page: AppPage, at: int) -> list[Any]:
    """What the model gives in the page for the photograph."""
    script = """async ({timestamp, bytes, side}) => {
      const picture = new ImageData(new Uint8ClampedArray(bytes), side);
      const {tensors} = await document.querySelector("pywebml-app").process(picture, {timestamp});
      return tensors.map(({data}) => [...data]);
    }"""
    image = rgba(photograph())[192:320, 192:320]
    given = {"timestamp": at, "bytes": image.reshape(-1).tolist(), "side": 128}
    return [np.array(one, np.float32) for one in page.page.evaluate(script, given)]


def desktop_tensors(site: Site) -> list[Any]:
    """The same on the desktop."""
    output = on_desktop(site.app, rgba(photograph())[192:320, 192:320])[0]["tensors"]
    return [one.reshape(-1) for one in output]


def drift(given: list[Any], wanted: list[Any]) -> float:
    """How far the outputs are off, as a part of each one's greatest magnitude."""
    return max(float(np.abs(one - due).max() / np.abs(due).max()) for one, due in zip(given, wanted, strict=True))


def until(page: AppPage, condition: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
    """Waits for the element's stats to fulfil a condition; gives them."""
    for _ in range(int(seconds * 20)):
        stats = page.stats()
        if condition(stats):
            return stats
        page.page.wait_for_timeout(50)
    raise AssertionError(f"still not so after {seconds} s: {page.stats()}")


def report(stats: dict[str, Any], backend: str, threads: int = 0) -> dict[str, Any]:
    """What the stats say of one backend."""
    return next(one for one in stats["backends"] if (one["backend"], one["threads"]) == (backend, threads))


def no_engine_workers(page: AppPage) -> None:
    """Waits until no engine has a worker for itself: a terminated one takes a moment to go."""
    for _ in range(100):
        if not [worker for worker in page.page.workers if worker.url.endswith("/engine.js")]:
            return
        page.page.wait_for_timeout(50)
    raise AssertionError(f"still there: {[worker.url for worker in page.page.workers]}")


def engine_worker(page: AppPage) -> Worker:
    """The worker that an engine has for itself."""
    return next(worker for worker in page.page.workers if worker.url.endswith("/engine.js"))
