"""`image_to_tensor`: MediaPipe's sampling, bit for bit, and how the tensor lies on the image."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw

VECTORS = np.load(Path(__file__).parents[1] / "vectors" / "mediapipe" / "image_to_tensor.npz")
CASES: dict[str, dict[str, Any]] = {
    "letterbox_zero": {
        "output_tensor_width": 64,
        "output_tensor_height": 64,
        "keep_aspect_ratio": True,
        "output_tensor_float_range": (-1, 1),
        "border_mode": "BORDER_ZERO",
    },
    "stretch": {"output_tensor_width": 48, "output_tensor_height": 40},
    "enlarge": {"output_tensor_width": 90, "output_tensor_height": 110, "output_tensor_float_range": (0, 255)},
}


@pytest.mark.parametrize("name", CASES)
def test_it_gives_the_tensor_that_mediapipe_gives(name: str, astronaut: pw.Image) -> None:
    top, bottom, left, right = VECTORS[f"{name}_crop"]
    (tensor,) = pw.image_to_tensor(astronaut[top:bottom, left:right], **CASES[name])
    assert tensor.dtype == np.float32
    np.testing.assert_allclose(tensor.ravel(), VECTORS[name], atol=1e-6 * np.ptp(VECTORS[name]))


def test_rgb_and_rgba_give_the_same_tensor(astronaut: pw.Image) -> None:
    size: dict[str, Any] = {"output_tensor_width": 20, "output_tensor_height": 10}
    rgb, rgba = pw.image_to_tensor(astronaut[..., :3], **size), pw.image_to_tensor(astronaut, **size)
    np.testing.assert_array_equal(rgb[0], rgba[0])


def test_a_wide_image_is_padded_above_and_below() -> None:
    white = np.full((10, 20, 3), 255, np.uint8)
    found = pw.image_to_tensor(
        white, output_tensor_width=8, output_tensor_height=8, keep_aspect_ratio=True, border_mode="BORDER_ZERO"
    )
    assert found.letterbox_padding == (0, 0.25, 0, 0.25)
    assert found[0][0, :, 0, 0].tolist() == [0, 0, 1, 1, 1, 1, 0, 0]


def test_its_matrix_takes_the_padded_tensors_corners_beyond_the_image() -> None:
    found = pw.image_to_tensor(
        np.zeros((10, 20, 3), np.uint8), output_tensor_width=8, output_tensor_height=8, keep_aspect_ratio=True
    )
    whole = [pw.Detection("", 1.0, pw.Box(0, 0, 1, 1), [pw.Keypoint(0.5, 0.5)])]
    (projected,) = pw.detection_projection(whole, matrix=found.matrix)
    assert projected.box == pw.Box(0, -0.5, 1, 2)
    assert projected.keypoints == [pw.Keypoint(0.5, 0.5)]


def test_a_tensor_without_size_is_refused() -> None:
    with pytest.raises(ValueError, match="0x8 must be positive"):
        pw.image_to_tensor(np.zeros((1, 1, 3), np.uint8), output_tensor_width=0, output_tensor_height=8)
