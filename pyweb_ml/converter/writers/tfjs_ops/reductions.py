"""Operators that reduce dimensions, or look along one."""

import numpy as np

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.converter.writers.tfjs_ops.options import flag
from pyweb_ml.converter.writers.tfjs_values import tfjs_dtype

_REDUCTIONS = {
    "MEAN": "Mean",
    "REDUCE_ALL": "All",
    "REDUCE_ANY": "Any",
    "REDUCE_MAX": "Max",
    "REDUCE_MIN": "Min",
    "REDUCE_PROD": "Prod",
    "SUM": "Sum",
}
_PICKS = {"ARG_MAX": "ArgMax", "ARG_MIN": "ArgMin"}


@rule(*_REDUCTIONS)
def reduction(emitter: Emitter, operator: Operator) -> Endpoint:
    axes = emitter.numbers(np.atleast_1d(emitter.values(operator, 1)))
    made = emitter.add(
        _REDUCTIONS[operator.op], emitter.input(operator, 0), axes, keep_dims=flag(operator, "keep_dims")
    )
    is_int_mean = operator.op == "MEAN" and tfjs_dtype(operator.outputs[0]) == "int32"
    return emitter.cast(made, "int32") if is_int_mean else made


@rule(*_PICKS)
def pick(emitter: Emitter, operator: Operator) -> Endpoint:
    axis = emitter.numbers(emitter.values(operator, 1).item())
    return emitter.add(_PICKS[operator.op], emitter.input(operator, 0), axis)


@rule("CUMSUM")
def cumulated(emitter: Emitter, operator: Operator) -> Endpoint:
    axis = emitter.numbers(emitter.values(operator, 1).item())
    flags = {key: flag(operator, key) for key in ("exclusive", "reverse")}
    return emitter.add("Cumsum", emitter.input(operator, 0), axis, **flags)


@rule("TOPK_V2")
def top_k(emitter: Emitter, operator: Operator) -> list[Endpoint]:
    count = emitter.numbers(emitter.values(operator, 1).item())
    node = emitter.add("TopKV2", emitter.input(operator, 0), count, sorted=True)
    return [node, f"{node}:1"]
