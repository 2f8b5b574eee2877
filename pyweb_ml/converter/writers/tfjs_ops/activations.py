"""Activations, alone or at the end of another operator, and normalisations."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Operator, Tensor
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.converter.writers.tfjs_ops.options import activation_of, flag, integer, real
from pyweb_ml.errors import ConversionError

_UNARY = {"RELU": "Relu", "RELU6": "Relu6", "ELU": "Elu", "LOGISTIC": "Sigmoid", "TANH": "Tanh"}
_CLIPPED = {"RELU_N1_TO_1": (-1.0, 1.0), "RELU_0_TO_1": (0.0, 1.0)}


@rule(*_UNARY, *_CLIPPED)
def activation(emitter: Emitter, operator: Operator) -> Endpoint:
    return activated(emitter, emitter.input(operator, 0), operator.op)


def activated(emitter: Emitter, x: Endpoint, name: str) -> Endpoint:
    """Adds an activation by the schema's name; "NONE" adds nothing.

    Raises:
        ConversionError: TF.js has nothing for it.
    """
    if name == "NONE":
        return x
    if name in _UNARY:
        return emitter.add(_UNARY[name], x)
    if name in _CLIPPED:
        return emitter.add("ClipByValue", x, *(emitter.numbers(limit) for limit in _CLIPPED[name]))
    raise ConversionError(f"TF.js has nothing for its activation '{name}'")


@rule("LEAKY_RELU")
def leaky_relu(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add("LeakyRelu", emitter.input(operator, 0), alpha=real(operator, "alpha"))


@rule("PRELU")
def prelu(emitter: Emitter, operator: Operator) -> Endpoint:
    """One slope a channel is TF.js's Prelu; any other is relu(x) - alpha * relu(-x), which broadcasts."""
    x, alpha = emitter.input(operator, 0), emitter.tensor(operator, 1)
    channels = operator.outputs[0].shape[-1]
    if slopes := channel_slopes(alpha, channels):
        return emitter.add("Prelu", x, emitter.constant(alpha, f"{channels} slopes", slopes))
    below = emitter.add("Relu", emitter.add("Neg", x))
    scaled = emitter.add("Mul", emitter.endpoint(alpha), below)
    return emitter.add("Sub", emitter.add("Relu", x), scaled)


def channel_slopes(alpha: Tensor, channels: int) -> Callable[[NDArray[np.float32]], NDArray[np.float32]] | None:
    """Makes (channels,) of a constant alpha with one slope a channel; None if it is another.

    The Wasm backend reads as many slopes as there are channels, whatever the shape says.
    """
    if not alpha.is_constant or math.prod(alpha.shape) not in (1, channels):
        return None
    if alpha.shape and alpha.shape[-1] not in (1, channels):
        return None
    if math.prod(alpha.shape) == channels != 1 and alpha.shape[-1] == 1:
        return None
    return lambda values: np.broadcast_to(values.ravel(), (channels,))


@rule("HARD_SWISH")
def hard_swish(emitter: Emitter, operator: Operator) -> Endpoint:
    """x * relu6(x + 3) / 6"""
    x = emitter.input(operator, 0)
    gate = emitter.add("Relu6", emitter.add("AddV2", x, emitter.scalar(3)))
    return emitter.add("Mul", emitter.add("Mul", x, gate), emitter.scalar(1 / 6))


@rule("GELU")
def gelu(emitter: Emitter, operator: Operator) -> Endpoint:
    """x/2 * (1 + erf(x/√2)), or with tanh as its approximation is usually defined (Hendrycks and Gimpel, 2016)."""
    x = emitter.input(operator, 0)
    curve = _tanh_curve(emitter, x) if flag(operator, "approximate") else _erf_curve(emitter, x)
    half = emitter.add("Mul", x, emitter.scalar(0.5))
    return emitter.add("Mul", half, emitter.add("AddV2", curve, emitter.scalar(1)))


def _erf_curve(emitter: Emitter, x: Endpoint) -> Endpoint:
    return emitter.add("Erf", emitter.add("Mul", x, emitter.scalar(math.sqrt(0.5))))


def _tanh_curve(emitter: Emitter, x: Endpoint) -> Endpoint:
    cube = emitter.add("Mul", emitter.add("Square", x), emitter.add("Mul", x, emitter.scalar(0.044715)))
    return emitter.add(
        "Tanh", emitter.add("Mul", emitter.add("AddV2", x, cube), emitter.scalar(math.sqrt(2 / math.pi)))
    )


@rule("SOFTMAX")
def softmax(emitter: Emitter, operator: Operator) -> Endpoint:
    x, beta = emitter.input(operator, 0), real(operator, "beta", 1.0)
    if beta != 1:
        x = emitter.add("Mul", x, emitter.scalar(beta))
    return emitter.add("Softmax", x)


@rule("LOG_SOFTMAX")
def log_softmax(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add("LogSoftmax", emitter.input(operator, 0))


@rule("L2_NORMALIZATION")
def l2_normalization(emitter: Emitter, operator: Operator) -> Endpoint:
    """x / max(‖x‖, 1e-6) along the last dimension; the limit is TFLite's."""
    x = emitter.input(operator, 0)
    squares = emitter.add("Sum", emitter.add("Square", x), emitter.numbers([-1]), keep_dims=True)
    norm = emitter.add("Maximum", emitter.add("Sqrt", squares), emitter.scalar(1e-6))
    return activated(emitter, emitter.add("RealDiv", x, norm), activation_of(operator))


@rule("LOCAL_RESPONSE_NORMALIZATION")
def local_response_normalization(emitter: Emitter, operator: Operator) -> Endpoint:
    numbers = {name: real(operator, name) for name in ("bias", "alpha", "beta")}
    return emitter.add("LRN", emitter.input(operator, 0), depth_radius=integer(operator, "radius"), **numbers)
