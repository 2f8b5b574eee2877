"""`tensors_to_segmentation`: MediaPipe's masks, and its bilinear resizing against a loop written out."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.errors import AuthoringError

VECTORS = np.load(Path(__file__).parents[1] / "vectors" / "mediapipe" / "segmentation.npz")


def blank(height: int, width: int) -> pw.Image:
    return np.zeros((height, width, 4), np.uint8)


@pytest.mark.parametrize("name", ["NONE_31_47", "SIGMOID_5_40", "NONE_9_13"])
def test_it_gives_the_mask_that_mediapipe_gives(name: str) -> None:
    activation, height, width = name.split("_")
    tensors = [VECTORS["tensor"][np.newaxis, ..., np.newaxis]]
    options: dict[str, Any] = {"activation": activation}
    mask = pw.tensors_to_segmentation(tensors, size_of=blank(int(height), int(width)), **options)
    np.testing.assert_allclose(mask, VECTORS[name].reshape(mask.shape), atol=1e-6)


def bilinear(mask: pw.Mask, x: float, y: float) -> float:
    """The mask at a point in pixels, where (0.5, 0.5) is the centre of the first pixel."""
    x, y = min(max(x - 0.5, 0), mask.shape[1] - 1), min(max(y - 0.5, 0), mask.shape[0] - 1)
    left, top = math.floor(x), math.floor(y)
    right, bottom = min(left + 1, mask.shape[1] - 1), min(top + 1, mask.shape[0] - 1)
    upper = mask[top, left] * (1 - x + left) + mask[top, right] * (x - left)
    lower = mask[bottom, left] * (1 - x + left) + mask[bottom, right] * (x - left)
    return float(upper * (1 - y + top) + lower * (y - top))


@pytest.mark.parametrize(("height", "width"), [(1, 1), (30, 50), (7, 3), (1, 90), (8, 6)])
def test_it_scales_bilinearly_with_pixel_centres_aligned(height: int, width: int) -> None:
    small = np.random.default_rng(0).uniform(0, 1, (8, 6)).astype(np.float32)
    mask = pw.tensors_to_segmentation([small[np.newaxis, ..., np.newaxis]], size_of=blank(height, width))
    across, down = 6 / width, 8 / height
    naive = [[bilinear(small, (x + 0.5) * across, (y + 0.5) * down) for x in range(width)] for y in range(height)]
    np.testing.assert_allclose(mask, naive, atol=1e-6)


def test_without_size_of_the_mask_has_the_tensors_size() -> None:
    assert pw.tensors_to_segmentation([np.zeros((1, 4, 7, 1), np.float32)]).shape == (4, 7)


def test_softmax_gives_the_share_of_the_chosen_channel() -> None:
    tensor = np.array([[[[0.0, math.log(3)]]]], np.float32)
    assert pw.tensors_to_segmentation([tensor], activation="SOFTMAX")[0, 0] == pytest.approx(0.75)
    other = pw.tensors_to_segmentation([tensor], activation="SOFTMAX", output_layer_index=0)
    assert other[0, 0] == pytest.approx(0.25)


def test_in_a_graph_the_frames_size_is_read_by_a_node_of_its_own() -> None:
    @pw.app(title="Mask")
    def mask(tensors: pw.Tensors, frame: pw.Image) -> pw.Mask:
        return pw.tensors_to_segmentation(tensors, size_of=frame, activation="SIGMOID")

    properties, segmentation = mask.trace().config.node
    assert properties.calculator == "ImagePropertiesCalculator"
    assert segmentation.name == "tensors_to_segmentation"
    assert segmentation.input_stream == ["TENSORS:tensors", "OUTPUT_SIZE:image_properties"]
    assert segmentation.options == {"activation": "SIGMOID"}


def test_an_unknown_option_is_an_error_at_its_line() -> None:
    @pw.app(title="Mask")
    def mask(tensors: pw.Tensors) -> pw.Mask:
        return pw.tensors_to_segmentation(tensors, activaton="SIGMOID")

    with pytest.raises(AuthoringError, match=r"no option 'activaton'; did you mean 'activation'"):
        mask.trace()


def test_a_tensor_of_other_channels_is_refused() -> None:
    with pytest.raises(ValueError, match=r"takes a float32 tensor \(1, height, width, 1\), not .* \(1, 4, 4, 3\)"):
        pw.tensors_to_segmentation([np.zeros((1, 4, 4, 3), np.float32)])
