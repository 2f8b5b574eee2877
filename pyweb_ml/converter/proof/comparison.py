"""How far outputs are from those of the original."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.proof.samples import Arrays
from pyweb_ml.errors import ConversionError


@dataclass(frozen=True)
class Difference:
    """An output against the original's, over all samples.

    Attributes:
        output: its name.
        error: the largest absolute difference as a part of `span`; infinite where a number became none.
        mean_error: the mean absolute difference as a part of `span`.
        span: the original's largest value less its smallest, over all samples; its largest magnitude where it is
            constant, and 1 where that is 0.
        sample: the number of the sample with the largest difference.
    """

    output: str
    error: float
    mean_error: float
    span: float
    sample: int


def compare(reference: Sequence[Arrays], result: Sequence[Arrays]) -> list[Difference]:
    """Every output of the reference against the result's of the same name.

    An output of the reference that is NCHW is turned where the result's is NHWC.

    Raises:
        ConversionError: the result lacks an output, or it has another shape.
    """
    return [
        _difference(name, [one[name] for one in reference], [_named(one, name) for one in result])
        for name in reference[0]
    ]


def worst(differences: Sequence[Difference]) -> Difference:
    """The one with the largest error."""
    return max(differences, key=lambda one: one.error)


def _named(arrays: Arrays, name: str) -> NDArray[Any]:
    if name not in arrays:
        raise ConversionError(f"the output '{name}' is missing; there are {', '.join(arrays) or 'none'}")
    return arrays[name]


def _difference(name: str, wanted: list[NDArray[Any]], got: list[NDArray[Any]]) -> Difference:
    pairs = [_paired(name, one, other) for one, other in zip(wanted, got, strict=True)]
    span = _span([one for one, _ in pairs])
    errors = [_errors(one, other) for one, other in pairs]
    largest = [float(error.max(initial=0)) / span for error in errors]
    sample = int(np.argmax(largest))
    return Difference(
        name, largest[sample], float(np.mean([error.mean() for error in errors])) / span, span, sample
    )


def _paired(name: str, wanted: NDArray[Any], got: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if wanted.shape != got.shape and wanted.ndim == 4:
        wanted = wanted.transpose(0, 2, 3, 1)
    if wanted.shape != got.shape:
        raise ConversionError(f"the output '{name}' has the shape {got.shape}, the original's {wanted.shape}")
    return wanted.astype(np.float64), got.astype(np.float64)


def _span(arrays: list[NDArray[np.float64]]) -> float:
    """Over the finite values only."""
    values = [array[np.isfinite(array)] for array in arrays]
    full = [array for array in values if array.size]
    if not full:
        return 1.0
    low, high = min(float(one.min()) for one in full), max(float(one.max()) for one in full)
    return high - low or max(abs(low), abs(high)) or 1.0


def _errors(wanted: NDArray[np.float64], got: NDArray[np.float64]) -> NDArray[np.float64]:
    """Absolute differences; none where both are the same infinity or both no number, infinite where one is."""
    same = (wanted == got) | (np.isnan(wanted) & np.isnan(got))
    with np.errstate(invalid="ignore"):
        difference = np.abs(wanted - got)
    return np.where(same, 0.0, np.where(np.isfinite(difference), difference, inf))
