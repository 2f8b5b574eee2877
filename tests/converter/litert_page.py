"""Runs `.tflite` files in LiteRT.js, in one page of Chromium."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.writers.tflite import write_tflite
from tests.serving import serve

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "static" / "node_modules"


class LiteRtPage:
    """LiteRT.js in a page, which is served from `root`."""

    def __init__(self, page: Page, root: Path) -> None:
        self._page = page
        self._root = root

    def run(self, model: Model, inputs: Mapping[str, NDArray[Any]], **how: int) -> dict[str, NDArray[Any]]:
        """The outputs by name of a model that `write_tflite` writes so; an error of LiteRT.js fails the test."""
        write_tflite(model, self._root / "model.tflite", **how)
        given = {
            name: {"shape": list(value.shape), "data": value.reshape(-1).tolist()}
            for name, value in inputs.items()
        }
        answer = self._page.evaluate("(inputs) => runModel('model.tflite', inputs)", given)
        assert "error" not in answer, answer
        return {name: np.array(values, np.float32) for name, values in answer.items()}


@contextmanager
def litert_page(browser: Browser, root: Path) -> Iterator[LiteRtPage]:
    """A page with LiteRT.js, whose files are copied into `root`."""
    shutil.copytree(MODULES / "@litertjs" / "core" / "wasm", root / "wasm")
    entry, options = HERE / "litert_page.mjs", ["--bundle", "--format=esm", "--log-level=error"]
    environment = {**os.environ, "NODE_PATH": str(MODULES)}
    command = [str(MODULES / ".bin" / "esbuild"), str(entry), *options, f"--outfile={root / 'run.js'}"]
    subprocess.run(command, check=True, env=environment)
    (root / "index.html").write_text(
        "<!doctype html><title>LiteRT.js</title><script type=module src=run.js></script>"
    )
    with serve(root, headers={"Cache-Control": "no-store"}) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function("window.runModel")
        yield LiteRtPage(page, root)
        page.close()
