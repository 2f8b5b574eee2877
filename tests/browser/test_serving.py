"""`pywebml serve` as a developer sees it: an open page follows the file that is being edited."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.serving import pywebml_serve

APP = '''
"""{description}"""
import pyweb_ml as pw

@pw.app(title="{title}")
def app(frame: pw.Image) -> pw.Image:
    return pw.gaussian_blur(frame, {option}=4)
'''


@pytest.fixture
def app(tmp_path: Path) -> Path:
    file = tmp_path / "app.py"
    file.write_text(APP.format(description="The first.", title="First", option="sigma"))
    return file


@pytest.fixture
def address(app: Path) -> Iterator[str]:
    """Where `pywebml serve`, a process of its own, serves the app."""
    with pywebml_serve(app) as address:
        yield address


def test_an_open_page_follows_its_file_and_recovers_from_a_mistake(
    browser: Browser, app: Path, address: str
) -> None:
    page = browser.new_page()
    page.goto(address)
    expect(page.get_by_role("heading", name="First")).to_be_visible()
    assert page.evaluate("crossOriginIsolated")
    app.write_text(APP.format(description="Wrong.", title="Second", option="sgima"))
    expect(page.get_by_text("'gaussian_blur' has no option 'sgima'; did you mean 'sigma'?").first).to_be_visible()
    expect(page.get_by_text("app.py:7").first).to_be_visible()
    app.write_text(APP.format(description="Mended.", title="Second", option="sigma"))
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    page.close()
