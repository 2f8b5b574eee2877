"""Makes the examples' screenshots anew: `python -m tests.screenshots [NAME…]`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

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
        for app in sorted(EXAMPLES.glob("*/app.py")):
            if wanted and app.parent.name not in wanted:
                continue
            site = Path(folder) / app.parent.name
            build_example(app, site)
            with serve(site, isolated=True) as address:
                opened = open_app(browser.new_context(viewport={"width": 900, "height": 900}), address)
                opened.page.evaluate(_LISTEN)
                opened.page.get_by_role("button", name=Path(load_app(str(app)).samples[0]).stem).click()
                opened.page.wait_for_function(_SHOWN, timeout=60_000)
                opened.page.evaluate("document.querySelector('pywebml-app').ready.then(() => true)")
                opened.page.wait_for_function(_SHOWN)
                path = app.with_name("screenshot.jpg")
                opened.page.screenshot(path=path, full_page=True, type="jpeg", quality=85)
        browser.close()


if __name__ == "__main__":
    main()
