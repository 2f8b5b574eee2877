"""Operators whose result is known when the model is read, and those that do nothing."""

from math import prod

import numpy as np

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule
from pyweb_ml.converter.readers.onnx.node import Node

_MAX_VALUES = 2**24
"""The most values of a constant that a model makes of nothing."""


def _constant(to: Emitter, node: Node) -> Tensor:
    if node.has("value"):
        return to.constant("constant", to.read(node.tensor("value")))
    for name, read, dtype in (
        ("value_float", lambda: node.real("value_float", 0), "float32"),
        ("value_floats", lambda: node.reals("value_floats"), "float32"),
        ("value_int", lambda: node.integer("value_int"), "int64"),
        ("value_ints", lambda: node.integers("value_ints"), "int64"),
    ):
        if node.has(name):
            return to.constant("constant", np.asarray(read(), dtype))
    return node.fail("its value is sparse or of strings, which is not supported")


def _filled(to: Emitter, node: Node) -> Tensor:
    shape = node.whole(0, "shape")
    _require_size(node, prod(shape) if min([0, *shape]) >= 0 else _MAX_VALUES + 1)
    value = to.read(node.tensor("value")) if node.has("value") else np.zeros(1, np.float32)
    if value.size != 1:
        node.fail(f"its value has {value.size} values, not one")
    return to.constant("constant", np.full(shape, value.item(), value.dtype))


def _range(to: Emitter, node: Node) -> Tensor:
    start, limit, step = (node.constant(at, "limits").item() for at in range(3))
    if not step:
        node.fail("its step is 0")
    count = max(0, np.ceil((limit - start) / step))
    _require_size(node, count)
    dtype = node.input(0).dtype
    return to.constant("range", (start + step * np.arange(int(count))).astype(dtype))


def _require_size(node: Node, count: float) -> None:
    if not count <= _MAX_VALUES:
        node.fail(f"its result would have more than {_MAX_VALUES} values")


def _shape(to: Emitter, node: Node) -> Tensor:
    sizes = node.input(0).shape
    begin, end = node.integer("start", 0), node.integer("end", len(sizes))
    return to.constant("shape", np.asarray(sizes[begin:end], np.int64))


def _size(to: Emitter, node: Node) -> Tensor:
    return to.constant("size", np.asarray(prod(node.input(0).shape), np.int64))


def _identity(to: Emitter, node: Node) -> Tensor:
    return node.input(0)


def _dropout(to: Emitter, node: Node) -> Tensor:
    """Passes on what it gets, except in training."""
    node.require(node.outputs == 1, "its mask, which is for training,")
    training = node.given(2)
    node.require(
        training is None or (training.data is not None and not training.data.any()), "Dropout in training"
    )
    return node.input(0)


def _if(to: Emitter, node: Node) -> list[Tensor]:
    """The branch that is always taken."""
    (taken,) = node.constant(0, "condition").reshape(-1).tolist()
    return to.inline(node.graph("then_branch" if taken else "else_branch"))


OPERATORS: dict[str, Rule] = {
    "Constant": _constant,
    "ConstantOfShape": _filled,
    "Dropout": _dropout,
    "Identity": _identity,
    "If": _if,
    "Range": _range,
    "Shape": _shape,
    "Size": _size,
}
