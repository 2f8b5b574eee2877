"""What is asked of every ONNX operator: one node a case, with its attributes and inputs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from tests.converter.readers.onnx_models import Array, Node, onnx_model


@dataclass
class Case:
    """One node.

    Attributes:
        inputs: arrays that flow; those in `fixed` are constants of the model; None is left out.
        fixed: numbers of the inputs that are constants.
        outputs: how many there are.
    """

    op: str
    inputs: Sequence[Array | None]
    attributes: dict[str, Any] = field(default_factory=dict)
    fixed: Sequence[int] = ()
    outputs: int = 1
    opset: int = 17

    @property
    def name(self) -> str:
        inputs = "-".join(self._said(at) for at in range(len(self.inputs)))
        attributes = ",".join(f"{key}={_short(value)}" for key, value in self.attributes.items())
        return f"{self.op}-{self.opset}-{inputs}-{attributes}"

    def _said(self, at: int) -> str:
        """An input's shape, or its values if they are few."""
        array = self.inputs[at]
        if array is None:
            return ""
        if at in self.fixed:
            few = array.size <= 6 and array.dtype != np.float32
            return f"{array.dtype}{_short(array.tolist() if few else array.shape)}"
        return "x".join(map(str, array.shape)) or "number"

    @property
    def flowing(self) -> dict[str, Array]:
        return {f"in{at}": one for at, one in enumerate(self.inputs) if one is not None and at not in self.fixed}

    @property
    def model(self) -> bytes:
        names = ["" if one is None else f"in{at}" for at, one in enumerate(self.inputs)]
        outputs = [f"out{at}" for at in range(self.outputs)]
        constants = {f"in{at}": one for at in self.fixed if (one := self.inputs[at]) is not None}
        node = Node(self.op, names, outputs, self.attributes)
        return onnx_model([node], self.flowing, outputs, constants, self.opset)


def _short(value: Any) -> str:
    return "tensor" if isinstance(value, np.ndarray) else str(value).replace(" ", "")


def floats(*shape: int, low: float = -2, high: float = 2) -> Array:
    return np.random.default_rng(sum(shape)).uniform(low, high, shape).astype(np.float32)


def whole(*numbers: int) -> Array:
    return np.array(numbers, np.int64)


def _scales(*numbers: float) -> Array:
    return np.array(numbers, np.float32)


def _truths(*shape: int) -> Array:
    return floats(*shape) > 0


def cases() -> list[Case]:
    """All of them."""
    families = (
        _unary, _binary, _convolutions, _transposed_convolutions, _pools, _matrices, _normalisations, _reductions,
        _shaping, _indexing, _choosing, _sums, _quantised, _resizing, _recurrent, _softmax, _others,
    )  # fmt: skip
    return [case for family in families for case in family()]


_UNARY = (
    "Abs", "Ceil", "Cos", "Dropout", "Elu", "Erf", "Exp", "Floor", "HardSigmoid", "HardSwish", "Identity", "IsNaN",
    "LeakyRelu", "Neg", "Reciprocal", "Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign",
    "Tan", "Tanh", "ThresholdedRelu",
)  # fmt: skip


def _unary() -> Iterator[Case]:
    for op in _UNARY:
        yield Case(op, [floats(2, 3, 4)])
    for op in ("Log", "Sqrt"):
        yield Case(op, [floats(2, 5, low=0.1)])
    yield Case("Softplus", [floats(4, low=-100, high=100)])
    yield Case("Not", [_truths(3, 4)])
    yield Case("Mish", [floats(2, 3)], opset=18)
    for way in ("none", "tanh"):
        yield Case("Gelu", [floats(3, 5)], {"approximate": way}, opset=20)
    yield Case("Elu", [floats(2, 3)], {"alpha": 0.5})
    yield Case("LeakyRelu", [floats(2, 3)], {"alpha": 0.2})
    yield Case("Clip", [floats(2, 3)], {"min": 0.0, "max": 6.0}, opset=10)
    yield Case("Clip", [floats(2, 3), np.array(-0.5, np.float32)], fixed=[1])
    yield Case("Clip", [floats(4, 3), None, np.array(0.5, np.float32)], fixed=[2])
    for dtype in (6, 7, 9):
        yield Case("Cast", [floats(2, 3)], {"to": dtype})
    yield Case("Cast", [whole(1, 0, -3)], {"to": 1})


