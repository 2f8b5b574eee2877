"""Operators that take some of the values, by their places."""

import numpy as np

from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule, axis_of
from pyweb_ml.converter.readers.onnx.node import Node


def _slice(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    if node.has("starts"):  # until opset 10
        starts, ends = node.integers("starts"), node.integers("ends")
        axes, steps = node.integers("axes", list(range(len(starts)))), [1] * len(starts)
    else:
        starts, ends = node.whole(1, "starts"), node.whole(2, "ends")
        axes = node.whole(3, "axes") if node.given(3) else list(range(len(starts)))
        steps = node.whole(4, "steps") if node.given(4) else [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        node.fail(f"starts {starts}, ends {ends}, axes {axes} and steps {steps} do not fit together")
    cut = [range(size) for size in x.shape]
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        place = axis_of(node, axis, len(x.shape))
        cut[place] = range(x.shape[place])[start:end:step]
    return _cut(to, x, cut)


def _cut(to: Emitter, x: Tensor, cut: list[range]) -> Tensor:
    """The places `cut` along each axis."""
    if all(places == range(size) for places, size in zip(cut, x.shape, strict=True)):
        return x
    if all(places.step == 1 for places in cut):
        begins, sizes = [places.start for places in cut], [len(places) for places in cut]
        return to.add("SLICE", [x, to.integers("begin", begins), to.integers("size", sizes)])
    # Counting down to before the first place is written as a mask: -1 would be the last.
    down = [len(places) > 0 and places.step < 0 and places.stop < 0 for places in cut]
    mask = sum(1 << at for at, whole in enumerate(down) if whole)
    limits = [[places.start for places in cut], [max(places.stop, 0) for places in cut]]
    operands = [to.integers("limits", one) for one in (*limits, [places.step for places in cut])]
    return to.add("STRIDED_SLICE", [x, *operands], end_mask=mask)


def _gather(to: Emitter, node: Node) -> Tensor:
    x, places = node.input(0), node.input(1)
    axis = axis_of(node, node.integer("axis", 0), len(x.shape))
    return to.add("GATHER", [x, _from_front(to, places, x.shape[axis])], axis=axis)


def _from_front(to: Emitter, places: Tensor, size: int) -> Tensor:
    """Places counted from the front, where those below 0 count from the back."""
    if places.data is not None:
        return to.integers("places", np.where(places.data < 0, places.data + size, places.data))
    return to.add("FLOOR_MOD", [places, to.number(size, places.dtype)])


def _extreme(op: str) -> Rule:
    def rule(to: Emitter, node: Node) -> Tensor:
        x = node.input(0)
        node.require(not node.integer("select_last_index", 0), "'select_last_index'")
        axis = axis_of(node, node.integer("axis", 0), len(x.shape))
        made = to.add(op, [x, to.integers("axis", axis)], output_type="INT64")
        if not node.integer("keepdims", 1):
            return made
        return to.reshape(made, [1 if at == axis else size for at, size in enumerate(x.shape)])

    return rule


def _cumulative(to: Emitter, node: Node) -> Tensor:
    x, (axis,) = node.input(0), node.whole(1, "axis")
    place = to.integers("axis", axis_of(node, axis, len(x.shape)))
    flags: dict[str, Option] = {name: bool(node.integer(name, 0)) for name in ("exclusive", "reverse")}
    return to.add("CUMSUM", [x, place], name="cumsum", **flags)


def _top(to: Emitter, node: Node) -> list[Tensor]:
    """TFLite has it along the last axis."""
    x, (count,) = node.input(0), node.whole(1, "k")
    rank = len(x.shape)
    axis = axis_of(node, node.integer("axis", -1), rank)
    node.require(bool(node.integer("largest", 1)), "the smallest values")
    order = [at for at in range(rank) if at != axis] + [axis]
    turned = x if axis == rank - 1 else to.transpose(x, order)
    values, places = to.add_all("TOPK_V2", [turned, to.integers("k", count)])
    back = [order.index(at) for at in range(rank)]
    made = [values, to.cast(places, "int64")]
    return made if axis == rank - 1 else [to.transpose(one, back) for one in made]


def _one_hot(to: Emitter, node: Node) -> Tensor:
    places, (depth,), (off, on) = node.input(0), node.whole(1, "depth"), node.constant(2, "values")
    axis = axis_of(node, node.integer("axis", -1), len(places.shape) + 1)
    dtype = node.input(2).dtype
    number = to.integers("depth", depth)
    inside = to.cast(_from_front(to, places, depth), "int32")
    return to.add("ONE_HOT", [inside, number, to.number(on, dtype), to.number(off, dtype)], axis=axis)


def _gather_many(to: Emitter, node: Node) -> Tensor:
    """Whole slices at places of several axes."""
    node.require(not node.integer("batch_dims", 0), "'batch_dims'")
    x, places = node.input(0), node.input(1)
    if places.data is None:
        return to.add("GATHER_ND", [x, places])
    sizes = np.array(x.shape[: places.shape[-1]])
    return to.add(
        "GATHER_ND", [x, to.integers("places", np.where(places.data < 0, places.data + sizes, places.data))]
    )


def _triangle(to: Emitter, node: Node) -> Tensor:
    """What lies above or below a diagonal; the rest is 0."""
    x, shift = node.input(0), node.whole(1, "k")[0] if node.given(1) else 0
    ones = np.ones(x.shape[-2:], x.dtype)
    mask = np.triu(ones, shift) if node.integer("upper", 1) else np.tril(ones, shift)
    return to.add("MUL", [x, to.constant("mask", mask)])


OPERATORS: dict[str, Rule] = {
    "ArgMax": _extreme("ARG_MAX"),
    "ArgMin": _extreme("ARG_MIN"),
    "CumSum": _cumulative,
    "Gather": _gather,
    "GatherND": _gather_many,
    "OneHot": _one_hot,
    "Slice": _slice,
    "TopK": _top,
    "Trilu": _triangle,
}
