"""Sums, means and extremes along axes."""

from collections.abc import Callable

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule, axis_of
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.readers.onnx.ops.shaping import axes_of

_Change = Callable[[Emitter, Tensor], Tensor]


def _unchanged(to: Emitter, x: Tensor) -> Tensor:
    return x


def _one(op: str) -> _Change:
    return lambda to, x: to.add(op, [x])


def _square(to: Emitter, x: Tensor) -> Tensor:
    return to.add("MUL", [x, x])


def _reduce(op: str, before: _Change = _unchanged, after: _Change = _unchanged) -> Rule:
    """The reduction `op`, of what `before` makes of each value, changed by `after`."""

    def rule(to: Emitter, node: Node) -> Tensor:
        x = node.input(0)
        axes = axes_of(node, 1, 13)
        if not axes and node.integer("noop_with_empty_axes", 0):
            return after(to, before(to, x))
        places = [axis_of(node, axis, len(x.shape)) for axis in axes or range(len(x.shape))]
        keep = bool(node.integer("keepdims", 1))
        return after(to, to.add(op, [before(to, x), to.integers("axes", places)], keep_dims=keep))

    return rule


def _log_sum_exp(to: Emitter, node: Node) -> Tensor:
    """With the largest value taken out first, so that nothing overflows."""
    x, axes = node.input(0), axes_of(node, 1, 13)
    rank = len(x.shape)
    places = to.integers("axes", [axis_of(node, axis, rank) for axis in axes or range(rank)])
    top = to.add("REDUCE_MAX", [x, places], keep_dims=True)
    total = to.add("SUM", [to.add("EXP", [to.add("SUB", [x, top])]), places], keep_dims=True)
    made = to.add("ADD", [to.add("LOG", [total]), top])
    if node.integer("keepdims", 1):
        return made
    gone = {axis_of(node, axis, rank) for axis in axes or range(rank)}
    return to.reshape(made, [size for at, size in enumerate(x.shape) if at not in gone])


OPERATORS: dict[str, Rule] = {
    "ReduceL1": _reduce("SUM", before=_one("ABS")),
    "ReduceL2": _reduce("SUM", before=_square, after=_one("SQRT")),
    "ReduceLogSum": _reduce("SUM", after=_one("LOG")),
    "ReduceLogSumExp": _log_sum_exp,
    "ReduceMax": _reduce("REDUCE_MAX"),
    "ReduceMean": _reduce("MEAN"),
    "ReduceMin": _reduce("REDUCE_MIN"),
    "ReduceProd": _reduce("REDUCE_PROD"),
    "ReduceSum": _reduce("SUM"),
    "ReduceSumSquare": _reduce("SUM", before=_square),
}
