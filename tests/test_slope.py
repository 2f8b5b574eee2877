"""The slope test of benchmarks/endurance.py."""

import numpy as np
import pytest

from benchmarks.slope import Slope, slope

COUNTS = list(range(0, 10_000, 250))


def wobbling(per_one: float) -> list[float]:
    noise = np.random.default_rng(1).normal(0, 2e5, len(COUNTS))
    return [2e7 + per_one * count + float(one) for count, one in zip(COUNTS, noise, strict=True)]


def test_what_wobbles_without_direction_is_flat() -> None:
    assert not slope(COUNTS, wobbling(0)).grows


def test_a_hundred_bytes_a_frame_are_found_under_the_noise() -> None:
    found = slope(COUNTS, wobbling(100))
    assert found.grows
    assert found.low < 100 < found.high


def test_one_tensor_in_a_hundred_frames_is_found() -> None:
    assert slope(COUNTS, [83 + count // 100 for count in COUNTS]).grows


@pytest.mark.parametrize("at", [0, 20, 39])
def test_one_outlier_does_not_make_it_grow(at: int) -> None:
    assert not slope(COUNTS, [1e9 if one == at else 2e7 for one in range(len(COUNTS))]).grows


def test_what_shrinks_or_hardly_grows_is_flat() -> None:
    assert not slope(COUNTS, wobbling(-100)).grows
    assert not slope(COUNTS, [2e7 + count for count in COUNTS]).grows


def test_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="samples at 4 counts are too few for a slope"):
        slope([1, 2, 3, 4, 4], [1, 2, 3, 4, 5])


def test_what_never_changes_is_flat_though_counts_repeat() -> None:
    assert slope([1, 1, 2, 3, 3, 4, 5], [83] * 7) == Slope(0, 0, 0, False)
