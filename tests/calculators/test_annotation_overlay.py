"""Drawing: boxes, points and text that a person can see and read."""

import math
from pathlib import Path

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.graph.payloads import Annotation, Color

RED = Color(255, 0, 0)


def grey(height: int, width: int) -> pw.Image:
    return np.full((height, width, 3), 128, np.uint8)


def changed(image: pw.Image) -> tuple[slice, slice]:
    rows, columns = np.nonzero((image != 128).any(axis=2))
    return slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)


def test_a_point_is_a_disc_of_three_times_the_thickness() -> None:
    drawn = pw.annotation_overlay(grey(480, 640), [Annotation("point", [(0.5, 0.5)], RED, 6)])
    redness = (drawn[..., 0].astype(float) - 128) / 127
    assert redness.sum() == pytest.approx(math.pi * 9**2, rel=0.02)
    assert changed(drawn) == (slice(231, 249), slice(311, 329))


def test_a_boxs_edges_lie_on_its_corners() -> None:
    drawn = pw.annotation_overlay(grey(480, 640), [Annotation("rectangle", [(0.25, 0.25), (0.75, 0.75)], RED, 4)])
    assert changed(drawn) == (slice(118, 362), slice(158, 482))
    assert drawn[240, 320].tolist() == [128, 128, 128]
    assert drawn[120, 320].tolist() == [255, 0, 0]


def test_a_line_is_as_wide_as_its_pen_and_grows_with_the_image() -> None:
    for scale in (1, 3):
        picture = grey(480 * scale, 640 * scale)
        drawn = pw.annotation_overlay(picture, [Annotation("rectangle", [(0.25, 0.25), (0.75, 0.75)], RED, 4)])
        profile = (drawn[: 240 * scale, 320 * scale, 0].astype(float) - 128) / 127
        assert profile.sum() == pytest.approx(4 * scale, abs=0.05)


def test_text_stays_inside_the_image_and_is_outlined() -> None:
    for corner in [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (-3.0, 5.0)]:
        drawn = pw.annotation_overlay(grey(480, 640), [Annotation("text", [corner], RED, 1, "face,0.93,")])
        rows, columns = changed(drawn)
        assert 0 < rows.start < rows.stop < 480
        assert 0 < columns.start < columns.stop < 640
        assert rows.stop - rows.start == pytest.approx(25, abs=3)
        assert (drawn == [255, 0, 0]).all(axis=2).any()
        assert (drawn == [0, 0, 0]).all(axis=2).any()


def test_dark_text_is_outlined_in_white() -> None:
    drawn = pw.annotation_overlay(grey(480, 640), [Annotation("text", [(0.5, 0.5)], Color(0, 0, 0), 1, "a")])
    assert (drawn == 255).all(axis=2).any()


def test_each_line_of_a_text_stands_below_the_one_before() -> None:
    one = pw.annotation_overlay(grey(480, 640), [Annotation("text", [(0.5, 0.5)], RED, 1, "I")])
    two = pw.annotation_overlay(grey(480, 640), [Annotation("text", [(0.5, 0.5)], RED, 1, "I\nI")])
    assert changed(two)[0].stop == changed(one)[0].stop
    assert changed(two)[0].start == pytest.approx(changed(one)[0].start - 17 * 1.6, abs=1)


def test_letters_that_the_font_lacks_are_question_marks() -> None:
    unknown = pw.annotation_overlay(grey(48, 64), [Annotation("text", [(0.5, 0.5)], RED, 1, "é")])
    question = pw.annotation_overlay(grey(48, 64), [Annotation("text", [(0.5, 0.5)], RED, 1, "?")])
    np.testing.assert_array_equal(unknown, question)


def test_places_that_are_not_numbers_draw_nothing() -> None:
    nowhere = [Annotation("point", [(math.nan, 0.5)], RED, 3), Annotation("point", [(math.inf, 0.5)], RED, 3)]
    np.testing.assert_array_equal(pw.annotation_overlay(grey(9, 9), nowhere), grey(9, 9))


def test_the_image_given_is_not_changed() -> None:
    image = grey(9, 9)
    pw.annotation_overlay(image, [Annotation("point", [(0.5, 0.5)], RED, 300)])
    np.testing.assert_array_equal(image, grey(9, 9))


def test_a_detection_is_drawn_as_box_keypoints_and_label() -> None:
    face = pw.Detection("face", 0.925, pw.Box(-0.1, 0.2, 0.5, 0.9), [pw.Keypoint(0.1, 0.3)])
    box, point, text = pw.detections_to_render_data([face], thickness=2, color=(1, 2, 3))
    assert (box.kind, box.points) == ("rectangle", [(0.0, 0.2), (0.4, 1.0)])
    assert (point.kind, point.points) == ("point", [(0.1, 0.3)])
    assert (text.kind, text.points, text.text) == ("text", [(0.0, 0.2)], "face,0.93,")
    assert box.color == Color(1, 2, 3)


def test_what_lies_beside_the_image_has_no_box() -> None:
    beyond = pw.Detection("face", 1.0, pw.Box(1.2, 0.2, 0.1, 0.1))
    assert [one.kind for one in pw.detections_to_render_data([beyond])] == ["text"]


def test_the_letters_come_with_their_source() -> None:
    font = Path(pw.__file__).parent / "calculators" / "hershey_simplex.json"
    assert "Hershey" in font.read_text().splitlines()[0]
