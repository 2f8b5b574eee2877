"""TensorFlow's operations, as TF.js's graph models have them, in the middle form's operators."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Final, TypeAlias

import numpy as np

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.tfjs.layers import LAYERS
from pyweb_ml.converter.readers.tfjs.node import Node
from pyweb_ml.converter.readers.tfjs.slices import strided_slice

Made: TypeAlias = Tensor | list[Tensor]
Operation: TypeAlias = Callable[[GraphBuilder, Node], Made]


def _same(op: str, count: int) -> Operation:
    """An operation that TFLite has just so, of as many inputs."""
    return lambda builder, node: builder.add(op, [node.take(at) for at in range(count)], name=node.name)


def _reduce(op: str) -> Operation:
    def make(builder: GraphBuilder, node: Node) -> Tensor:
        axes = builder.integers(f"{node.name}/axes", node.numbers(1))
        return builder.add(op, [node.take(0), axes], name=node.name, keep_dims=node.flag("keep_dims"))

    return make


def _identity(builder: GraphBuilder, node: Node) -> Tensor:
    return node.take(0)


def _shape(builder: GraphBuilder, node: Node) -> Tensor:
    return builder.integers(node.name, node.take(0).shape)


def _reshape(builder: GraphBuilder, node: Node) -> Tensor:
    wanted = node.numbers(1)
    if -1 in wanted:
        known = prod(size for size in wanted if size != -1)
        wanted[wanted.index(-1)] = prod(node.take(0).shape) // max(known, 1)
    return _shaped(builder, node, wanted)


def _shaped(builder: GraphBuilder, node: Node, shape: Sequence[int]) -> Tensor:
    given = node.take(0)
    if given.data is not None:
        return builder.constant(node.name, given.data.reshape(shape))
    return builder.reshape(given, shape, node.name)


def _squeeze(builder: GraphBuilder, node: Node) -> Tensor:
    shape = node.take(0).shape
    axes = [axis % len(shape) for axis in node.integers("squeeze_dims")]
    axes = axes or [at for at, size in enumerate(shape) if size == 1]
    return _shaped(builder, node, [size for at, size in enumerate(shape) if at not in axes])


def _expand(builder: GraphBuilder, node: Node) -> Tensor:
    (axis,), shape = node.numbers(1), list(node.take(0).shape)
    shape.insert(axis if axis >= 0 else axis + len(shape) + 1, 1)
    return _shaped(builder, node, shape)


def _transpose(builder: GraphBuilder, node: Node) -> Tensor:
    given = node.take(0)
    if given.data is not None:
        return builder.constant(node.name, given.data.transpose(node.numbers(1)))
    return builder.transpose(given, node.numbers(1), node.name)


def _concat(builder: GraphBuilder, node: Node) -> Tensor:
    axis = node.numbers(len(node.inputs) - 1)[0]
    return builder.add("CONCATENATION", node.inputs[:-1], name=node.name, axis=axis % len(node.take(0).shape))


def _pack(builder: GraphBuilder, node: Node) -> Tensor:
    """Each part gets the new axis, along which all are joined."""
    axis = node.integer("axis") % (len(node.take(0).shape) + 1)
    parts = [builder.reshape(one, (*one.shape[:axis], 1, *one.shape[axis:])) for one in node.inputs]
    return builder.add("CONCATENATION", parts, name=node.name, axis=axis) if len(parts) > 1 else parts[0]


def _split(builder: GraphBuilder, node: Node) -> list[Tensor]:
    axis = builder.constant(f"{node.name}/axis", np.array(node.numbers(0)[0], np.int32))
    parts = node.integer("num_split")
    return builder.add_all("SPLIT", [axis, node.take(1)], name=node.name, num_splits=parts)


def _pad(builder: GraphBuilder, node: Node) -> Tensor:
    pairs = builder.integers(f"{node.name}/paddings", np.reshape(node.numbers(1), (-1, 2)))
    if node.op == "PadV2":
        value = node.take(2)
        if value.data is not None:  # TF.js takes a number of any type
            value = builder.constant(value.name, value.data.astype(node.take(0).dtype))
        return builder.add("PADV2", [node.take(0), pairs, value], name=node.name)
    if node.op == "MirrorPad":
        return builder.add("MIRROR_PAD", [node.take(0), pairs], name=node.name, mode=node.text("mode"))
    return builder.add("PAD", [node.take(0), pairs], name=node.name)


def _slice(builder: GraphBuilder, node: Node) -> Tensor:
    begins = builder.integers(f"{node.name}/begins", node.numbers(1))
    sizes = builder.integers(f"{node.name}/sizes", node.numbers(2))
    return builder.add("SLICE", [node.take(0), begins, sizes], name=node.name)


def _cast(builder: GraphBuilder, node: Node) -> Tensor:
    given, wanted = node.take(0), node.dtype("DstT")
    if given.dtype == wanted:
        return given
    types = {"in_data_type": given.dtype.upper(), "out_data_type": wanted.upper()}
    return builder.add("CAST", [given], name=node.name, **types)


def _div_no_nan(builder: GraphBuilder, node: Node) -> Tensor:
    """0 where the divisor is 0."""
    above, below = node.take(0), node.take(1)
    zero = builder.constant(f"{node.name}/zero", np.zeros((), below.dtype))
    one = builder.constant(f"{node.name}/one", np.ones((), below.dtype))
    is_zero = builder.add("EQUAL", [below, zero])
    quotient = builder.add("DIV", [above, builder.add("SELECT_V2", [is_zero, one, below])])
    return builder.add("SELECT_V2", [is_zero, zero, quotient], name=node.name)


def _gather(builder: GraphBuilder, node: Node) -> Tensor:
    axis = node.numbers(2)[0] if len(node.inputs) > 2 else 0
    return builder.add("GATHER", [node.take(0), node.take(1)], name=node.name, axis=axis)


def _arg(op: str) -> Operation:
    def make(builder: GraphBuilder, node: Node) -> Tensor:
        axis = builder.integers(f"{node.name}/axis", node.numbers(1))
        return builder.add(op, [node.take(0), axis], name=node.name, output_type="INT32")

    return make


def _fill(builder: GraphBuilder, node: Node) -> Tensor:
    value = node.take(1).data
    if value is None:
        raise ValueError("the value to fill with must be a constant")
    return builder.constant(node.name, np.full(node.numbers(0), value.reshape(-1)[0], value.dtype))


def _softmax(builder: GraphBuilder, node: Node) -> Tensor:
    return builder.add("SOFTMAX", [node.take(0)], name=node.name, beta=1.0)


def _leaky_relu(builder: GraphBuilder, node: Node) -> Tensor:
    return builder.add("LEAKY_RELU", [node.take(0)], name=node.name, alpha=node.real("alpha", 0.2))


def _depth_to_space(builder: GraphBuilder, node: Node) -> Tensor:
    return builder.add("DEPTH_TO_SPACE", [node.take(0)], name=node.name, block_size=node.integer("block_size"))


_UNARY: Final = {
    "Abs": "ABS", "Ceil": "CEIL", "Cos": "COS", "Elu": "ELU", "Exp": "EXP", "Floor": "FLOOR", "Log": "LOG",
    "LogicalNot": "LOGICAL_NOT", "Neg": "NEG", "Relu": "RELU", "Relu6": "RELU6", "Round": "ROUND",
    "Rsqrt": "RSQRT", "Sigmoid": "LOGISTIC", "Sin": "SIN", "Sqrt": "SQRT", "Square": "SQUARE", "Tanh": "TANH",
}  # fmt: skip
_BINARY: Final = {
    "Add": "ADD", "AddV2": "ADD", "BiasAdd": "ADD", "Div": "DIV", "Equal": "EQUAL", "FloorDiv": "FLOOR_DIV",
    "FloorMod": "FLOOR_MOD", "Greater": "GREATER", "GreaterEqual": "GREATER_EQUAL", "Less": "LESS",
    "LessEqual": "LESS_EQUAL", "LogicalAnd": "LOGICAL_AND", "LogicalOr": "LOGICAL_OR", "Maximum": "MAXIMUM",
    "Minimum": "MINIMUM", "Mul": "MUL", "NotEqual": "NOT_EQUAL", "Pow": "POW", "Prelu": "PRELU", "RealDiv": "DIV",
    "SquaredDifference": "SQUARED_DIFFERENCE", "Sub": "SUB", "Tile": "TILE", "BroadcastTo": "BROADCAST_TO",
}  # fmt: skip
_REDUCERS: Final = {
    "All": "REDUCE_ALL", "Any": "REDUCE_ANY", "Max": "REDUCE_MAX", "Mean": "MEAN", "Min": "REDUCE_MIN",
    "Prod": "REDUCE_PROD", "Sum": "SUM",
}  # fmt: skip

OPERATIONS: Final[dict[str, Operation]] = {
    **{name: _same(op, 1) for name, op in _UNARY.items()},
    **{name: _same(op, 2) for name, op in _BINARY.items()},
    **{name: _reduce(op) for name, op in _REDUCERS.items()},
    **dict.fromkeys(("Identity", "StopGradient", "Snapshot"), _identity),
    **dict.fromkeys(("Pad", "PadV2", "MirrorPad"), _pad),
    **dict.fromkeys(("Select", "SelectV2"), _same("SELECT_V2", 3)),
    **dict.fromkeys(("Gather", "GatherV2"), _gather),
    **LAYERS,
    "ArgMax": _arg("ARG_MAX"),
    "ArgMin": _arg("ARG_MIN"),
    "Cast": _cast,
    "ConcatV2": _concat,
    "DepthToSpace": _depth_to_space,
    "DivNoNan": _div_no_nan,
    "ExpandDims": _expand,
    "Fill": _fill,
    "LeakyRelu": _leaky_relu,
    "Pack": _pack,
    "Reshape": _reshape,
    "Shape": _shape,
    "Slice": _slice,
    "Softmax": _softmax,
    "Split": _split,
    "Squeeze": _squeeze,
    "StridedSlice": strided_slice,
    "Transpose": _transpose,
}
"""By TensorFlow's names; "Const" and "Placeholder" are the graph's own."""
