"""The weights of layers: what is pruned and clustered."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Model, Tensor

_LAYERS = ("CONV_2D", "CONV_3D", "FULLY_CONNECTED", "TRANSPOSE_CONV", "BATCH_MATMUL")
"""Layers whose second input is weights. Depthwise ones are left out: they are few, and each of them counts."""


def weights_of(model: Model) -> list[Tensor]:
    """The float32 weights of convolutions (not depthwise ones) and of fully connected layers, each once."""
    every = [op.inputs[1] for graph in model.graphs for op in graph.operators if op.op in _LAYERS]
    return [t for t in dict.fromkeys(every) if t is not None and t.is_constant and t.dtype == "float32"]


def change_weights(model: Model, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Model:
    """Gives each tensor of weights the values that `change` makes of them."""
    for tensor in weights_of(model):
        assert tensor.data is not None
        tensor.data = change(tensor.data)
    return model
