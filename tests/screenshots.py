"""Makes the examples' screenshots anew: `python -m tests.screenshots [NAME…]`."""

import sys
import tempfile
from pathlib import Path

import skimage.data
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from pyweb_ml.apps import load_app
from tests.chromium import FLAGS, find
from tests.serving import serve
from tests.visiting import build_example, open_app

EXAMPLES = Path(__file__).parents[1] / "examples"

_LISTEN = """() => document.querySelector("pywebml-app").addEventListener("result", () => (window.shown = 1))"""
_SHOWN = """() => window.shown && ["Done", "Ready"].includes(
  document.querySelector("pywebml-app").shadowRoot.querySelector(".words [role=status]").textContent)"""
"""A picture is done; a sound that is over leaves the page ready for another."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        wanted = sys.argv[1:]
        for app in sorted([*EXAMPLES.glob("*/app.py"), *EXAMPLES.glob("*/graph.pbtxt")]):
            if wanted and app.parent.name not in wanted:
                continue
            site = Path(folder) / app.parent.name
            build_example(app, site)
            with serve(site, isolated=True) as address:
                opened = open_app(browser.new_context(viewport={"width": 900, "height": 900}), address)
                opened.page.evaluate(_LISTEN)
                _choose(opened.page, app, Path(folder))
                opened.page.wait_for_function(_SHOWN, timeout=60_000)
                opened.page.evaluate("document.querySelector('pywebml-app').ready.then(() => true)")
                opened.page.wait_for_function(_SHOWN)
                path = app.with_name("screenshot.jpg")
                opened.page.screenshot(path=path, full_page=True, type="jpeg", quality=85)
        browser.close()


def _choose(page: Page, app: Path, folder: Path) -> None:
    """The app's first sample, or a photograph where it has none."""
    samples = load_app(str(app)).samples
    if samples:
        page.get_by_role("button", name=Path(samples[0]).stem).click()
        return
    photograph = folder / "astronaut.png"
    Image.fromarray(skimage.data.astronaut()).save(photograph)  # type: ignore[no-untyped-call]
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Image…").click()
    asked.value.set_files(photograph)


if __name__ == "__main__":
    main()
