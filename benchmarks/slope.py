"""Whether what was measured from time to time grows."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats  # type: ignore[import-untyped]

WORTH = 0.01
"""Growth over all samples that is worth a word, as a part of the median."""
CONFIDENCE = 0.99


@dataclass
class Slope:
    """How a quantity moves with a count.

    Attributes:
        per_one: growth by each one counted: the median of the slopes between all pairs of samples.
        low: the least that it is, at `CONFIDENCE`.
        high: the most.
        grows: whether it surely grows (`low` above 0), and by more than `WORTH` over all samples.
    """

    per_one: float
    low: float
    high: float
    grows: bool


def slope(counts: Sequence[float], values: Sequence[float]) -> Slope:
    """Theil and Sen's slope (Sen 1968, doi:10.1080/01621459.1968.10480934), which single outliers do not move.

    Raises:
        ValueError: samples at fewer than five counts say nothing.
    """
    if len(set(counts)) < 5:
        raise ValueError(f"samples at {len(set(counts))} counts are too few for a slope; take at least 5")
    if min(values) == max(values):
        return Slope(0, 0, 0, False)  # of ties alone the formula makes nan
    per_one, _, low, high = (float(one) for one in stats.theilslopes(values, counts, alpha=CONFIDENCE))
    growth = low * (counts[-1] - counts[0])
    return Slope(per_one, low, high, growth > WORTH * sorted(values)[len(values) // 2])
