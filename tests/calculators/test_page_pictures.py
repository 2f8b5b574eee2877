"""The page's calculators on pictures give the pixels and tensors that the numpy kernels give."""

import re
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.graph.contract import REGISTRY
from pyweb_ml.graph.payloads import Annotation, Color, SizeOf

RNG = np.random.default_rng(7)
SIZES = [(1, 1), (1, 7), (5, 1), (3, 3), (17, 31), (64, 200), (201, 40)]
"""Heights and widths: a single pixel, single rows and columns, odd, wide and tall."""


def noise(height: int, width: int) -> pw.Image:
    return RNG.integers(0, 256, (height, width, 4), dtype=np.uint8)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("border_mode", ["BORDER_ZERO", "BORDER_REPLICATE"])
@pytest.mark.parametrize("keep_aspect_ratio", [False, True])
def test_tensors_of_an_image_agree(
    run_both: Any, height: int, width: int, border_mode: str, keep_aspect_ratio: bool
) -> None:
    both = run_both(
        "ImageToTensorCalculator",
        {"image": noise(height, width)},
        output_tensor_width=37,
        output_tensor_height=23,
        keep_aspect_ratio=keep_aspect_ratio,
        output_tensor_float_range=(-1.0, 1.0),
        border_mode=border_mode,
    )
    np.testing.assert_allclose(both.page["TENSORS"][0], both.desktop["TENSORS"][0], atol=1e-5)
    assert both.page["MATRIX"] == pytest.approx(both.desktop["MATRIX"], abs=1e-5)
    assert both.page["LETTERBOX_PADDING"] == pytest.approx(both.desktop["LETTERBOX_PADDING"]._asdict(), abs=1e-5)


def test_the_tensor_of_a_photograph_agrees(run_both: Any, astronaut: pw.Image) -> None:
    both = run_both(
        "ImageToTensorCalculator", {"image": astronaut}, output_tensor_width=256, output_tensor_height=256
    )
    np.testing.assert_allclose(both.page["TENSORS"][0], both.desktop["TENSORS"][0], atol=1e-5)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("sigma", [0.5, 0.8, 1.3, 2.0, 8.0, 20.3, 108.0])
def test_blurred_images_agree(run_both: Any, height: int, width: int, sigma: float) -> None:
    both = run_both("GaussianBlurCalculator", {"image": noise(height, width)}, sigma=sigma)
    np.testing.assert_array_equal(both.page["IMAGE"], both.desktop["IMAGE"])


def test_a_blurred_photograph_agrees(run_both: Any, astronaut: pw.Image) -> None:
    both = run_both("GaussianBlurCalculator", {"image": astronaut}, sigma=8.0)
    np.testing.assert_array_equal(both.page["IMAGE"], both.desktop["IMAGE"])


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_blended_images_agree(run_both: Any, height: int, width: int) -> None:
    mask = RNG.uniform(-0.2, 1.2, (height, width)).astype(np.float32)
    mask.flat[0] = np.nan
    inputs = {"foreground": noise(height, width), "background": noise(height, width), "mask": mask}
    both = run_both("BlendCalculator", inputs)
    np.testing.assert_array_equal(both.page["IMAGE"], both.desktop["IMAGE"])


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("activation", ["NONE", "SIGMOID", "SOFTMAX"])
def test_masks_agree(run_both: Any, height: int, width: int, activation: str) -> None:
    channels = 2 if activation == "SOFTMAX" else 1
    tensor = RNG.normal(0, 300, (1, 13, 29, channels)).astype(np.float32)
    inputs = {"tensors": [tensor], "size_of": SizeOf(width, height)}
    both = run_both("TensorsToSegmentationCalculator", inputs, activation=activation)
    np.testing.assert_allclose(both.page["MASK"], both.desktop["MASK"], rtol=1e-6, atol=1e-5)


def test_sizes_agree(run_both: Any) -> None:
    both = run_both("ImagePropertiesCalculator", {"image": noise(3, 5)})
    assert both.page["SIZE"] == both.desktop["SIZE"]._asdict() == {"width": 5, "height": 3}


@pytest.mark.parametrize(("height", "width"), [*SIZES, (480, 640)])
def test_drawn_pictures_agree(run_both: Any, height: int, width: int) -> None:
    red = Color(255, 30, 0)
    drawings = [
        Annotation("rectangle", [(0.1, 0.2), (0.8, 0.9)], red, 4.0),
        Annotation("point", [(0.5, 0.5)], Color(0, 0, 40), 3.0),
        Annotation("point", [(9.0, -5.0)], red, 3.0),
        Annotation("rectangle", [(-3000.0, 0.3), (0.4, 5e6)], red, 5.0),
        Annotation("text", [(0.9, 0.05)], red, 1.0, "face,0.93,\nÄgypten 100%"),
    ]
    image = noise(height, width)
    both = run_both("AnnotationOverlayCalculator", {"image": image, "render_data": drawings})
    difference = both.page["IMAGE"].astype(int) - both.desktop["IMAGE"]
    assert np.abs(difference).max() <= 1
    assert (both.desktop["IMAGE"] != image).any()


@pytest.mark.parametrize(
    ("name", "inputs", "options", "message"),
    [
        ("GaussianBlurCalculator", {"image": noise(2, 2)}, {"sigma": 109.0}, "'sigma' must be 0 to 108"),
        (
            "BlendCalculator",
            {"foreground": noise(2, 3), "background": noise(2, 2), "mask": np.zeros((2, 3), np.float32)},
            {},
            "foreground is 3x2 and the background 2x2",
        ),
        (
            "BlendCalculator",
            {"foreground": noise(2, 3), "background": noise(2, 3), "mask": np.zeros((4, 3), np.float32)},
            {},
            "foreground is 3x2 and the mask 3x4",
        ),
        (
            "NonMaxSuppressionCalculator",
            {"detections": []},
            {"max_num_detections": 0},
            "must not be 0; -1 keeps all",
        ),
        (
            "TensorsToSegmentationCalculator",
            {"tensors": [np.zeros((1, 4, 4, 3), np.float32)]},
            {},
            "choose another 'activation', or another model",
        ),
    ],
)
def test_both_refuse_the_same_in_the_same_words(
    run_both: Any, name: str, inputs: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    assert message in run_both(name, inputs, **options).error
    with pytest.raises(ValueError, match=re.escape(message)):
        REGISTRY[name].work(**inputs, **options)
