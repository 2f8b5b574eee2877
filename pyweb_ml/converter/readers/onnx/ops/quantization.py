"""Quantised values, computed in float32 as ONNX defines them; constants become floats at once."""

import numpy as np

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule, axis_of
from pyweb_ml.converter.readers.onnx.node import Node


def _along(to: Emitter, node: Node, values: Tensor, rank: int) -> Tensor:
    """A value for everything, or one for each place along the node's axis."""
    node.require(not node.integer("block_size", 0), "quantisation by blocks")
    if not values.shape or values.shape == (1,):
        return to.reshape(values, ())
    axis = axis_of(node, node.integer("axis", 1), rank)
    return to.reshape(values, [values.shape[0] if at == axis else 1 for at in range(rank)])


def _dequantize(to: Emitter, node: Node) -> Tensor:
    """(x - zero point) * scale."""
    x, zero = to.cast(node.input(0), "float32"), node.given(2)
    rank = len(x.shape)
    if zero is not None:
        x = to.add("SUB", [x, to.cast(_along(to, node, zero, rank), "float32")])
    return to.add("MUL", [x, _along(to, node, node.input(1), rank)])


def _quantize(to: Emitter, node: Node) -> Tensor:
    """round(x / scale) + zero point, kept within the integers' range."""
    x, zero = node.input(0), node.given(2)
    rank = len(x.shape)
    dtype = "uint8" if zero is None else zero.dtype
    node.require(dtype in ("int8", "uint8", "int16", "uint16", "int32"), f"quantisation to {dtype}")
    node.require(not node.integer("output_dtype", 0) or zero is not None, "'output_dtype' without a zero point")
    made = to.add("ROUND", [to.add("DIV", [x, _along(to, node, node.input(1), rank)])])
    if zero is not None:
        made = to.add("ADD", [made, to.cast(_along(to, node, zero, rank), "float32")])
    limits = np.iinfo(dtype)
    above = to.add("MAXIMUM", [made, to.number(limits.min)])
    return to.cast(to.add("MINIMUM", [above, to.number(limits.max)]), dtype)


OPERATORS: dict[str, Rule] = {"DequantizeLinear": _dequantize, "QuantizeLinear": _quantize}
