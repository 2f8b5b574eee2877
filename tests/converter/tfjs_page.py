"""Runs what the converter writes in TF.js in Chromium: one page for many models and all backends."""

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from playwright.sync_api import BrowserType, Page

from pyweb_ml.converter.proof.tfjs import encode
from tests.chromium import WEBGPU, launch
from tests.converter.tfjs import Arrays, outputs_of
from tests.serving import serve

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"


class PageTfjs:
    """TF.js in a page, with the backends "webgl" and "webgpu"; models are handed over, which is quick."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def run(self, folder: Path, inputs: Mapping[str, NDArray[Any]], backend: str) -> Arrays:
        described, data = encode(dict(inputs))
        json_text = (folder / "model.json").read_text(encoding="utf-8")
        paths = [folder / path for group in json.loads(json_text)["weightsManifest"] for path in group["paths"]]
        request = {
            "backend": backend,
            "json": json_text,
            "shards": [_text(path.read_bytes()) for path in paths],
            "inputs": described,
            "bytes": _text(data),
        }
        answer = self._page.evaluate("(request) => runCase(request)", request)
        return outputs_of(answer, base64.b64decode(answer.get("data", "")))


@contextmanager
def tfjs_page(chromium: BrowserType) -> Iterator[PageTfjs]:
    """A page of a Chromium of its own, in which WebGPU runs without a GPU."""
    running = launch(chromium, *WEBGPU)
    try:
        # WebGPU is there for pages of this machine's server, but not for a page without an address.
        with tempfile.TemporaryDirectory() as root, serve(_build(Path(root))) as address:
            page = running.new_page()
            page.goto(address)
            page.wait_for_function("window.runCase")
            yield PageTfjs(page)
    finally:
        running.close()


def _build(root: Path) -> Path:
    entry, options = HERE / "tfjs_page.mjs", ["--bundle", "--format=iife", "--log-level=error"]
    environment = {**os.environ, "NODE_PATH": str(STATIC / "node_modules")}
    esbuild = STATIC / "node_modules" / ".bin" / "esbuild"
    command = [str(esbuild), str(entry), *options, f"--outfile={root / 'run.js'}"]
    subprocess.run(command, check=True, env=environment)
    (root / "index.html").write_text("<!doctype html><title>TF.js</title><script src=run.js></script>")
    return root


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
