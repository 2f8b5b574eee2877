"""Operators that put values elsewhere: other shapes, orders, neighbours."""

import numpy as np

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule, several
from pyweb_ml.converter.writers.tfjs_ops.activations import activated
from pyweb_ml.converter.writers.tfjs_ops.options import activation_of, integer, text
from pyweb_ml.converter.writers.tfjs_values import tfjs_dtype
from pyweb_ml.errors import ConversionError


@rule("RESHAPE", "SQUEEZE", "EXPAND_DIMS")
def reshape(emitter: Emitter, operator: Operator) -> Endpoint:
    """All three come to the output's shape; of its sizes one may be open."""
    shape = operator.outputs[0].shape
    if sum(size < 0 for size in shape) > 1:
        raise ConversionError(f"its output has more than one open size, {list(shape)}; fix the shapes")
    source = emitter.tensor(operator, 0)
    if source in emitter.imaginary:
        emitter.imaginary[operator.outputs[0]] = emitter.reshape(emitter.imaginary[source], shape)
    return emitter.reshape(emitter.endpoint(source), shape)


@rule("TRANSPOSE")
def transpose(emitter: Emitter, operator: Operator) -> Endpoint:
    """Truth values as reals: WebGPU transposes only those rightly, in TF.js 4.22."""
    x, perm = emitter.input(operator, 0), emitter.numbers(emitter.values(operator, 1))
    if tfjs_dtype(operator.outputs[0]) != "bool":
        return emitter.add("Transpose", x, perm)
    return emitter.cast(emitter.add("Transpose", emitter.reals(x), perm), "bool")


@rule("CONCATENATION")
def concatenation(emitter: Emitter, operator: Operator) -> Endpoint:
    inputs = [emitter.input(operator, index) for index in range(len(operator.inputs))]
    axis = integer(operator, "axis") % len(operator.outputs[0].shape)
    made = emitter.add("ConcatV2", *inputs, emitter.numbers(axis), N=len(inputs))
    return activated(emitter, made, activation_of(operator))


@rule("PACK")
def pack(emitter: Emitter, operator: Operator) -> Endpoint:
    inputs = [emitter.input(operator, index) for index in range(len(operator.inputs))]
    return emitter.add("Pack", *inputs, axis=integer(operator, "axis") % len(operator.outputs[0].shape))


@rule("UNPACK")
def unpack(emitter: Emitter, operator: Operator) -> list[Endpoint]:
    axis = integer(operator, "axis") % len(emitter.tensor(operator, 0).shape)
    return several(emitter.add("Unpack", emitter.input(operator, 0), axis=axis), len(operator.outputs))


@rule("PAD", "PADV2")
def pad(emitter: Emitter, operator: Operator) -> Endpoint:
    value = emitter.values(operator, 2).item() if operator.op == "PADV2" else 0
    numbers = [emitter.numbers(emitter.values(operator, 1)), emitter.numbers(value)]
    return emitter.add("PadV2", emitter.input(operator, 0), *numbers)


@rule("MIRROR_PAD")
def mirror_pad(emitter: Emitter, operator: Operator) -> Endpoint:
    paddings = emitter.numbers(emitter.values(operator, 1))
    return emitter.add("MirrorPad", emitter.input(operator, 0), paddings, mode=text(operator, "mode", "REFLECT"))


@rule("TILE")
def tile(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add("Tile", emitter.input(operator, 0), emitter.numbers(emitter.values(operator, 1)))


@rule("BROADCAST_TO")
def broadcast_to(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add("BroadcastTo", emitter.input(operator, 0), emitter.numbers(emitter.values(operator, 1)))


@rule("REVERSE_V2")
def reverse(emitter: Emitter, operator: Operator) -> Endpoint:
    axes = emitter.numbers(np.atleast_1d(emitter.values(operator, 1)))
    return emitter.add("ReverseV2", emitter.input(operator, 0), axes)
