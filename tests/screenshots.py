"""Makes the examples' screenshots anew: `python -m tests.screenshots`."""

import io
import tempfile
from pathlib import Path

import PIL.Image
from playwright.sync_api import expect, sync_playwright

from tests.chromium import FLAGS, find
from tests.serving import serve
from tests.visiting import build_example, open_app

EXAMPLES = Path(__file__).parents[1] / "examples"


def _save(png: bytes, path: Path) -> None:
    """Writes a picture in 256 colours, a third of the size."""
    PIL.Image.open(io.BytesIO(png)).convert("RGB").quantize(256).save(path, optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        for app in sorted(EXAMPLES.glob("*/app.py")):
            site = Path(folder) / app.parent.name
            build_example(app, site)
            with serve(site, isolated=True) as address:
                opened = open_app(browser.new_context(viewport={"width": 900, "height": 900}), address)
                opened.page.get_by_role("button", name="astronaut").click()
                expect(opened.page.get_by_text("Done")).to_be_visible(timeout=60_000)
                opened.page.evaluate("document.querySelector('pywebml-app').ready.then(() => true)")
                expect(opened.page.get_by_text("Done")).to_be_visible()
                _save(opened.page.screenshot(full_page=True), app.with_name("screenshot.png"))
        browser.close()


if __name__ == "__main__":
    main()
