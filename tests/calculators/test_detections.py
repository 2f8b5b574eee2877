"""From a detector's tensors to detections on the image: MediaPipe's numbers, and cases worked out by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw

VECTORS = Path(__file__).parents[1] / "vectors" / "mediapipe"
RAW = np.load(VECTORS / "detections.npz")
STAGES = json.loads((VECTORS / "detections.json").read_text())
ANCHORS = pw.ssd_anchors(
    input_size_width=128,
    input_size_height=128,
    min_scale=0.1484375,
    max_scale=0.75,
    num_layers=4,
    strides=[8, 16, 16, 16],
    aspect_ratios=[1.0],
    fixed_anchor_size=True,
)
DECODING: dict[str, Any] = {
    "num_classes": 1,
    "num_boxes": 896,
    "num_coords": 16,
    "keypoint_coord_offset": 4,
    "num_keypoints": 6,
    "x_scale": 128,
    "y_scale": 128,
    "w_scale": 128,
    "h_scale": 128,
    "reverse_output_order": True,
    "sigmoid_score": True,
    "score_clipping_thresh": 100,
    "min_score_thresh": 0.5,
}
SUPPRESSION: dict[str, Any] = {
    "min_suppression_threshold": 0.3,
    "overlap_type": "INTERSECTION_OVER_UNION",
    "algorithm": "WEIGHTED",
}


def decoded() -> pw.Detections:
    tensors = [RAW["boxes"].reshape(1, 896, 16), RAW["scores"].reshape(1, 896, 1)]
    return pw.tensors_to_detections(tensors, ANCHORS, **DECODING)


def projected(astronaut: pw.Image) -> pw.Detections:
    top, bottom, left, right = STAGES["crop"]
    size: dict[str, Any] = {"output_tensor_width": 128, "output_tensor_height": 128}
    tensors = pw.image_to_tensor(astronaut[top:bottom, left:right], keep_aspect_ratio=True, **size)
    return pw.detection_projection(pw.non_max_suppression(decoded(), **SUPPRESSION), matrix=tensors.matrix)


def numbers(one: pw.Detection) -> list[float]:
    box, points = one.box, [c for at in one.keypoints for c in (at.x, at.y)]
    return [one.score, box.xmin, box.ymin, box.width, box.height, *points]


def assert_same(found: pw.Detections, stage: str) -> None:
    given = STAGES[stage]
    assert [one.label for one in found] == [str(one["label"]) for one in given]
    wanted = [[one["score"], *one["box"], *(c for at in one["keypoints"] for c in at)] for one in given]
    np.testing.assert_allclose([numbers(one) for one in found], wanted, atol=1e-6)


def test_the_face_detectors_tensors_decode_as_in_mediapipe() -> None:
    assert_same(decoded(), "decoded")


def test_the_weighted_mean_of_eight_boxes_is_mediapipes() -> None:
    assert len(decoded()) == 8
    assert_same(pw.non_max_suppression(decoded(), **SUPPRESSION), "kept")


def test_the_face_lies_on_the_image_where_mediapipe_puts_it(astronaut: pw.Image) -> None:
    assert_same(projected(astronaut), "projected")


def test_an_ssd_of_six_layers_has_1917_anchors() -> None:
    anchors = pw.ssd_anchors(
        input_size_width=300,
        input_size_height=300,
        min_scale=0.2,
        max_scale=0.95,
        num_layers=6,
        strides=[16, 32, 64, 128, 256, 512],
        aspect_ratios=[1.0, 2.0, 0.5, 3.0, 0.3333],
        reduce_boxes_in_lowest_layer=True,
    )
    cells = [19, 10, 5, 3, 2, 1]
    assert len(anchors) == 1917 == 19 * 19 * 3 + 6 * sum(side * side for side in cells[1:])
    np.testing.assert_allclose(anchors[0], [0.5 / 19, 0.5 / 19, 0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(anchors[1], [0.5 / 19, 0.5 / 19, 0.2 * 2**0.5, 0.2 / 2**0.5], rtol=1e-6)
    # The last layer's last box lies between its own scale and 1.
    np.testing.assert_allclose(anchors[-1], [0.5, 0.5, 0.95**0.5, 0.95**0.5], rtol=1e-6)


def test_layers_of_one_stride_share_their_cells() -> None:
    assert len(ANCHORS) == 16 * 16 * 2 + 8 * 8 * 6
    assert (ANCHORS[512:518, :2] == ANCHORS[512, :2]).all()
    assert ANCHORS[518, 0] > ANCHORS[512, 0]


def test_as_many_strides_as_layers_are_wanted() -> None:
    with pytest.raises(ValueError, match="'strides' must be 2 positive numbers"):
        pw.ssd_anchors(
            input_size_width=8,
            input_size_height=8,
            min_scale=0.1,
            max_scale=0.9,
            num_layers=2,
            strides=[8],
            aspect_ratios=[1.0],
        )


def test_anchors_of_another_model_are_refused() -> None:
    tensors = [RAW["boxes"].reshape(1, 896, 16), RAW["scores"].reshape(1, 896, 1)]
    with pytest.raises(ValueError, match="'num_boxes' is 896, but there are 895 anchors"):
        pw.tensors_to_detections(tensors, ANCHORS[1:], **DECODING)


def test_tensors_of_another_model_are_refused() -> None:
    with pytest.raises(ValueError, match=r"tensor 1 must be float32 \(1, 896, 1\), not float32 \(1, 800, 1\)"):
        pw.tensors_to_detections(
            [RAW["boxes"].reshape(1, 896, 16), np.zeros((1, 800, 1), np.float32)], ANCHORS, **DECODING
        )


def box(score: float, xmin: float, width: float, label: str = "a") -> pw.Detection:
    return pw.Detection(label, score, pw.Box(xmin, 0.0, width, 1.0), [pw.Keypoint(xmin, 0.5)])


@pytest.mark.parametrize(
    ("overlap_type", "similarity"),
    [("JACCARD", 0.1 / 0.7), ("MODIFIED_JACCARD", 0.1 / 0.2), ("INTERSECTION_OVER_UNION", 0.1 / 0.7)],
)
def test_what_overlaps_more_than_the_threshold_is_suppressed(overlap_type: Any, similarity: float) -> None:
    pair = [box(0.5, 0.5, 0.2), box(0.9, 0.0, 0.6)]
    above = pw.non_max_suppression(pair, overlap_type=overlap_type, min_suppression_threshold=similarity + 1e-6)
    below = pw.non_max_suppression(pair, overlap_type=overlap_type, min_suppression_threshold=similarity - 1e-6)
    assert [one.score for one in above] == [0.9, 0.5]
    assert [one.score for one in below] == [0.9]


def test_jaccard_divides_by_the_area_of_the_box_around_both() -> None:
    one = pw.Detection("a", 0.9, pw.Box(0.0, 0.0, 0.5, 0.5))
    other = pw.Detection("a", 0.8, pw.Box(0.25, 0.25, 0.5, 0.5))
    similarity = 0.0625 / 0.5625
    assert len(pw.non_max_suppression([one, other], min_suppression_threshold=similarity + 1e-9)) == 2
    assert len(pw.non_max_suppression([one, other], min_suppression_threshold=similarity - 1e-9)) == 1


def test_the_weighted_kind_takes_the_mean_by_score() -> None:
    pair = [box(0.25, 0.4, 0.4, "b"), box(0.75, 0.0, 0.6)]
    (mean,) = pw.non_max_suppression(pair, min_suppression_threshold=0.1, algorithm="WEIGHTED")
    assert mean.label == "a"
    assert mean.score == 0.75
    assert mean.box.xmin == pytest.approx(0.1)
    assert mean.box.xmin + mean.box.width == pytest.approx(0.65)
    assert mean.keypoints[0].x == pytest.approx(0.1)


def test_max_num_detections_keeps_the_surest() -> None:
    apart = [box(score, score, 0.05) for score in (0.3, 0.9, 0.6)]
    assert [one.score for one in pw.non_max_suppression(apart, max_num_detections=2)] == [0.9, 0.6]


def test_min_score_threshold_leaves_out_the_rest() -> None:
    apart = [box(score, score, 0.05) for score in (0.3, 0.9, 0.6)]
    assert [one.score for one in pw.non_max_suppression(apart, min_score_threshold=0.5)] == [0.9, 0.6]
