"""`gaussian_blur`: the three box blurs of the W3C, near the true Gaussian."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage  # type: ignore[import-untyped]

import pyweb_ml as pw
from pyweb_ml.calculators.blur import box_size


def deviation(sigma: float) -> float:
    """The standard deviation that three boxes of whole pixels have: near sigma, but not it."""
    d = box_size(sigma)
    sizes = (d, d, d if d % 2 else d + 1)
    return math.sqrt(sum((size**2 - 1) / 12 for size in sizes))


@pytest.mark.parametrize("sigma", [1.0, 2.0, 8.0, 20.0, 60.0])
def test_it_is_within_3_per_cent_of_the_gaussian_of_its_own_deviation(astronaut: pw.Image, sigma: float) -> None:
    own = deviation(sigma)
    true = ndimage.gaussian_filter(astronaut.astype(float), (own, own, 0), mode="nearest", truncate=6)
    assert np.abs(pw.gaussian_blur(astronaut, sigma=sigma) - true).max() < 0.03 * 255


@pytest.mark.parametrize("sigma", [1.0, 2.0, 8.0, 20.0, 60.0, 108.0])
def test_its_deviation_is_within_12_per_cent_of_sigma(sigma: float) -> None:
    assert deviation(sigma) == pytest.approx(sigma, rel=0.12)


def boxes(image: NDArray[np.float64], sigma: float, axis: int) -> NDArray[np.float64]:
    """Three uniform filters on an image that goes on beyond its edges, as the W3C has them."""
    d = box_size(sigma)
    pad = [(2 * d, 2 * d) if one == axis else (0, 0) for one in range(3)]
    padded = np.pad(image, pad, mode="edge")
    # An even box is centred between two pixels: once to the left, once to the right.
    sizes = [(d, 0), (d, 0), (d, 0)] if d % 2 else [(d, 0), (d, -1), (d + 1, 0)]
    for size, origin in sizes:
        padded = ndimage.uniform_filter1d(padded, size, axis=axis, origin=origin, mode="nearest")
    return np.take(padded, np.arange(2 * d, 2 * d + image.shape[axis]), axis=axis)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 8.0, 8.6])
def test_it_is_three_box_blurs_down_and_then_across(astronaut: pw.Image, sigma: float) -> None:
    part = astronaut[:90, 100:170]
    columns = np.rint(boxes(part.astype(float), sigma, 0))
    expected = boxes(columns, sigma, 1)
    assert np.abs(pw.gaussian_blur(part, sigma=sigma) - expected).max() <= 0.5 + 1e-3


def test_the_largest_sigma_keeps_a_white_image_white() -> None:
    white = np.full((5, 300, 4), 255, np.uint8)
    np.testing.assert_array_equal(pw.gaussian_blur(white, sigma=108), white)


def test_boxes_of_one_pixel_leave_the_image_as_it_is(astronaut: pw.Image) -> None:
    np.testing.assert_array_equal(pw.gaussian_blur(astronaut, sigma=0.79), astronaut)
    assert box_size(0.79) == 1
    assert box_size(0.8) == 2


def test_the_image_given_is_not_changed(astronaut: pw.Image) -> None:
    before = astronaut.copy()
    pw.gaussian_blur(astronaut, sigma=0.1)[:] = 0
    pw.gaussian_blur(astronaut, sigma=8)
    np.testing.assert_array_equal(astronaut, before)


@pytest.mark.parametrize("sigma", [-1.0, 108.5, float("nan"), float("inf")])
def test_a_sigma_out_of_range_is_refused(sigma: float) -> None:
    with pytest.raises(ValueError, match="'sigma' must be 0 to 108"):
        pw.gaussian_blur(np.zeros((1, 1, 4), np.uint8), sigma=sigma)
