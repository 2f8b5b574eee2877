"""Activation functions."""

from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule, axis_of
from pyweb_ml.converter.readers.onnx.node import Node


def _same(op: str) -> Rule:
    return lambda to, node: to.add(op, [node.input(0)])


def _leaky(to: Emitter, node: Node) -> Tensor:
    return to.add("LEAKY_RELU", [node.input(0)], alpha=node.real("alpha", 0.01))


def _prelu(to: Emitter, node: Node) -> Tensor:
    """max(x, 0) + slope * min(x, 0) where TFLite's PRELU would not take the slope's shape."""
    x, slope = node.input(0), node.input(1)
    shared = [size == 1 for size in slope.shape]
    if len(x.shape) == 4 and len(slope.shape) in (3, 4) and slope.is_constant and all(shared[-2:]):
        return to.add("PRELU", [x, to.reshape(slope, (1, *slope.shape[-3:])) if len(slope.shape) == 3 else slope])
    low = to.add("MUL", [to.add("MINIMUM", [x, to.number(0)]), slope])
    return to.add("ADD", [to.add("RELU", [x]), low])


def _elu(to: Emitter, node: Node, alpha: float = 1.0, gamma: float = 1.0) -> Tensor:
    """gamma * (max(x, 0) + alpha * (exp(min(x, 0)) - 1))."""
    x = node.input(0)
    alpha, gamma = node.real("alpha", alpha), node.real("gamma", gamma)
    if (alpha, gamma) == (1, 1):
        return to.add("ELU", [x])
    low = to.add("MUL", [to.add("ELU", [to.add("MINIMUM", [x, to.number(0)])]), to.number(alpha)])
    return to.add("MUL", [to.add("ADD", [to.add("RELU", [x]), low]), to.number(gamma)])


def _selu(to: Emitter, node: Node) -> Tensor:
    # ONNX's defaults, from Klambauer and others, Self-Normalizing Neural Networks.
    return _elu(to, node, 1.67326319217681884765625, 1.05070102214813232421875)


def _hard_sigmoid(to: Emitter, node: Node) -> Tensor:
    scaled = to.add("MUL", [node.input(0), to.number(node.real("alpha", 0.2))])
    return clipped(to, to.add("ADD", [scaled, to.number(node.real("beta", 0.5))]), 0, 1)


def softplus(to: Emitter, x: Tensor) -> Tensor:
    """ln(1 + exp(x)), as max(x, 0) + ln(1 + exp(-|x|)): so nothing overflows."""
    fall = to.add("EXP", [to.add("NEG", [to.add("ABS", [x])])])
    return to.add("ADD", [to.add("RELU", [x]), to.add("LOG", [to.add("ADD", [fall, to.number(1)])])])


def _softsign(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    return to.add("DIV", [x, to.add("ADD", [to.add("ABS", [x]), to.number(1)])])


def _mish(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    return to.add("MUL", [x, to.add("TANH", [softplus(to, x)])])


def _swish(to: Emitter, node: Node) -> Tensor:
    x, alpha = node.input(0), node.real("alpha", 1)
    scaled = x if alpha == 1 else to.add("MUL", [x, to.number(alpha)])
    return to.add("MUL", [x, to.add("LOGISTIC", [scaled])])


def _thresholded(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    above = to.add("GREATER", [x, to.number(node.real("alpha", 1))])
    return to.add("MUL", [x, to.cast(above, "float32")])


def clipped(to: Emitter, x: Tensor, low: float | None, high: float | None) -> Tensor:
    """The values from `low` to `high`, where these are given."""
    if low == 0 and x.dtype == "float32" and high in (None, 6):
        return to.add("RELU6" if high else "RELU", [x])
    if low is not None:
        x = to.add("MAXIMUM", [x, to.number(low, x.dtype)])
    return x if high is None else to.add("MINIMUM", [x, to.number(high, x.dtype)])


def _clip(to: Emitter, node: Node) -> Tensor:
    limits: list[float | None] = []
    for at, name in ((1, "min"), (2, "max")):
        if node.has(name):  # until opset 11
            limits.append(node.real(name, 0))
        else:
            limits.append(node.constant(at, name).item() if node.given(at) else None)
    return clipped(to, node.input(0), *limits)


def _along_axis(op: str) -> Rule:
    """Softmax and its logarithm, which TFLite has along the last axis."""

    def rule(to: Emitter, node: Node) -> Tensor:
        x = node.input(0)
        options: dict[str, Option] = {"beta": 1.0} if op == "SOFTMAX" else {}
        rank = len(x.shape)
        axis = axis_of(node, node.integer("axis", -1 if node.opset >= 13 else 1), rank)
        if node.opset < 13:  # everything from the axis on is one
            flat = to.reshape(x, [*x.shape[:axis], -1] if axis < rank - 1 else x.shape)
            return to.reshape(to.add(op, [flat], name=op.lower(), **options), x.shape)
        if axis == rank - 1:
            return to.add(op, [x], name=op.lower(), **options)
        order = [at for at in range(rank) if at != axis] + [axis]
        made = to.add(op, [to.transpose(x, order)], name=op.lower(), **options)
        return to.transpose(made, [order.index(at) for at in range(rank)])

    return rule


OPERATORS: dict[str, Rule] = {
    "Clip": _clip,
    "Elu": _elu,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": _same("HARD_SWISH"),
    "LeakyRelu": _leaky,
    "LogSoftmax": _along_axis("LOG_SOFTMAX"),
    "Mish": _mish,
    "PRelu": _prelu,
    "Relu": _same("RELU"),
    "Selu": _selu,
    "Sigmoid": _same("LOGISTIC"),
    "Softmax": _along_axis("SOFTMAX"),
    "Softplus": lambda to, node: softplus(to, node.input(0)),
    "Softsign": _softsign,
    "Swish": _swish,
    "Tanh": _same("TANH"),
    "ThresholdedRelu": _thresholded,
}
