"""Operators that reduce dimensions, or look along one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.converter.writers.tfjs_ops.options import flag
from pyweb_ml.converter.writers.tfjs_values import tfjs_dtype

_REDUCTIONS = {
    "MEAN": "Mean",
    "REDUCE_MAX": "Max",
    "REDUCE_MIN": "Min",
    "REDUCE_PROD": "Prod",
    "SUM": "Sum",
}
_PICKS = {"ARG_MAX": "ArgMax", "ARG_MIN": "ArgMin"}


def _axes(emitter: Emitter, operator: Operator) -> NDArray[Any]:
    """Counted from the front: TF.js 4.22 takes a Cumsum's axis below 0 wrongly, on Wasm beyond its memory."""
    axes: NDArray[Any] = emitter.values(operator, 1) % max(1, len(emitter.tensor(operator, 0).shape))
    return axes


@rule(*_REDUCTIONS)
def reduction(emitter: Emitter, operator: Operator) -> Endpoint:
    axes = emitter.numbers(np.atleast_1d(_axes(emitter, operator)))
    # WebGPU's Prod forgets keep_dims, in TF.js 4.22; a reshape costs nothing.
    reshaped = flag(operator, "keep_dims") and operator.op == "REDUCE_PROD"
    keep = flag(operator, "keep_dims") and not reshaped
    made = emitter.add(_REDUCTIONS[operator.op], emitter.input(operator, 0), axes, keep_dims=keep)
    if reshaped:
        return emitter.reshape(made, operator.outputs[0].shape)
    is_int_mean = operator.op == "MEAN" and tfjs_dtype(operator.outputs[0]) == "int32"
    return emitter.cast(made, "int32") if is_int_mean else made


@rule("REDUCE_ALL", "REDUCE_ANY")
def truths(emitter: Emitter, operator: Operator) -> Endpoint:
    """The least or greatest of 0 and 1: TF.js's All and Any are wrong on WebGPU but along the last dimension."""
    node = "Min" if operator.op == "REDUCE_ALL" else "Max"
    axes = emitter.numbers(np.atleast_1d(_axes(emitter, operator)))
    reals = emitter.reals(emitter.input(operator, 0))
    return emitter.cast(emitter.add(node, reals, axes, keep_dims=flag(operator, "keep_dims")), "bool")


@rule(*_PICKS)
def pick(emitter: Emitter, operator: Operator) -> Endpoint:
    axis = emitter.numbers(_axes(emitter, operator).item())
    return emitter.add(_PICKS[operator.op], emitter.input(operator, 0), axis)


@rule("CUMSUM")
def cumulated(emitter: Emitter, operator: Operator) -> Endpoint:
    """Backwards by reversing before and after: on WebGPU, TF.js 4.22 sums wrongly with `reverse`."""
    x, axis = emitter.input(operator, 0), _axes(emitter, operator)
    turned, axes = flag(operator, "reverse"), emitter.numbers(np.atleast_1d(axis))
    if turned:
        x = emitter.add("ReverseV2", x, axes)
    summed = emitter.add("Cumsum", x, emitter.numbers(axis.item()), exclusive=flag(operator, "exclusive"))
    return emitter.add("ReverseV2", summed, axes) if turned else summed


@rule("TOPK_V2")
def top_k(emitter: Emitter, operator: Operator) -> list[Endpoint]:
    count = emitter.numbers(emitter.values(operator, 1).item())
    node = emitter.add("TopKV2", emitter.input(operator, 0), count, sorted=True)
    return [node, f"{node}:1"]
