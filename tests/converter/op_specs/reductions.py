"""Operators that reduce dimensions, or look along one."""

from collections.abc import Iterator
from typing import Any

from tests.converter.op_specs.case import Case, Step, flow, numbers, spec

Shape = tuple[int, ...]


def reduce(shape: Shape, axes: Any, keep_dims: bool, dtype: str = "float32") -> Step:
    return Step([flow(*shape, dtype=dtype), numbers(axes)], {"keep_dims": keep_dims}, [dtype])


def pick(shape: Shape, axis: int, dtype: str = "float32") -> Step:
    return Step([flow(*shape, dtype=dtype), numbers(axis)], {"output_type": "INT32"}, ["int32"])


def cumulate(shape: Shape, axis: int, exclusive: bool, reverse: bool, dtype: str = "float32") -> Step:
    flags = {"exclusive": exclusive, "reverse": reverse}
    return Step([flow(*shape, dtype=dtype), numbers(axis)], flags, [dtype])


def top(shape: Shape, k: int) -> Step:
    return Step([flow(*shape), numbers(k)], {}, ["float32", "int32"])


def cases() -> Iterator[Case]:
    axes = ((0,), (-1,), (1, 2), (0, 1, 2, 3))
    for op in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"):
        yield from spec(op, reduce, shape=((2, 3, 4, 5),), axes=axes, keep_dims=(False, True))
    for op in ("SUM", "REDUCE_MAX", "REDUCE_MIN"):
        yield from spec(op, reduce, shape=((2, 3, 4),), axes=(0, (1,)), keep_dims=(False,), dtype=("int32",))
    for op in ("REDUCE_ANY", "REDUCE_ALL"):
        yield from spec(op, reduce, shape=((2, 3, 4),), axes=(0, (1, 2)), keep_dims=(False, True), dtype=("bool",))
    for op in ("ARG_MAX", "ARG_MIN"):
        yield from spec(op, pick, shape=((2, 3, 4), (1, 6, 5, 3)), axis=(0, 1, -1))
        yield from spec(op, pick, shape=((2, 30),), axis=(0, -1), dtype=("int32",))
    flags = (False, True)
    yield from spec("CUMSUM", cumulate, shape=((2, 3, 4),), axis=(0, 1, -1), exclusive=flags, reverse=flags)
    yield from spec(
        "CUMSUM", cumulate, shape=((2, 3),), axis=(0, 1), exclusive=(False,), reverse=flags, dtype=("int32",)
    )
    yield from spec("TOPK_V2", top, shape=((9,), (3, 8), (2, 2, 20)), k=(1, 4))
