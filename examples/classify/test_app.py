"""The example knows a cat and a cup of coffee, and gives the same classes in the browser and on the desktop."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pyweb_ml as pw
from conftest import OpenExample
from tests.visiting import on_desktop

APP = Path(__file__).parent
SAMPLES = APP.parent / "samples"


def picture(name: str) -> pw.Image:
    with Image.open(SAMPLES / name) as opened:
        return np.asarray(opened.convert("RGBA"))


@pytest.mark.parametrize(("name", "label"), [("chelsea.jpg", "Egyptian cat"), ("coffee.jpg", "espresso")])
def test_it_says_what_a_person_sees(name: str, label: str) -> None:
    classes = on_desktop(APP, picture(name))[0]["output"]
    assert classes[0].label == label
    assert classes[0].score > 0.5
    assert len(classes) == 10


def test_the_shares_of_all_classes_sum_to_one_and_the_best_come_first() -> None:
    scores = [one.score for one in on_desktop(APP, picture("chelsea.jpg"))[0]["output"]]
    assert scores == sorted(scores, reverse=True)
    assert 0.9 < sum(scores) <= 1.0001


def test_the_browser_gives_what_the_desktop_gives(open_example: OpenExample) -> None:
    app = open_example(APP)
    for at, name in enumerate(["chelsea.jpg", "coffee.jpg"]):
        in_page = app.process(picture(name), at)["output"]
        desktop = on_desktop(APP, picture(name))[0]["output"]
        assert [one["label"] for one in in_page[:3]] == [one.label for one in desktop[:3]]
        assert [one["score"] for one in in_page] == pytest.approx([one.score for one in desktop], abs=1e-3)
