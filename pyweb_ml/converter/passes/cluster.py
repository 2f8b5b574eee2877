"""Weight sharing: each layer's weights take few values, and the file compresses better."""

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.passes.weights import change_weights
from pyweb_ml.errors import ConversionError

_ROUNDS = 100


def cluster(model: Model, values: int) -> Model:
    """Gives each layer's weights at most so many values: the centroids of k-means, begun evenly over their range.

    Weights behind a DEQUANTIZE are left alone: use `fold_dequantize` first.

    Raises:
        ConversionError: fewer than two values.
    """
    if values < 2:
        raise ConversionError(f"weights can share 2 values or more, not {values}")
    return change_weights(model, lambda weights: _clustered(weights, values))


def _clustered(weights: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    ordered = np.sort(weights, axis=None).astype(np.float64)
    centroids = _centroids(ordered, count)
    nearest = np.searchsorted((centroids[1:] + centroids[:-1]) / 2, weights)
    return centroids.astype(np.float32)[nearest]


def _centroids(ordered: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Lloyd's algorithm in one dimension: a cluster of sorted values is a run, its mean a difference of sums."""
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    centroids = np.linspace(ordered[0], ordered[-1], count)
    for _ in range(_ROUNDS):
        bounds = np.searchsorted(ordered, (centroids[1:] + centroids[:-1]) / 2)
        edges = np.concatenate([[0], bounds, [len(ordered)]])
        sizes = np.diff(edges)
        means = np.where(sizes > 0, np.diff(sums[edges]) / np.maximum(sizes, 1), centroids)
        if np.array_equal(means, centroids):
            break
        centroids = means
    return centroids
