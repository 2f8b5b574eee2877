"""How each operator becomes TF.js nodes: one family a file, one rule an operator; importing registers them."""

from pyweb_ml.converter.writers.tfjs_ops import (
    activations,
    convolution,
    elementwise,
    numbers,
    pictures,
    pooling,
    products,
    recurrent,
    reductions,
    shapes,
    slices,
    spectra,
)

__all__ = [
    "activations",
    "convolution",
    "elementwise",
    "numbers",
    "pictures",
    "pooling",
    "products",
    "recurrent",
    "reductions",
    "shapes",
    "slices",
    "spectra",
]