def _binary() -> Iterator[Case]:
    shapes = (((2, 3), (2, 3)), ((2, 1, 4), (3, 1)), ((2, 3, 4, 5), (3, 1, 1)), ((4,), (2, 3, 4)), ((2, 3), ()))
    for op, (left, right) in product(("Add", "Sub", "Mul", "Div"), shapes):
        yield Case(op, [floats(*left), floats(*right, low=0.5)])
    for op in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"):
        yield Case(op, [np.round(floats(2, 3)), np.round(floats(3))])
    for op in ("And", "Or", "Xor"):
        yield Case(op, [_truths(2, 3), _truths(3)])
    for op in ("Max", "Min", "Sum", "Mean"):
        yield Case(op, [floats(2, 3), floats(3), floats(2, 1)])
    yield Case("Pow", [floats(2, 3, low=0.1), floats(3)])
    for shape, exponent in (((2, 3), 2), ((3, 4), 0.5), ((4, 5), 3)):
        yield Case("Pow", [floats(*shape, low=0.1), np.array(exponent, np.float32)], fixed=[1])
    yield Case("Mod", [floats(5), floats(5, low=0.5)], {"fmod": 1})
    yield Case("Mod", [np.array([5, -5, 7], np.int32), np.array([3, 3, -4], np.int32)])
    yield Case("Where", [_truths(3), floats(2, 3), floats(2, 1)])
    yield Case("PRelu", [floats(2, 3, 4, 5), floats(3, 1, 1)], fixed=[1])
    yield Case("PRelu", [floats(2, 3, 4), floats(3, 1)], fixed=[1])
    yield Case("PRelu", [floats(2, 3), floats(3)])


def _convolutions() -> Iterator[Case]:
    attributes: dict[str, Any]
    picture, kernel = floats(2, 4, 9, 10), floats(6, 4, 3, 3)
    for attributes in (
        {},
        {"pads": [1, 1, 1, 1]},
        {"strides": [2, 2], "pads": [1, 1, 1, 1]},
        {"strides": [2, 1], "pads": [0, 1, 2, 1]},
        {"dilations": [2, 2], "pads": [2, 2, 2, 2]},
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        {"auto_pad": "SAME_LOWER", "strides": [2, 2]},
        {"auto_pad": "VALID"},
    ):
        yield Case("Conv", [picture, kernel, floats(6)], attributes, fixed=[1, 2])
    yield Case("Conv", [picture, kernel], fixed=[1])
    yield Case("Conv", [picture, kernel])
    for groups, filters in ((4, 4), (4, 8), (2, 6)):
        depth = 4 // groups
        for strides in ([1, 1], [2, 2]):
            attributes = {"group": groups, "pads": [1, 1, 1, 1], "strides": strides}
            yield Case("Conv", [picture, floats(filters, depth, 3, 3), floats(filters)], attributes, fixed=[1, 2])
    for signal in ({}, {"strides": [2], "pads": [1, 2]}, {"dilations": [2]}, {"group": 4}):
        depth = 1 if "group" in signal else 4
        yield Case("Conv", [floats(2, 4, 11), floats(8, depth, 3)], signal, fixed=[1])


