"""Integers that stand for reals, and values that are known before the model runs."""

import numpy as np

from pyweb_ml.converter.model import Operator, Tensor
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.converter.writers.tfjs_ops.options import integer
from pyweb_ml.converter.writers.tfjs_values import tfjs_dtype


@rule("QUANTIZE", "DEQUANTIZE", "DENSIFY")
def same(emitter: Emitter, operator: Operator) -> Endpoint:
    """In TF.js these tensors hold the reals already; a reader makes sparse constants dense."""
    return emitter.input(operator, 0)


@rule("SHAPE")
def shape(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add("Shape", emitter.input(operator, 0))


@rule("FILL")
def fill(emitter: Emitter, operator: Operator) -> Endpoint:
    dims, value = emitter.values(operator, 0), emitter.tensor(operator, 1)
    if value.is_constant:
        return emitter.constant(value, f"filled {dims.tolist()}", lambda one: np.broadcast_to(one, tuple(dims)))
    one = emitter.reshape(emitter.endpoint(value), [1] * dims.size)
    return emitter.add("BroadcastTo", one, emitter.numbers(dims))


@rule("RANGE")
def number_range(emitter: Emitter, operator: Operator) -> Endpoint:
    start, limit, delta = (emitter.values(operator, index).item() for index in range(3))
    values = np.arange(start, limit, delta).astype(tfjs_dtype(operator.outputs[0]))
    return emitter.constant(Tensor(operator.outputs[0].name, values.shape, values.dtype.name, values))


@rule("ONE_HOT")
def one_hot(emitter: Emitter, operator: Operator) -> Endpoint:
    """TF.js puts the new dimension last. As reals until it is in its place: WebGPU transposes integers wrongly."""
    numbers = [emitter.numbers(emitter.values(operator, index).item()) for index in (1, 2, 3)]
    output, last = operator.outputs[0], len(operator.outputs[0].shape) - 1
    hot, axis = emitter.add("OneHot", emitter.input(operator, 0), *numbers), integer(operator, "axis") % (last + 1)
    if axis != last:
        order = [*range(axis), last, *range(axis, last)]
        hot = emitter.add("Transpose", emitter.reals(hot), emitter.numbers(order))
    return emitter.cast(hot, tfjs_dtype(output))


@rule("RANK")
def rank(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.scalar(len(emitter.tensor(operator, 0).shape), "int32")
