"""The example does what its page promises, and the same in the browser and on the desktop."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import OpenExample
from tests.visiting import on_desktop, photograph, rgba

APP = Path(__file__).parent
ASTRONAUT = photograph()


def test_the_person_stays_sharp_and_the_background_is_blurred() -> None:
    photo = rgba(ASTRONAUT)
    output = on_desktop(APP, photo)[0]["output"]
    face, rocket = np.s_[100:180, 190:260], np.s_[20:220, 380:460]
    assert np.abs(output[face].astype(int) - photo[face]).mean() < 1
    assert _detail(output[rocket]) < 0.5 * _detail(photo[rocket])


def test_the_slider_sets_how_strong_the_blur_is_in_the_page_as_on_the_desktop(open_example: OpenExample) -> None:
    photo = rgba(ASTRONAUT)
    app = open_example(APP)
    rocket = np.s_[20:220, 380:460]
    details = []
    for at, strength in enumerate([0, 2.5, 16]):
        app.page.evaluate("strength => { document.querySelector('pywebml-app').values = {strength}; }", strength)
        in_page = app.process(photo, at)["output"]
        desktop = on_desktop(APP, photo, strength=strength)[0]["output"]
        assert np.abs(in_page.astype(int) - desktop).max() <= 1
        details.append(_detail(in_page[rocket]))
    assert details == sorted(details, reverse=True)
    assert details[0] == _detail(photo[rocket])


def _detail(image: Any) -> float:
    """Mean absolute difference of neighbouring pixels."""
    return float(np.abs(np.diff(image.astype(int), axis=1)).mean())


@pytest.mark.parametrize("isolated", [True, False], ids=["with threads", "on one thread"])
def test_the_browser_gives_the_pixels_of_the_desktop(open_example: OpenExample, isolated: bool) -> None:
    app = open_example(APP, isolated=isolated)
    photos = [rgba(ASTRONAUT), rgba(ASTRONAUT[:301, 60:461])]
    for at, desktop in enumerate(on_desktop(APP, *photos)):
        in_page = app.process(photos[at], at)["output"]
        assert np.abs(in_page.astype(int) - desktop["output"]).max() <= 1
    assert app.stats()["backend"] == "litert-wasm"
    assert ("threads" in app.stats()["reason"]) == isolated


def test_a_graph_without_python_ships_and_fetches_none(open_example: OpenExample, tmp_path: Path) -> None:
    app = open_example(APP)
    app.process(rgba(ASTRONAUT))
    assert not list(tmp_path.rglob("*pyodide*"))
    assert not [url for url in app.requests if "python" in url]