def _transposed_convolutions() -> Iterator[Case]:
    picture, kernel = floats(2, 4, 5, 6), floats(4, 3, 3, 3)
    for attributes in (
        {},
        {"strides": [2, 2]},
        {"strides": [2, 2], "pads": [1, 1, 1, 1]},
        {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]},
        {"strides": [3, 2], "pads": [0, 1, 1, 0]},
        {"strides": [2, 2], "output_shape": [10, 12]},
        {"strides": [2, 2], "auto_pad": "SAME_UPPER"},
        {"dilations": [2, 2]},
        {"strides": [4, 4], "output_padding": [2, 3]},
    ):
        yield Case("ConvTranspose", [picture, kernel, floats(3)], attributes, fixed=[1, 2])
    yield Case("ConvTranspose", [picture, floats(4, 3, 3, 3)], {"group": 2, "strides": [2, 2]}, fixed=[1])
    yield Case("ConvTranspose", [picture, floats(4, 1, 4, 4)], {"group": 4, "strides": [2, 2]}, fixed=[1])
    yield Case("ConvTranspose", [floats(1, 4, 7), floats(4, 3, 3)], {"strides": [2], "pads": [1, 1]}, fixed=[1])


def _pools() -> Iterator[Case]:
    picture = floats(2, 3, 9, 10)
    for attributes in (
        {"kernel_shape": [2, 2], "strides": [2, 2]},
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]},
        {"kernel_shape": [3, 2], "strides": [1, 2], "pads": [1, 0, 1, 1]},
        {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1},
        {"kernel_shape": [2, 2], "strides": [3, 3], "ceil_mode": 1, "pads": [1, 1, 1, 1]},
        {"kernel_shape": [5, 5], "strides": [1, 1], "pads": [2, 2, 2, 2]},
        {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"},
        {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_LOWER"},
    ):
        yield Case("MaxPool", [picture], attributes)
        yield Case("AveragePool", [picture], attributes)
        if "pads" in attributes and "ceil_mode" not in attributes:
            yield Case("AveragePool", [picture], {**attributes, "count_include_pad": 1})
    yield Case("MaxPool", [floats(2, 3, 9)], {"kernel_shape": [3], "strides": [2], "pads": [1, 1]})
    yield Case("AveragePool", [floats(2, 3, 9)], {"kernel_shape": [2]})
    for op in ("GlobalAveragePool", "GlobalMaxPool"):
        yield Case(op, [picture])
        yield Case(op, [floats(2, 3, 7)])


def _matrices() -> Iterator[Case]:
    shapes: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
        ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((2, 1, 3, 4), (5, 4, 2)), ((3,), (3, 4)),
        ((2, 3), (3,)), ((3,), (3,)),
    )  # fmt: skip
    for left, right in shapes:
        yield Case("MatMul", [floats(*left), floats(*right)])
        yield Case("MatMul", [floats(*left), floats(*right)], fixed=[1])
    for attributes in ({}, {"alpha": 0.5, "beta": 2.0}):
        for turned in ({}, {"transA": 1}, {"transB": 1}, {"transA": 1, "transB": 1}):
            one = floats(3, 2) if "transA" in turned else floats(2, 3)
            two = floats(4, 3) if "transB" in turned else floats(3, 4)
            yield Case("Gemm", [one, two, floats(4)], {**attributes, **turned}, fixed=[1, 2])
    yield Case("Gemm", [floats(2, 3), floats(3, 4), floats(2, 4)])
    yield Case("Gemm", [floats(2, 3), floats(3, 4), floats(2, 1)], fixed=[2])
    yield Case("Gemm", [floats(2, 3), floats(3, 4)])


def _normalisations() -> Iterator[Case]:
    shape: tuple[int, ...]
    for shape in ((2, 3, 4, 5), (2, 3, 4), (2, 3)):
        statistics = [floats(3), floats(3), floats(3), floats(3, low=0.1)]
        yield Case("BatchNormalization", [floats(*shape), *statistics], {"epsilon": 0.01}, fixed=range(1, 5))
    yield Case("BatchNormalization", [floats(2, 3, 4, 5), *statistics])
    yield Case("InstanceNormalization", [floats(2, 3, 4, 5), floats(3), floats(3)], fixed=[1, 2])
    yield Case("InstanceNormalization", [floats(2, 3, 7), floats(3), floats(3)])
    for axis in (-1, 1, 2):
        shape = (2, 3, 4)[axis:]
        yield Case("LayerNormalization", [floats(2, 3, 4), floats(*shape), floats(*shape)], {"axis": axis})
    yield Case("GroupNormalization", [floats(2, 6, 4, 5), floats(6), floats(6)], {"num_groups": 3}, opset=21)
    yield Case("GroupNormalization", [floats(2, 6, 4), floats(3), floats(3)], {"num_groups": 3}, opset=18)
    for p in (1, 2):
        yield Case("LpNormalization", [floats(2, 3, 4)], {"axis": 1, "p": p})
    yield Case("LRN", [floats(2, 6, 4, 5)], {"size": 5, "alpha": 0.01, "beta": 0.5, "bias": 2.0})
    yield Case("MeanVarianceNormalization", [floats(2, 3, 4, 5)])
    yield Case("RMSNormalization", [floats(2, 3, 4), floats(4)], opset=23)


