"""Runs what the converter writes in TF.js in Chromium: one page for many models and all backends."""

import base64
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from playwright.sync_api import BrowserType, Page

from pyweb_ml.converter.proof.tfjs import encode
from tests.chromium import FLAGS, find
from tests.converter.tfjs import Arrays, outputs_of
from tests.serving import serve

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
WEBGPU = ["--enable-unsafe-webgpu", "--enable-features=Vulkan,WebGPU", "--use-webgpu-adapter=swiftshader"]


class PageTfjs:
    """TF.js in a page, which is served from `root`; models lie below it."""

    def __init__(self, page: Page, root: Path) -> None:
        self._page = page
        self._root = root

    def run(self, folder: Path, inputs: Mapping[str, NDArray[Any]], backend: str) -> Arrays:
        address = "/" + folder.relative_to(self._root).as_posix()
        described, data = encode(dict(inputs))
        (folder / "inputs.bin").write_bytes(data)
        request = {"backend": backend, "folder": address, "inputs": described}
        answer = self._page.evaluate("(request) => runCase(request)", request)
        return outputs_of(answer, base64.b64decode(answer.get("data", "")))


@contextmanager
def tfjs_page(chromium: BrowserType, root: Path) -> Iterator[PageTfjs]:
    """A page of a Chromium of its own, in which WebGPU runs without a GPU."""
    _build(root)
    running = chromium.launch(executable_path=find(), args=[*FLAGS, *WEBGPU])
    try:
        with serve(root, headers={"Cache-Control": "no-store"}) as address:
            page = running.new_page()
            page.goto(address)
            page.wait_for_function("window.runCase")
            yield PageTfjs(page, root)
    finally:
        running.close()


def _build(root: Path) -> None:
    entry, options = HERE / "tfjs_page.mjs", ["--bundle", "--format=iife", "--log-level=error"]
    environment = {**os.environ, "NODE_PATH": str(STATIC / "node_modules")}
    esbuild = STATIC / "node_modules" / ".bin" / "esbuild"
    subprocess.run(
        [str(esbuild), str(entry), *options, f"--outfile={root / 'run.js'}"], check=True, env=environment
    )
    (root / "index.html").write_text("<!doctype html><title>TF.js</title><script src=run.js></script>")
