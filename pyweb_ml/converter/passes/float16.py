"""Weights of half the size."""

import numpy as np

from pyweb_ml.converter.model import Graph, Model, Operator, Tensor

SMALL = 16
"""Constants of fewer values stay as they are: the DEQUANTIZE would take more bytes than it saves."""
_VERSION = 3
"""The version of DEQUANTIZE that takes float16 (LiteRT's op_version.cc)."""


def float16(model: Model) -> Model:
    """Stores float32 constants as float16 behind a DEQUANTIZE, as LiteRT expects them: XNNPACK unpacks them once.

    Constants stay float32 where they are smaller than `SMALL`, or beyond float16's range of 65504.
    """
    for graph in model.graphs:
        made = _dequantizers(graph)
        for op in graph.operators:
            op.inputs = [made[t].outputs[0] if t in made else t for t in op.inputs]
        graph.operators = [*made.values(), *graph.operators]
    return model


def _dequantizers(graph: Graph) -> dict[Tensor | None, Operator]:
    """A DEQUANTIZE for each constant that is to become float16."""
    read = dict.fromkeys(tensor for op in graph.operators for tensor in op.inputs)
    return {tensor: _dequantizer(tensor) for tensor in read if tensor is not None and _fits(tensor)}


def _fits(tensor: Tensor) -> bool:
    if tensor.data is None or tensor.dtype != "float32" or tensor.data.size < SMALL:
        return False
    return bool(np.abs(tensor.data).max() <= np.finfo(np.float16).max)


def _dequantizer(tensor: Tensor) -> Operator:
    assert tensor.data is not None
    half = Tensor(f"{tensor.name}_float16", tensor.shape, "float16", tensor.data.astype(np.float16))
    return Operator("DEQUANTIZE", [half], [Tensor(tensor.name, tensor.shape)], version=_VERSION)