def _reductions() -> Iterator[Case]:
    x = floats(2, 3, 4, low=0.1)
    for op in ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare"]:
        by_input = {"axes": [1, -1]} if op != "Sum" else {}
        inputs = [x] if by_input else [x, whole(1, -1)]
        for keep in (0, 1):
            yield Case(f"Reduce{op}", inputs, {**by_input, "keepdims": keep}, fixed=[1] if len(inputs) > 1 else [])
        yield Case(f"Reduce{op}", [x], {"keepdims": 0})
    yield Case("ReduceMean", [x, whole(0)], fixed=[1], opset=18)
    yield Case("ReduceSum", [x], {"noop_with_empty_axes": 1})
    for op, axis, keep in product(("ArgMax", "ArgMin"), (0, -1), (0, 1)):
        yield Case(op, [floats(2, 3, 4)], {"axis": axis, "keepdims": keep})


def _shaping() -> Iterator[Case]:
    x = floats(2, 3, 4, 5)
    for shape in ((2, 12, 5), (0, -1), (-1,), (0, 0, 20), (1, 2, 3, 4, 5)):
        yield Case("Reshape", [x, whole(*shape)], fixed=[1])
    for axis in (0, 1, 2, -1, 4):
        yield Case("Flatten", [x], {"axis": axis})
    yield Case("Squeeze", [floats(1, 3, 1, 2), whole(0, -2)], fixed=[1])
    yield Case("Squeeze", [floats(1, 3, 1, 2)])
    yield Case("Squeeze", [floats(1, 3, 1, 2)], {"axes": [2]}, opset=11)
    yield Case("Unsqueeze", [floats(3, 2), whole(0, -1)], fixed=[1])
    yield Case("Unsqueeze", [floats(3, 2)], {"axes": [1]}, opset=11)
    yield Case("Transpose", [x])
    yield Case("Transpose", [x], {"perm": [0, 2, 3, 1]})
    yield Case("Concat", [floats(2, 3), floats(2, 1)], {"axis": -1})
    yield Case("Split", [floats(2, 6), whole(1, 5)], {"axis": 1}, fixed=[1], outputs=2)
    yield Case("Split", [floats(2, 6)], {"axis": 1}, outputs=3)
    yield Case("Split", [floats(2, 7)], {"axis": -1, "num_outputs": 2}, outputs=2, opset=18)
    yield Case("Split", [floats(2, 6)], {"axis": 1, "split": [2, 4]}, outputs=2, opset=11)
    yield Case("Expand", [floats(3, 1), whole(2, 1, 4)], fixed=[1])
    yield Case("Tile", [floats(2, 3), whole(2, 3)], fixed=[1])
    yield from _pads()
    for mode in ("DCR", "CRD"):
        yield Case("DepthToSpace", [floats(1, 12, 2, 3)], {"blocksize": 2, "mode": mode})
    yield Case("SpaceToDepth", [floats(1, 3, 4, 6)], {"blocksize": 2})
    yield Case("Shape", [x])
    yield Case("Shape", [x], {"start": 1, "end": -1})
    yield Case("Size", [x])


