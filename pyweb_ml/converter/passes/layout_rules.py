"""How operators go before a transpose: what is to be renamed in each when its axes are in another order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Operator, Option, Tensor

Order: TypeAlias = tuple[int, ...]
"""Of a transpose: for each axis of what it gives, the axis of what it takes."""


@dataclass
class Moved:
    """An operator as it is before a transpose of its inputs.

    Attributes:
        data: the inputs that the transpose has made, or that broadcast with these.
        rank: the axes of these.
        orders: for each output, the transpose that gives what the operator gave.
        constants: other inputs that change, by their place.
        options: options that change.
    """

    data: Sequence[int]
    rank: int
    orders: Sequence[Order]
    constants: dict[int, Tensor] = field(default_factory=dict)
    options: dict[str, Option] = field(default_factory=dict)


Rule: TypeAlias = Callable[[Operator, Order], Moved | None]
"""The operator before a transpose of that order; None if it cannot be moved."""


def inverse(order: Order) -> Order:
    """The order that undoes another."""
    return tuple(int(axis) for axis in np.argsort(order))


def is_identity(order: Order) -> bool:
    return order == tuple(range(len(order)))


def order_of(op: Operator) -> Order | None:
    """The order of a TRANSPOSE by a constant; None for everything else."""
    if op.op != "TRANSPOSE" or op.custom is not None:
        return None
    array = _constant(op, 1)
    return None if array is None else tuple(int(axis) for axis in array.reshape(-1))


def _constant(op: Operator, at: int) -> NDArray[Any] | None:
    tensor = op.inputs[at] if at < len(op.inputs) else None
    return None if tensor is None else tensor.data


def _replaced(op: Operator, at: int, values: Any) -> Tensor:
    """The constant input `at` with other values of the same dtype."""
    old = cast(Tensor, op.inputs[at])
    array = np.asarray(values, old.dtype)
    return Tensor(old.name, array.shape, old.dtype, array)


def _data(op: Operator, at: int = 0) -> Tensor:
    return cast(Tensor, op.inputs[at])


def _unary(op: Operator, order: Order) -> Moved | None:
    return Moved([0], len(order), [order])


def _broadcast(op: Operator, order: Order) -> Moved | None:
    """All inputs count; the longest shape is the result's."""
    if len(op.outputs[0].shape) != len(order):
        return None
    return Moved(range(len(op.inputs)), len(order), [order])


def _softmax(op: Operator, order: Order) -> Moved | None:
    """Along the last axis, so that this must stay."""
    return _unary(op, order) if order[-1] == len(order) - 1 else None


def _concatenation(op: Operator, order: Order) -> Moved | None:
    axis = order[cast(int, op.options.get("axis", 0)) % len(order)]
    return Moved(range(len(op.inputs)), len(order), [order], options={"axis": axis})


def _renamed(order: Order, axes: NDArray[Any]) -> list[int]:
    return [order[int(axis)] for axis in axes.reshape(-1)]


def _reduce(op: Operator, order: Order) -> Moved | None:
    axes = _constant(op, 1)
    if axes is None:
        return None
    gone = {int(axis) % len(order) for axis in axes.reshape(-1)}
    constants = {1: _replaced(op, 1, np.reshape(_renamed(order, axes), axes.shape))}
    if op.options.get("keep_dims"):
        return Moved([0], len(order), [order], constants)
    return Moved([0], len(order), [_without(order, gone)], constants)


def _without(order: Order, gone: set[int]) -> Order:
    """The order of what is left when axes of the output are gone."""
    left = [axis for at, axis in enumerate(order) if at not in gone]
    return tuple(sorted(left).index(axis) for axis in left)


def _by_axis(*places: int) -> Rule:
    """An operator whose inputs `places` have a row for every axis."""

    def rule(op: Operator, order: Order) -> Moved | None:
        arrays = [_constant(op, at) for at in places]
        if len(op.outputs[0].shape) != len(order) or len(_data(op).shape) != len(order):
            return None
        constants = {}
        for at, array in zip(places, arrays, strict=True):
            if array is None:
                return None
            constants[at] = _replaced(op, at, array[list(inverse(order))])
        return Moved([0], len(order), [order], constants, _masks(op, order))

    return rule


def _masks(op: Operator, order: Order) -> dict[str, Option]:
    """The masks of a STRIDED_SLICE: a bit for every axis."""
    return {
        name: sum((cast(int, op.options[name]) >> at & 1) << axis for at, axis in enumerate(order))
        for name in ("begin_mask", "end_mask")
        if op.options.get(name)
    }


def _strided_slice(op: Operator, order: Order) -> Moved | None:
    others = ("shrink_axis_mask", "new_axis_mask", "ellipsis_mask", "offset")
    return None if any(op.options.get(name) for name in others) else _by_axis(1, 2, 3)(op, order)


def _along(axis_at: int, data_at: int) -> Rule:
    """An operator that takes one axis as its input `axis_at`."""

    def rule(op: Operator, order: Order) -> Moved | None:
        axis = _constant(op, axis_at)
        if axis is None:
            return None
        constants = {axis_at: _replaced(op, axis_at, np.reshape(_renamed(order, axis), axis.shape))}
        return Moved([data_at], len(order), [order] * len(op.outputs), constants)

    return rule


