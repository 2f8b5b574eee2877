"""Operators computed in numpy, for those whose inputs are all constants: shapes, indices, small tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Option

Array: TypeAlias = NDArray[Any]
Options: TypeAlias = Mapping[str, Option]
_Kernel: TypeAlias = Callable[[Sequence[Array], Options], Array | list[Array]]


def evaluate(op: str, inputs: Sequence[Array], options: Options) -> list[Array] | None:
    """What an operator gives for constants; None for one that is not known here, or has an activation fused.

    The inputs must fit the operator, as `shapes.output_forms` proves.
    """
    kernel = KERNELS.get(op)
    if kernel is None or options.get("fused_activation_function", "NONE") != "NONE":
        return None
    with np.errstate(all="ignore"):  # as in the models themselves, a division by 0 is infinite
        made = kernel(inputs, options)
    return made if isinstance(made, list) else [np.asarray(made)]


def _elementwise(function: Callable[..., Array]) -> _Kernel:
    """A function of numpy, whose result has the first input's dtype."""
    return lambda inputs, options: np.asarray(function(*inputs)).astype(inputs[0].dtype, copy=False)


def _truth(function: Callable[..., Array]) -> _Kernel:
    return lambda inputs, options: function(*inputs)


def _divide(left: Array, right: Array) -> Array:
    """Integers are divided towards 0."""
    if left.dtype.kind == "f":
        return np.asarray(left / right)
    if not right.all():
        raise ValueError("a whole number is divided by 0")
    return np.asarray(np.trunc(left / right)) if left.dtype.itemsize < 8 else _divide_exactly(left, right)


def _divide_exactly(left: Array, right: Array) -> Array:
    return np.asarray(np.sign(left) * np.sign(right) * (np.abs(left) // np.abs(right)))


def _reduce(function: Callable[..., Array]) -> _Kernel:
    def run(inputs: Sequence[Array], options: Options) -> Array:
        axes = tuple(int(axis) for axis in inputs[1].reshape(-1))
        made = function(inputs[0], axis=axes, keepdims=bool(options.get("keep_dims")))
        return made.astype(inputs[0].dtype, copy=False)

    return run


def _cast(inputs: Sequence[Array], options: Options) -> Array:
    return inputs[0].astype(str(options["out_data_type"]).lower())


def _concatenate(inputs: Sequence[Array], options: Options) -> Array:
    return np.concatenate(inputs, axis=cast(int, options.get("axis", 0)))


def _gather(inputs: Sequence[Array], options: Options) -> Array | list[Array]:
    if options.get("batch_dims"):
        raise ValueError("'batch_dims' is not known here")
    axis = cast(int, options.get("axis", 0))
    return np.take(inputs[0], inputs[1], axis=axis)


def _pad(inputs: Sequence[Array], options: Options) -> Array:
    value = inputs[2].reshape(-1)[0] if len(inputs) > 2 else 0
    return np.pad(inputs[0], inputs[1].reshape(-1, 2), constant_values=value)


def _slice(inputs: Sequence[Array], options: Options) -> Array:
    given, begins, sizes = inputs
    ends = [None if size == -1 else begin + size for begin, size in zip(begins, sizes, strict=True)]
    return given[tuple(slice(begin, end) for begin, end in zip(begins, ends, strict=True))]


def _strided_slice(inputs: Sequence[Array], options: Options) -> Array:
    given, *limits = inputs
    first, last = (cast(int, options.get(name, 0)) for name in ("begin_mask", "end_mask"))
    places = enumerate(zip(*(limit.tolist() for limit in limits), strict=True))
    cut = [
        slice(None if first >> at & 1 else begin, None if last >> at & 1 else end, step)
        for at, (begin, end, step) in places
    ]
    return given[tuple(cut)]


def _split(inputs: Sequence[Array], options: Options) -> list[Array]:
    return np.split(inputs[1], cast(int, options["num_splits"]), axis=int(inputs[0].reshape(-1)[0]))


def _split_v(inputs: Sequence[Array], options: Options) -> list[Array]:
    given, sizes, axis = inputs
    return np.split(given, np.cumsum(sizes)[:-1].tolist(), axis=int(axis.reshape(-1)[0]))


KERNELS: Final[dict[str, _Kernel]] = {
    "ABS": _elementwise(np.abs),
    "ADD": _elementwise(np.add),
    "BROADCAST_TO": lambda inputs, options: np.broadcast_to(inputs[0], inputs[1].tolist()),
    "CAST": _cast,
    "CEIL": _elementwise(np.ceil),
    "CONCATENATION": _concatenate,
    "DIV": _elementwise(_divide),
    "EQUAL": _truth(np.equal),
    "EXP": _elementwise(np.exp),
    "FLOOR": _elementwise(np.floor),
    "FLOOR_DIV": _elementwise(np.floor_divide),
    "FLOOR_MOD": _elementwise(np.mod),
    "GATHER": _gather,
    "GREATER": _truth(np.greater),
    "GREATER_EQUAL": _truth(np.greater_equal),
    "LESS": _truth(np.less),
    "LESS_EQUAL": _truth(np.less_equal),
    "LOG": _elementwise(np.log),
    "LOGICAL_AND": _truth(np.logical_and),
    "LOGICAL_NOT": _truth(np.logical_not),
    "LOGICAL_OR": _truth(np.logical_or),
    "MAXIMUM": _elementwise(np.maximum),
    "MEAN": _reduce(np.mean),
    "MINIMUM": _elementwise(np.minimum),
    "MUL": _elementwise(np.multiply),
    "NEG": _elementwise(np.negative),
    "NOT_EQUAL": _truth(np.not_equal),
    "PAD": _pad,
    "PADV2": _pad,
    "POW": _elementwise(np.power),
    "REDUCE_MAX": _reduce(np.max),
    "REDUCE_MIN": _reduce(np.min),
    "REDUCE_PROD": _reduce(np.prod),
    "RESHAPE": lambda inputs, options: inputs[0].reshape(inputs[1].tolist()),
    "ROUND": _elementwise(np.rint),
    "RSQRT": _elementwise(lambda one: 1 / np.sqrt(one)),
    "SELECT_V2": lambda inputs, options: np.where(*inputs),
    "SIGN": _elementwise(np.sign),
    "SIN": _elementwise(np.sin),
    "COS": _elementwise(np.cos),
    "SLICE": _slice,
    "SPLIT": _split,
    "SPLIT_V": _split_v,
    "SQRT": _elementwise(np.sqrt),
    "SQUARE": _elementwise(np.square),
    "STRIDED_SLICE": _strided_slice,
    "SUB": _elementwise(np.subtract),
    "SUM": _reduce(np.sum),
    "TILE": lambda inputs, options: np.tile(inputs[0], inputs[1].tolist()),
    "TRANSPOSE": lambda inputs, options: inputs[0].transpose(inputs[1].tolist()),
}