def _pads() -> Iterator[Case]:
    for mode in ("constant", "reflect", "edge"):
        yield Case("Pad", [floats(3, 4), whole(1, 2, 0, 1)], {"mode": mode}, fixed=[1])
    yield Case("Pad", [floats(3, 4), whole(0, 1, 0, 1), np.array(2.5, np.float32)], fixed=[1, 2])
    yield Case("Pad", [floats(3, 4), whole(-1, 1, 0, -2)], fixed=[1])
    yield Case("Pad", [floats(3, 4)], {"pads": [0, 1, 0, 1], "value": 1.5}, opset=10)
    yield Case("Pad", [floats(2, 3, 4), whole(1, 1), None, whole(-1)], fixed=[1, 3], opset=18)


def _indexing() -> Iterator[Case]:
    x = floats(5, 6, 7)
    for starts, ends, axes, steps in (
        ([1, 2], [3, 5], [0, 2], [1, 1]), ([-3], [-1], [1], [1]), ([0], [2**62], [2], [2]),
        ([-1], [-(2**62)], [0], [-1]), ([4], [0], [1], [-2]), ([0], [100], [0], [1]),
    ):  # fmt: skip
        yield Case("Slice", [x, *(whole(*one) for one in (starts, ends, axes, steps))], fixed=[1, 2, 3, 4])
    yield Case("Slice", [x], {"starts": [1], "ends": [-1], "axes": [1]}, opset=9)
    yield Case("Gather", [x, whole(0, -1, 2)], {"axis": 1}, fixed=[1])
    yield Case("Gather", [x, np.array(2, np.int64)], {"axis": -1}, fixed=[1])
    yield Case("Gather", [x, whole(4, 0, 1, 1).reshape(2, 2)])
    for flags in ({}, {"exclusive": 1}, {"reverse": 1}):
        yield Case("CumSum", [floats(2, 5), np.array(1, np.int64)], flags, fixed=[1])


def _choosing() -> Iterator[Case]:
    x = floats(4, 5, 6)
    for axis in (-1, 0):
        yield Case("TopK", [x, whole(3)], {"axis": axis}, fixed=[1], outputs=2)
    for axis in (-1, 0):
        values = np.array([0.5, 2], np.float32)
        yield Case("OneHot", [whole(1, 0, 3), np.array(4, np.int64), values], {"axis": axis}, fixed=[1, 2])
    yield Case("GatherND", [x, np.array([[0, -1], [2, 3]])], fixed=[1])
    yield Case("GatherND", [x, np.array([[[0, 1, 2]], [[2, 3, 4]]])])
    for upper, shift in product((0, 1), (-1, 0, 2)):
        yield Case("Trilu", [x, np.array(shift, np.int64)], {"upper": upper}, fixed=[1])


def _sums() -> Iterator[Case]:
    equations: dict[str, tuple[tuple[int, ...], ...]] = {
        "ij,jk->ik": ((2, 3), (3, 4)),
        "ij,jk": ((2, 3), (3, 4)),
        "bhid,bhjd->bhij": ((2, 3, 4, 5), (2, 3, 6, 5)),
        "bchw,bkhw->bck": ((2, 3, 4, 5), (2, 6, 4, 5)),
        "ijk,jl->kil": ((2, 3, 4), (3, 5)),
        "bij,j->bi": ((2, 3, 4), (4,)),
        "ij,ij->": ((2, 3), (2, 3)),
        "i,j->ij": ((2,), (3,)),
        "ij->ji": ((2, 3),),
        "ijk->i": ((2, 3, 4),),
    }
    for equation, shapes in equations.items():
        yield Case("Einsum", [floats(*shape) for shape in shapes], {"equation": equation})


