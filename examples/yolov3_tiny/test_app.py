"""The example finds what OpenCV finds with the same files, and the same in the browser and on the desktop."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import skimage.data

import pyweb_ml as pw
from conftest import OpenExample
from examples.yolov3_tiny.app import COCO, SIDE, TINY, yolo_detections
from pyweb_ml.converter import environment
from pyweb_ml.converter.readers.darknet import layer_table
from pyweb_ml.models import original
from tests.visiting import on_desktop, photograph, rgba

APP = Path(__file__).parent
THRESHOLD, OVERLAP = 0.2, 0.45
"""The lowest that OpenCV takes: it makes 0 of what scores less."""


def coffee() -> pw.Image:
    """A cup on a table, uint8 (400, 600, 3)."""
    image: pw.Image = skimage.data.coffee()  # type: ignore[no-untyped-call]  # scikit-image has no types
    return image


def motorbike() -> pw.Image:
    """A motorbike in a workshop, uint8 (500, 741, 3)."""
    left, _, _ = skimage.data.stereo_motorcycle()  # type: ignore[no-untyped-call]
    image: pw.Image = left
    return image


def crowd() -> pw.Image:
    """A person mirrored at all four sides, uint8 (912, 912, 3): not true to life, but with much to find."""
    image: pw.Image = np.pad(photograph(), ((200, 200), (200, 200), (0, 0)), mode="reflect")
    return image


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Darknet's `.cfg`, with its `.weights` beside it."""
    assert TINY.config
    folder = tmp_path_factory.mktemp("yolov3-tiny")
    for model in (TINY, TINY.config):
        shutil.copy(original(model), folder / model.name)
    return folder / TINY.config.name


def test_the_cup_and_the_motorbike_are_found_where_a_person_sees_them() -> None:
    (cup,), (bike,) = (result["things"] for result in on_desktop(APP, rgba(coffee()), rgba(motorbike())))
    assert (cup.label, bike.label) == ("cup", "motorbike")
    assert min(cup.score, bike.score) > 0.5
    # The cup with its spoon, and the motorbike from end to end, in parts of the picture's width.
    assert (cup.box.xmin, cup.box.xmin + cup.box.width) == pytest.approx((0.25, 0.71), abs=0.05)
    assert (bike.box.xmin, bike.box.xmin + bike.box.width) == pytest.approx((0.08, 0.94), abs=0.05)


@pytest.mark.parametrize(
    ("picture", "count"), [(coffee(), 1), (motorbike(), 1), (crowd(), 3)], ids=["cup", "motorbike", "crowd"]
)
def test_what_is_found_is_what_opencv_finds(picture: pw.Image, count: int, files: Path, tmp_path: Path) -> None:
    square = PIL.Image.fromarray(picture).resize((SIDE, SIDE))
    given = np.asarray(square, np.float32)[None] / 255
    found = yolo_detections(pw.inference([given], model=TINY), THRESHOLD, OVERLAP)
    ours = [[COCO.index(one.label), one.score, *vars(one.box).values()] for one in found]
    theirs = _opencv(files, given, tmp_path)
    assert len(theirs) >= count
    np.testing.assert_allclose(sorted(ours), sorted(theirs), atol=1e-3)


def _opencv(files: Path, given: np.ndarray, folder: Path) -> Any:
    np.save(folder / "input.npy", given)
    numbers = [str(THRESHOLD), str(OVERLAP)]
    arguments: list[str | Path] = [files, files.with_suffix(".weights"), folder / "input.npy", *numbers]
    return json.loads(environment.run("opencv", APP / "run_opencv.py", arguments).stdout)


def test_the_browser_finds_what_the_desktop_finds(open_example: OpenExample) -> None:
    app = open_example(APP)
    photographs = [rgba(coffee()), rgba(motorbike())]
    for at, desktop in enumerate(on_desktop(APP, *photographs)):
        in_page = app.process(photographs[at], at)["things"]
        assert [one["label"] for one in in_page] == [one.label for one in desktop["things"]]
        for theirs, ours in zip(in_page, desktop["things"], strict=True):
            numbers = [ours.score, *vars(ours.box).values()]
            assert [theirs["score"], *theirs["box"].values()] == pytest.approx(numbers, abs=2e-3)


def test_the_readme_shows_darknets_table(files: Path) -> None:
    assert layer_table(files) in (APP / "README.md").read_text(encoding="utf-8")
