"""The page's calculators on detections give the numbers that the numpy kernels give."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pyweb_ml as pw

RNG = np.random.default_rng(7)


def assert_same_numbers(desktop: Any, page: Any) -> None:
    """Coordinates agree within 1e-5, words exactly."""
    if isinstance(desktop, dict):
        assert desktop.keys() == page.keys()
        for key in desktop:
            assert_same_numbers(desktop[key], page[key])
    elif isinstance(desktop, list | tuple):
        assert len(desktop) == len(page)
        for one, two in zip(desktop, page, strict=True):
            assert_same_numbers(one, two)
    elif isinstance(desktop, str):
        assert desktop == page
    else:
        assert page == pytest.approx(desktop, abs=1e-5)


def plain(payload: list[Any]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(one) for one in payload]


FACE_ANCHORS: dict[str, Any] = {
    "input_size_width": 128,
    "input_size_height": 128,
    "min_scale": 0.1484375,
    "max_scale": 0.75,
    "num_layers": 4,
    "strides": [8, 16, 16, 16],
    "aspect_ratios": [1.0],
    "fixed_anchor_size": True,
}
OBJECTRON_ANCHORS: dict[str, Any] = {
    "input_size_width": 300,
    "input_size_height": 300,
    "min_scale": 0.2,
    "max_scale": 0.95,
    "num_layers": 6,
    "strides": [16, 32, 64, 128, 256, 512],
    "aspect_ratios": [1.0, 2.0, 0.5, 3.0, 0.3333],
    "reduce_boxes_in_lowest_layer": True,
}


@pytest.mark.parametrize("options", [FACE_ANCHORS, OBJECTRON_ANCHORS])
def test_anchors_agree(run_both: Any, options: dict[str, Any]) -> None:
    both = run_both("SsdAnchorsCalculator", {}, **options)
    np.testing.assert_array_equal(both.page[""], both.desktop[""])


DECODING: dict[str, Any] = {
    "num_classes": 3,
    "num_boxes": 50,
    "num_coords": 9,
    "box_coord_offset": 1,
    "keypoint_coord_offset": 5,
    "num_keypoints": 2,
    "x_scale": 10.0,
    "y_scale": 11.0,
    "w_scale": 5.0,
    "h_scale": 6.0,
    "sigmoid_score": True,
}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"reverse_output_order": True, "min_score_thresh": 0.5},
        {"box_format": "XYWH", "apply_exponential_on_box_size": True, "max_results": 7},
        {"flip_vertically": True, "ignore_classes": [0, 1]},
        {"allow_classes": [2], "score_clipping_thresh": 1.0},
        {"sigmoid_score": False, "min_score_thresh": 0.1},
    ],
)
def test_decoded_detections_agree(run_both: Any, options: dict[str, Any]) -> None:
    boxes = RNG.normal(1, 2, (1, 50, 9)).astype(np.float32)
    boxes[0, 3] = np.nan
    scores = RNG.normal(0, 3, (1, 50, 3)).astype(np.float32)
    scores[0, 5, 1] = np.nan
    anchors = RNG.uniform(0, 1, (50, 4)).astype(np.float32)
    both = run_both(
        "TensorsToDetectionsCalculator",
        {"tensors": [boxes, scores], "anchors": anchors},
        **{**DECODING, **options},
    )
    assert len(both.desktop["DETECTIONS"]) > 2
    assert_same_numbers(plain(both.desktop["DETECTIONS"]), both.page["DETECTIONS"])


def crowd(count: int) -> pw.Detections:
    """Boxes that overlap here and there, each with two keypoints."""
    places: NDArray[np.float64] = RNG.uniform(0.2, 0.6, (count, 4))
    return [
        pw.Detection(
            str(i % 3), float(RNG.uniform()), pw.Box(x, y, 0.2 + w / 3, 0.2 + h / 3), [pw.Keypoint(x, y)] * 2
        )
        for i, (x, y, w, h) in enumerate(places.tolist())
    ]


@pytest.mark.parametrize("overlap_type", ["JACCARD", "MODIFIED_JACCARD", "INTERSECTION_OVER_UNION"])
@pytest.mark.parametrize("algorithm", ["DEFAULT", "WEIGHTED"])
@pytest.mark.parametrize("options", [{}, {"max_num_detections": 3}, {"min_score_threshold": 0.4}])
def test_suppressed_detections_agree(run_both: Any, overlap_type: str, algorithm: str, options: Any) -> None:
    both = run_both(
        "NonMaxSuppressionCalculator",
        {"detections": crowd(40)},
        min_suppression_threshold=0.3,
        overlap_type=overlap_type,
        algorithm=algorithm,
        **options,
    )
    assert 0 < len(both.desktop[""]) < 40
    assert_same_numbers(plain(both.desktop[""]), both.page[""])


@pytest.mark.parametrize("return_empty_detections", [False, True])
def test_both_emit_an_empty_list_only_when_asked_to(run_both: Any, return_empty_detections: bool) -> None:
    both = run_both(
        "NonMaxSuppressionCalculator", {"detections": []}, return_empty_detections=return_empty_detections
    )
    assert both.desktop == both.page == ({"": []} if return_empty_detections else {})


def test_projected_detections_agree(run_both: Any) -> None:
    matrix = [0.9, -0.3, 0.0, 0.1, 0.2, 1.1, 0.0, -0.2, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    both = run_both("DetectionProjectionCalculator", {"detections": crowd(5), "matrix": matrix})
    assert_same_numbers(plain(both.desktop["DETECTIONS"]), both.page["DETECTIONS"])


def test_render_data_agrees(run_both: Any) -> None:
    faces = [*crowd(5), pw.Detection("beyond", 1.0, pw.Box(1.1, 0.5, 0.2, 0.2), [])]
    both = run_both("DetectionsToRenderDataCalculator", {"detections": faces}, thickness=3.0, color=(1, 2, 3))
    desktop = json.loads(json.dumps(plain(both.desktop["RENDER_DATA"])))
    assert_same_numbers(desktop, both.page["RENDER_DATA"])


def test_labels_agree(run_both: Any) -> None:
    found = [pw.Detection(label, 0.5, pw.Box(0, 0, 1, 1)) for label in ("0", "1", "7", "cat")]
    both = run_both("DetectionLabelIdToTextCalculator", {"detections": found}, label=["face", "hand"])
    assert [one.label for one in both.desktop[""]] == ["face", "hand", "7", "cat"]
    assert_same_numbers(plain(both.desktop[""]), both.page[""])