def _quantised() -> Iterator[Case]:
    x, scale = floats(2, 3, 4, low=-30, high=30), np.array(0.1, np.float32)
    scales = np.array([0.1, 0.2, 0.05], np.float32)
    for dtype in (np.uint8, np.int8):
        yield Case("QuantizeLinear", [x, scale, np.array(3, dtype)], fixed=[1, 2])
        integers = np.arange(100, 124).astype(dtype).reshape(2, 3, 4)
        yield Case("DequantizeLinear", [integers, scale, np.array(3, dtype)], fixed=[1, 2])
        zeros = np.array([1, 0, 5], dtype)
        yield Case("QuantizeLinear", [x, scales, zeros], {"axis": 1}, fixed=[1, 2])
        yield Case("DequantizeLinear", [integers, scales, zeros], {"axis": -2}, fixed=[0, 1, 2])
    yield Case("QuantizeLinear", [x, scale], fixed=[1])


def _resizing() -> Iterator[Case]:
    x, roi = floats(1, 2, 5, 6), np.empty(0, np.float32)
    ways = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
    for size, mode, way in product(((10, 12), (7, 9), (3, 3)), ("nearest", "linear", "cubic"), ways):
        attributes: dict[str, Any] = {"mode": mode, "coordinate_transformation_mode": way}
        yield Case("Resize", [x, None, None, whole(1, 2, *size)], attributes, fixed=[3])
    for rounding in ("floor", "ceil", "round_prefer_ceil"):
        attributes = {"mode": "nearest", "nearest_mode": rounding, "coordinate_transformation_mode": "asymmetric"}
        yield Case("Resize", [x, None, _scales(1, 1, 2, 2)], attributes, fixed=[2])
    for mode in ("nearest", "linear"):
        scales = _scales(1, 1, 1.7, 2.5)
        yield Case("Resize", [x, roi, scales], {"mode": mode}, fixed=[1, 2], opset=11)
        yield Case("Resize", [x, _scales(1, 1, 2, 3)], {"mode": mode}, fixed=[1], opset=10)
        yield Case("Upsample", [x], {"mode": mode, "scales": [1.0, 1.0, 2.0, 2.0]}, opset=7)
        yield Case("Upsample", [x, _scales(1, 1, 2, 2)], {"mode": mode}, fixed=[1], opset=9)
    yield Case("Resize", [floats(1, 2, 5), None, None, whole(1, 2, 9)], {"mode": "linear"}, fixed=[3])
    yield Case("Resize", [x, None, None, whole(1, 2, 9, 7)], {"mode": "cubic", "exclude_outside": 1}, fixed=[3])


def _recurrent() -> Iterator[Case]:
    x, hidden = floats(4, 2, 3), 5
    for op, gates, states in (("LSTM", 4, 2), ("GRU", 3, 1), ("RNN", 1, 1)):
        for direction, count in (("forward", 1), ("reverse", 1), ("bidirectional", 2)):
            weights = [floats(count, gates * hidden, 3), floats(count, gates * hidden, hidden)]
            attributes = {"hidden_size": hidden, "direction": direction}
            yield Case(op, [x, *weights], attributes, fixed=[1, 2], outputs=1 + states)
            more = [floats(count, 2 * gates * hidden), None, *[floats(count, 2, hidden)] * states]
            yield Case(op, [x, *weights, *more], attributes, fixed=[1, 2, 3], outputs=1 + states)
            if op == "GRU":
                attributes = {**attributes, "linear_before_reset": 1}
                yield Case(op, [x, *weights, *more], attributes, fixed=[1, 2, 3], outputs=2)


def _softmax() -> Iterator[Case]:
    for op, axis, opset in product(("Softmax", "LogSoftmax"), (1, -1, 0), (11, 13)):
        yield Case(op, [floats(2, 3, 4)], {"axis": axis}, opset=opset)
    yield Case("Softmax", [floats(2, 3, 4, 5)], {"axis": 1}, opset=13)


def _others() -> Iterator[Case]:
    yield Case("Range", [np.array(one, np.float32) for one in (1, 4, 0.5)], fixed=[0, 1, 2])
    yield Case("ConstantOfShape", [whole(2, 3)], {"value": _scales(1.5)}, fixed=[0])
    yield Case("Constant", [], {"value_floats": [1.0, 2.5]})
    yield Case("Constant", [], {"value": floats(2, 2)})
