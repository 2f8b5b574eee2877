"""Darknet's activation functions as operators."""

from collections.abc import Callable
from typing import Final

import numpy as np

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.darknet.config import Section

LEAKY_SLOPE: Final = 0.1
"""Of Darknet's "leaky", below 0."""


def _mish(builder: GraphBuilder, x: Tensor) -> Tensor:
    """x * tanh(ln(1 + exp(x))), as x * (1 - q²) / (1 + q²) with q = logistic(-x): so nothing overflows."""
    q = builder.add("LOGISTIC", [builder.add("NEG", [x])])
    square = builder.add("MUL", [q, q])
    one = builder.constant("one", np.array([1], np.float32))
    ratio = builder.add("DIV", [builder.add("SUB", [one, square]), builder.add("ADD", [square, one])])
    return builder.add("MUL", [x, ratio])


def _swish(builder: GraphBuilder, x: Tensor) -> Tensor:
    return builder.add("MUL", [x, builder.add("LOGISTIC", [x])])


ACTIVATIONS: Final[dict[str, Callable[[GraphBuilder, Tensor], Tensor]]] = {
    "elu": lambda builder, x: builder.add("ELU", [x]),
    "leaky": lambda builder, x: builder.add("LEAKY_RELU", [x], alpha=LEAKY_SLOPE),
    "linear": lambda builder, x: x,
    "logistic": lambda builder, x: builder.add("LOGISTIC", [x]),
    "mish": _mish,
    "relu": lambda builder, x: builder.add("RELU", [x]),
    "relu6": lambda builder, x: builder.add("RELU6", [x]),
    "swish": _swish,
    "tanh": lambda builder, x: builder.add("TANH", [x]),
}


def read_activation(section: Section, default: str) -> str:
    """The section's activation, one of `ACTIVATIONS`."""
    name = section.text("activation", default)
    if name not in ACTIVATIONS:
        section.fail(f"the activation '{name}' is not known; known are {', '.join(ACTIVATIONS)}", "activation")
    return name


def activate(builder: GraphBuilder, tensor: Tensor, name: str) -> Tensor:
    """Appends the activation `name`."""
    return ACTIVATIONS[name](builder, tensor)
