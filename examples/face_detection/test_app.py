"""The example finds the face in a photograph, and the same in the browser and on the desktop."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import OpenExample
from tests.visiting import on_desktop, photograph, rgba

APP = Path(__file__).parent
ASTRONAUT = photograph()


def test_the_one_face_is_found_with_its_eyes() -> None:
    (face,) = on_desktop(APP, rgba(ASTRONAUT))[0]["faces"]
    assert face.score > 0.9
    eyes = [(point.x * 512, point.y * 512) for point in face.keypoints[:2]]
    # Where a person sees the pupils in the picture, in pixels.
    assert eyes == [pytest.approx((203, 104), abs=8), pytest.approx((245, 105), abs=8)]


def test_a_picture_without_a_face_gives_empty_lists() -> None:
    (results,) = on_desktop(APP, rgba(np.zeros((120, 160, 3), np.uint8)))
    assert (results["faces"], results["largest"]) == ([], [])


def test_python_smooths_the_largest_face_over_time() -> None:
    shifted = np.ascontiguousarray(np.roll(rgba(ASTRONAUT), 40, axis=1))
    before, after = on_desktop(APP, rgba(ASTRONAUT), shifted)
    moved = after["faces"][0].box.xmin - before["faces"][0].box.xmin
    assert moved == pytest.approx(40 / 512, abs=0.02)
    smoothed = after["largest"][0].box.xmin - before["largest"][0].box.xmin
    assert smoothed == pytest.approx(0.4 * moved, abs=0.01)


def test_the_browser_gives_what_the_desktop_gives(open_example: OpenExample) -> None:
    app = open_example(APP)
    photos = [rgba(ASTRONAUT), rgba(ASTRONAUT[:301, 60:461])]
    for at, desktop in enumerate(on_desktop(APP, *photos)):
        in_page = app.process(photos[at], at)
        assert np.abs(in_page["output"].astype(int) - desktop["output"]).max() <= 1
        for stream in ("faces", "largest"):
            assert _numbers(in_page[stream]) == pytest.approx(_numbers(desktop[stream]), abs=1e-3)


def _numbers(faces: list[Any]) -> list[float]:
    """Scores and coordinates, in order."""
    plain = [face if isinstance(face, dict) else dataclasses.asdict(face) for face in faces]
    return [
        number
        for face in plain
        for number in (
            face["score"],
            *face["box"].values(),
            *(value for point in face["keypoints"] for value in point.values()),
        )
    ]
