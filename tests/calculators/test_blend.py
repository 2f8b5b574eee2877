"""`blend`: mask * foreground + (1 - mask) * background."""

import numpy as np
import pytest

import pyweb_ml as pw

RNG = np.random.default_rng(3)


def noise(height: int, width: int) -> pw.Image:
    return RNG.integers(0, 256, (height, width, 4), dtype=np.uint8)


def test_masks_of_0_and_1_choose_exactly() -> None:
    front, back = noise(150, 40), noise(150, 40)
    mask = RNG.integers(0, 2, (150, 40)).astype(np.float32)
    np.testing.assert_array_equal(pw.blend(front, back, mask), np.where(mask[..., np.newaxis] == 1, front, back))


def test_between_it_is_the_weighted_mean_rounded() -> None:
    front, back = noise(150, 40), noise(150, 40)
    mask = RNG.uniform(0, 1, (150, 40)).astype(np.float32)
    exact = mask[..., np.newaxis].astype(float) * front + (1 - mask[..., np.newaxis].astype(float)) * back
    # Weights of 1/32768 move a value by up to that share of 255.
    assert np.abs(pw.blend(front, back, mask) - exact).max() <= 0.5 + 255 / 32768


def test_what_lies_outside_0_to_1_is_clipped_and_nan_is_0() -> None:
    front, back = noise(1, 3), noise(1, 3)
    mask = np.array([[7, -7, np.nan]], np.float32)
    np.testing.assert_array_equal(pw.blend(front, back, mask), np.stack([front[:, 0], back[:, 1], back[:, 2]], 1))


def test_images_of_other_channels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"background 3x2 \(3 and 4 channels\)"):
        pw.blend(noise(2, 3), noise(2, 3)[..., :3], np.zeros((2, 3), np.float32))
