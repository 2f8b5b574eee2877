"""Fourier transforms, as products with their matrices: TF.js on Wasm has no other.

A complex tensor is two: its endpoint is the real part, and `Emitter.imaginary` has the other.
"""

import math

import numpy as np

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.errors import ConversionError


@rule("RFFT2D")
def rfft_2d(emitter: Emitter, operator: Operator) -> Endpoint:
    """Of rows only, as sound has it: the input is cut or filled with zeros to the length of the transform."""
    rows, length = (int(size) for size in emitter.values(operator, 1))
    *outer, height, width = emitter.tensor(operator, 0).shape
    if (rows, height) != (1, 1):
        raise ConversionError(f"it transforms {rows} rows of {height}; only one at a time can be written")
    angles = -2 * math.pi / length * np.outer(np.arange(min(width, length)), np.arange(length // 2 + 1))
    matrices = [np.pad(wave, ((0, max(0, width - length)), (0, 0))) for wave in (np.cos(angles), np.sin(angles))]
    x = emitter.reshape(emitter.input(operator, 0), [-1, width])
    shape = [*outer, height, length // 2 + 1]
    real, imaginary = (
        emitter.reshape(emitter.add("MatMul", x, emitter.exact(matrix.astype(np.float32))), shape)
        for matrix in matrices
    )
    emitter.imaginary[operator.outputs[0]] = imaginary
    return real


@rule("COMPLEX_ABS")
def complex_abs(emitter: Emitter, operator: Operator) -> Endpoint:
    """√(real² + imaginary²)"""
    parts = [emitter.add("Square", part) for part in _parts(emitter, operator)]
    return emitter.add("Sqrt", emitter.add("AddV2", *parts))


@rule("REAL", "IMAG")
def part(emitter: Emitter, operator: Operator) -> Endpoint:
    real, imaginary = _parts(emitter, operator)
    return emitter.add("Identity", real if operator.op == "REAL" else imaginary)


def _parts(emitter: Emitter, operator: Operator) -> tuple[Endpoint, Endpoint]:
    tensor = emitter.tensor(operator, 0)
    if tensor not in emitter.imaginary:
        raise ConversionError(f"its input '{tensor.name}' comes from no transform that is written here")
    return emitter.endpoint(tensor), emitter.imaginary[tensor]
