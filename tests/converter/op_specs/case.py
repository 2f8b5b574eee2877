"""The language of the op specs: an operator, what it is given, and every combination of what varies."""

import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Given:
    """One input: values that flow, are in the model if `constant`, or are its state if `variable`."""

    values: NDArray[Any]
    constant: bool = False
    variable: bool = False


@dataclass(frozen=True)
class After:
    """An operator that takes the first one's output, and constants behind it."""

    op: str
    inputs: Sequence[Given] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """An operator's inputs (None: left out), options by the schema's names, and its outputs' dtypes."""

    inputs: Sequence[Given | None]
    options: Mapping[str, Any] = field(default_factory=dict)
    outputs: Sequence[str] = ("float32",)
    custom: bytes | None = None
    version: int = 1
    after: After | None = None


@dataclass(frozen=True)
class Case:
    """One graph of one operator, or of one and what follows it."""

    name: str
    op: str
    step: Step


def flow(*shape: int, dtype: str = "float32", low: float = -2, high: float = 2, seed: int = 0) -> Given:
    """Random values, evenly spread, that are given when the model runs; the same for the same arguments."""
    return Given(_random(shape, dtype, low, high, seed))


def const(*shape: int, dtype: str = "float32", low: float = -1, high: float = 1, seed: int = 1) -> Given:
    """Random values that the model holds."""
    return Given(_random(shape, dtype, low, high, seed), constant=True)


def state(*shape: int) -> Given:
    """What the model keeps from step to step; 0 at the beginning."""
    return Given(np.zeros(shape, np.float32), variable=True)


def exactly(values: ArrayLike, dtype: str = "float32") -> Given:
    """These values, given when the model runs."""
    return Given(np.asarray(values, dtype))


def numbers(values: ArrayLike, dtype: str = "int32") -> Given:
    """These values, held by the model: axes, sizes, indices."""
    return Given(np.asarray(values, dtype), constant=True)


def _random(shape: tuple[int, ...], dtype: str, low: float, high: float, seed: int) -> NDArray[Any]:
    generator = np.random.default_rng(zlib.crc32(repr((shape, dtype, low, high, seed)).encode()))
    if dtype == "bool":
        return generator.random(shape) < 0.5
    if dtype != "float32":
        return generator.integers(int(low), int(high) + 1, shape).astype(dtype)
    return (generator.random(shape, np.float32) * np.float32(high - low) + np.float32(low)).astype(np.float32)


def spec(op: str, make: Callable[..., Step], **varied: Sequence[Any]) -> Iterator[Case]:
    """A case for every combination of what varies; `make` is called with each."""
    for values in itertools.product(*varied.values()):
        chosen = dict(zip(varied, values, strict=True))
        name = " ".join([op, *(f"{key}={_word(value)}" for key, value in chosen.items())])
        yield Case(name, op, make(**chosen))


def _word(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