def _gather(op: Operator, order: Order) -> Moved | None:
    places = op.inputs[1]
    data = _data(op)
    if op.options.get("batch_dims") or places is None or len(places.shape) != 1 or len(data.shape) != len(order):
        return None
    axis = order[cast(int, op.options.get("axis", 0)) % len(order)]
    return Moved([0], len(order), [order], options={"axis": axis})


def _reshape(op: Operator, order: Order) -> Moved | None:
    """Axes that are joined or split must lie beside one another on both sides; those of one place go along."""
    before, after = _data(op).shape, op.outputs[0].shape
    groups = _groups(before, after)
    if groups is None:
        return None
    taken = [[order[axis] for axis in group] for group, _ in groups]
    if not all(_beside(axes, order, before) for axes in taken):
        return None
    by_place = sorted(range(len(groups)), key=lambda at: taken[at][0])
    first = range(groups[0][1][0])  # axes of one place before all others stay there
    axes = [*first, *(axis for at in by_place for axis in groups[at][1])]
    shape = [after[axis] for axis in axes]
    constants = {1: Tensor(f"{op.outputs[0].name}/shape", (len(shape),), "int32", np.array(shape, np.int32))}
    orders = [tuple(axes.index(axis) for axis in range(len(after)))]
    return Moved([0], len(order), orders, constants, {"new_shape": cast(Option, shape)})


def first_part(op: Operator, order: Order) -> Order | None:
    """Of a transpose that a RESHAPE cannot go before, the part after which it can.

    What the reshape joins must lie together: this part brings it together, and leaves the rest to another.
    """
    before = _data(op).shape
    groups = _groups(before, op.outputs[0].shape)
    if op.op != "RESHAPE" or groups is None:
        return None
    taken = sorted(([order[axis] for axis in group] for group, _ in groups), key=min)
    ones = [order[axis] for axis, size in enumerate(before) if size == 1]
    return tuple(ones + [axis for group in taken for axis in group])


def _beside(axes: Sequence[int], order: Order, before: Sequence[int]) -> bool:
    """Whether the axes follow one another, but for axes of one place between them."""
    if list(axes) != sorted(axes):
        return False
    between = set(range(axes[0], axes[-1] + 1)) - set(axes)
    return all(before[order.index(axis)] == 1 for axis in between)


_Group: TypeAlias = tuple[list[int], list[int]]


def _groups(before: Sequence[int], after: Sequence[int]) -> list[_Group] | None:
    """The smallest runs of axes that hold the same values on both sides; None if there are no such runs.

    Axes of one place are left out before the reshape; after it they join the group before them, if there is one.
    """
    groups: list[_Group] = []
    left = [axis for axis, size in enumerate(before) if size != 1]
    right = [axis for axis, size in enumerate(after) if size != 1]
    while left and right:
        group: _Group = ([left.pop(0)], [right.pop(0)])
        while (one := prod(before[at] for at in group[0])) != (two := prod(after[at] for at in group[1])):
            side, rest = (group[0], left) if one < two else (group[1], right)
            if not rest:
                return None
            side.append(rest.pop(0))
        groups.append(group)
    if not groups or left or right:
        return None
    ends = [*(theirs[0] for _, theirs in groups[1:]), len(after)]
    return [(ours, list(range(theirs[0], end))) for (ours, theirs), end in zip(groups, ends, strict=True)]


_UNARY = """ABS CAST CEIL COS ELU EXP FLOOR GELU HARD_SWISH LEAKY_RELU LOG LOGICAL_NOT LOGISTIC NEG RELU RELU6
RELU_N1_TO_1 RELU_0_TO_1 ROUND RSQRT SIGN SIN SQRT SQUARE TANH"""
_BROADCAST = """ADD SUB MUL DIV MAXIMUM MINIMUM POW FLOOR_DIV FLOOR_MOD SQUARED_DIFFERENCE PRELU LOGICAL_AND
LOGICAL_OR EQUAL NOT_EQUAL GREATER GREATER_EQUAL LESS LESS_EQUAL SELECT_V2"""
_REDUCERS = "MEAN SUM REDUCE_MAX REDUCE_MIN REDUCE_PROD REDUCE_ANY REDUCE_ALL ARG_MAX ARG_MIN"

RULES: Final[dict[str, Rule]] = {
    **dict.fromkeys(_UNARY.split(), _unary),
    **dict.fromkeys(_BROADCAST.split(), _broadcast),
    **dict.fromkeys(_REDUCERS.split(), _reduce),
    "BROADCAST_TO": _by_axis(1),
    "CONCATENATION": _concatenation,
    "CUMSUM": _along(1, 0),
    "GATHER": _gather,
    "LOG_SOFTMAX": _softmax,
    "MIRROR_PAD": _by_axis(1),
    "PAD": _by_axis(1),
    "PADV2": _by_axis(1),
    "RESHAPE": _reshape,
    "SLICE": _by_axis(1, 2),
    "SOFTMAX": _softmax,
    "SPLIT": _along(0, 1),
    "SPLIT_V": _along(2, 0),
    "STRIDED_SLICE": _strided_slice,
    "TILE": _by_axis(1),
}
