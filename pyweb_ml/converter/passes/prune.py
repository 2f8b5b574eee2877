"""Magnitude pruning: the smallest weights become 0, and the file compresses better."""

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.passes.weights import change_weights
from pyweb_ml.errors import ConversionError


def prune(model: Model, sparsity: float) -> Model:
    """Sets the share `sparsity`, 0 to 1, of each layer's weights to 0: those of the smallest magnitude.

    Weights behind a DEQUANTIZE are left alone: use `fold_dequantize` first.

    Raises:
        ConversionError: the sparsity is not in 0 to 1 (1 excluded).
    """
    if not 0 <= sparsity < 1:
        raise ConversionError(
            f"the sparsity is the share of weights that become 0: from 0 to below 1, not {sparsity}"
        )
    return change_weights(model, lambda weights: _pruned(weights, sparsity))


def _pruned(weights: NDArray[np.float32], sparsity: float) -> NDArray[np.float32]:
    count = round(weights.size * sparsity)
    smallest = np.argpartition(np.abs(weights), max(count - 1, 0), axis=None)[:count]
    pruned = weights.copy()
    pruned.reshape(-1)[smallest] = 0
    return pruned
