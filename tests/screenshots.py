"""Makes the examples' screenshots anew: `python -m tests.screenshots [NAME…]`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from pyweb_ml.apps import load_app
from tests.chromium import FLAGS, find
from tests.serving import serve
from tests.visiting import build_example, open_app

EXAMPLES = Path(__file__).parents[1] / "examples"


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
                opened.page.get_by_role("button", name=Path(load_app(str(app)).samples[0]).stem).click()
                expect(opened.page.get_by_text("Done")).to_be_visible(timeout=60_000)
                opened.page.evaluate("document.querySelector('pywebml-app').ready.then(() => true)")
                expect(opened.page.get_by_text("Done")).to_be_visible()
                path = app.with_name("screenshot.jpg")
                opened.page.screenshot(path=path, full_page=True, type="jpeg", quality=85)
        browser.close()


if __name__ == "__main__":
    main()
