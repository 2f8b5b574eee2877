"""Controls of every kind in a real site: what a calculator in Python is given, in the page as on the desktop."""

from pathlib import Path
from typing import Any

import numpy as np

from conftest import OpenExample
from tests.visiting import on_desktop

APP = """
import pyweb_ml as pw


@pw.calculator
def told(frame: pw.Image, word: pw.Text, style: pw.Text, count: int = 1, loud: bool = False) -> pw.Text:
    text = f"{style} {word} {count!r} {loud!r}"
    return text.upper() if loud else text


@pw.app(title="Told")
def tell(
    frame: pw.Image,
    strength: pw.Number = pw.slider(0, 20, 2.5),
    count: pw.Number = pw.slider(1, 9, 2, step=1),
    word: pw.Text = pw.text("Wörter"),
    style: pw.Text = pw.select(["plain", "fancy"]),
    loud: pw.Boolean = pw.checkbox(),
) -> pw.Outputs:
    text = told(frame, word, style, count=count, loud=loud)
    return {"picture": pw.gaussian_blur(frame, sigma=strength), "text": text}
"""
SETTINGS: list[dict[str, Any]] = [
    {},
    {"count": 3, "word": "x ' \" \n 🙂", "style": "fancy", "loud": True, "strength": 0},
    {"loud": False, "strength": 7.25},
]
SET = "values => { document.querySelector('pywebml-app').values = values; }"


def test_a_calculator_in_python_is_given_the_same_settings_in_the_page_as_on_the_desktop(
    open_example: OpenExample, tmp_path: Path
) -> None:
    app = tmp_path / "told.py"
    app.write_text(APP, encoding="utf-8")
    frame = np.random.default_rng(0).integers(0, 256, (24, 32, 4), np.uint8)
    frame[..., 3] = 255
    page = open_example(app)
    page.page.evaluate("document.querySelector('pywebml-app').ready.then(() => true)")
    given: dict[str, Any] = {}
    for at, settings in enumerate(SETTINGS):
        given |= settings
        page.page.evaluate(SET, settings)
        in_page, desktop = page.process(frame, at), on_desktop(app, frame, **given)[0]
        assert in_page["text"] == desktop["text"]
        assert np.abs(in_page["picture"].astype(int) - desktop["picture"]).max() <= 1
    assert desktop["text"] == "fancy x ' \" \n 🙂 3 False"
    assert page.complaints == []
