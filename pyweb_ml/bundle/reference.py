"""What a backend must reproduce on the visitor's device before it may be chosen: the desktop's outputs.

The input is made from nothing, the same here and in the page (static/src/engines/reference.ts is the twin), so
only the outputs are shipped.
"""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.errors import ModelError

DTYPES = ("float32", "int32", "uint8")
"""What tensors may hold in the page: LiteRT.js 2.5.3 knows no others."""

MOST_NUMBERS = 16381
"""Of a greater output, so many numbers are shipped, evenly spaced: 64 KiB.

A prime, so that their places do not keep step with channels, nor with the lanes of SIMD or of a texture.
"""

MOST_BYTES = 2**28
"""A greater input or output is refused: a page's Wasm memory has 2 GiB at most."""

SEEDS = 8
"""So many inputs are tried, and the one kept on which the outputs vary the most.

The selfie model, say, answers nearly zero everywhere to half of them.
"""

CELLS = 6
"""Noise is drawn at this many places across a picture's height and width, and runs smoothly between them."""

STRIDE = 64
"""What tells the noise of one place from another's: more than CELLS + 1."""

TOLERANCE = 1e-3
"""How far a float may be off, as a part of the output's greatest magnitude.

Measured on the face model, no backend in float32 is off by more than 2e-6; float16 is off by up to 5e-4 in each
number that it rounds, and those add up through a model. Integers may be off by one.
"""


@dataclass(frozen=True)
class Reference:
    """The reference of one model: the manifest's entry, without its file, and the file's bytes."""

    seed: int
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    data: bytes


def make_reference(path: Path, name: str) -> Reference:
    """Runs a `.tflite` on the reference input, on the CPU.

    Raises:
        ModelError: LiteRT cannot run it, or its tensors are nothing that a page can handle.
    """
    interpreter = _interpreter(path, name)
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    for detail in (*inputs, *outputs):
        _require_usable(name, detail)
    seed = max(range(SEEDS), key=lambda seed: _spread(_run(interpreter, seed)))
    values = _run(interpreter, seed)
    samples = [_sample(value) for value in values]
    return Reference(
        seed,
        [_kind(detail) for detail in inputs],
        [
            {**_kind(detail), "count": len(sample), "tolerance": _tolerance(value)}
            for detail, value, sample in zip(outputs, values, samples, strict=True)
        ],
        b"".join(sample.astype("<f4").tobytes() for sample in samples),
    )


def reference_input(shape: tuple[int, ...], dtype: str, seed: int) -> NDArray[Any]:
    """Smooth noise in [0, 1) for float32 and in 0..255 for uint8; zeros for int32, which may be indices."""
    size = math.prod(shape)
    if dtype == "int32":
        return np.zeros(shape, np.int32)
    height, width, channels = shape[-3:] if len(shape) >= 3 else (1, max(size, 1), 1)
    index = np.arange(size, dtype=np.int64)
    column = index // channels
    row = column // width
    start = (seed * STRIDE + row // height) * STRIDE
    values = _between(start, row % height * CELLS / height, column % width * CELLS / width, index % channels)
    return (values * 256 if dtype == "uint8" else values).astype(dtype).reshape(shape)


def _between(
    start: NDArray[np.int64], y: NDArray[np.float64], x: NDArray[np.float64], channel: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Bilinear between the four places around (y, x)."""
    top, left = np.floor(y).astype(np.int64), np.floor(x).astype(np.int64)

    def at(row: int, column: int) -> NDArray[np.float64]:
        return _noise(((start + top + row) * STRIDE + left + column) * STRIDE + channel)

    down, right = y - top, x - left
    upper = at(0, 0) * (1 - right) + at(0, 1) * right
    lower = at(1, 0) * (1 - right) + at(1, 1) * right
    return upper * (1 - down) + lower * down


def _noise(index: NDArray[np.int64]) -> NDArray[np.float64]:
    """In [0, 1), of 24 bits: what a float32 holds exactly."""
    return (_scramble(index.astype(np.uint32)) >> 8) / 2.0**24


def _scramble(index: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The finaliser of MurmurHash3 (Appleby, public domain): each bit of the result hangs on all of the index."""
    bits: NDArray[np.uint32] = index + np.uint32(1)
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return bits ^ (bits >> np.uint32(16))


def _run(interpreter: Any, seed: int) -> list[NDArray[Any]]:
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], reference_input(_shape(detail), _dtype(detail), seed))
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def _spread(outputs: list[NDArray[Any]]) -> float:
    """How much there is to be got wrong: an output that is all zero would be right by chance."""
    return sum(math.log(float(np.nan_to_num(one.std())) + 1e-12) for one in outputs)


def _interpreter(path: Path, name: str) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    try:
        with _silent():
            interpreter = Interpreter(model_path=str(path), num_threads=os.cpu_count())
            # Sizes that overflow are refused by LiteRT itself, without a word.
            for detail in interpreter.get_input_details():
                _require_usable(name, detail)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"LiteRT cannot run the model '{name}': {' '.join(str(error).split())[:300]}") from error
    return interpreter


@contextmanager
def _silent() -> Iterator[None]:
    """Keeps LiteRT's own chatter off standard error, which it writes to past Python; errors it raises besides."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _require_usable(name: str, detail: dict[str, Any]) -> None:
    shape, dtype = _shape(detail), _dtype(detail)
    called = f"the model '{name}' has '{detail['name']}' of {dtype} {shape}"
    if dtype not in DTYPES:
        raise ModelError(f"{called}: in a page, inputs and outputs must be {', '.join(DTYPES)}; convert it so")
    if any(size < 1 for size in [*shape, *detail["shape_signature"]]):
        raise ModelError(f"{called}, whose size is not fixed, or 0; give it a fixed one with pw.Model(…, shape=…)")
    if math.prod(shape) * np.dtype(dtype).itemsize > MOST_BYTES:
        raise ModelError(f"{called}: more than {MOST_BYTES >> 20} MiB, which no page can hold")


def _shape(detail: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(one) for one in detail["shape"])


def _dtype(detail: dict[str, Any]) -> str:
    return str(np.dtype(detail["dtype"]).name)


def _kind(detail: dict[str, Any]) -> dict[str, Any]:
    return {"shape": list(_shape(detail)), "dtype": _dtype(detail)}


def _sample(value: NDArray[Any]) -> NDArray[Any]:
    flat = value.reshape(-1)
    count = min(flat.size, MOST_NUMBERS)
    return flat[np.arange(count, dtype=np.int64) * flat.size // max(count, 1)]


def _tolerance(value: NDArray[Any]) -> float:
    if value.dtype != np.float32:
        return 1.0
    finite = value[np.isfinite(value)]
    return TOLERANCE * max(float(np.abs(finite).max(initial=0)), 1e-3)
