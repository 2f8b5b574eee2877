"""Operators that take a part, or pick by index."""

from collections.abc import Iterator
from typing import Any

from tests.converter.op_specs.case import Case, Step, const, exactly, flow, numbers, spec

Shape = tuple[int, ...]
X: Shape = (4, 5, 6)


def strided(begin: Shape, end: Shape, strides: Shape, dtype: str = "float32", **masks: Any) -> Step:
    return Step([flow(4, 5, 6, dtype=dtype), numbers(begin), numbers(end), numbers(strides)], masks, [dtype])


def gather(
    shape: Shape, indices: Any, axis: int, batch_dims: int = 0, fixed: bool = True, dtype: str = "float32"
) -> Step:
    where = numbers(indices) if fixed else exactly(indices, "int32")
    return Step([flow(*shape, dtype=dtype), where], {"axis": axis, "batch_dims": batch_dims}, [dtype])


def split(axis: int, shape: Shape, count: int) -> Step:
    return Step([numbers(axis), flow(*shape)], {"num_splits": count}, ["float32"] * count)


def split_v(axis: int, shape: Shape, sizes: Shape) -> Step:
    inputs = [flow(*shape), numbers(sizes), numbers(axis)]
    return Step(inputs, {"num_splits": len(sizes)}, ["float32"] * len(sizes))


def hot(axis: int, dtype: str = "float32") -> Step:
    ends = [numbers(4), numbers(2, dtype), numbers(-1, dtype)]
    return Step([exactly([[0, 3], [2, 1], [1, 1]], "int32"), *ends], {"axis": axis}, [dtype])


def cases() -> Iterator[Case]:
    yield from slices()
    yield from picks()
    yield from splits()


def slices() -> Iterator[Case]:
    begins = ((0, 0, 0), (1, 2, 0))
    yield from spec(
        "SLICE",
        lambda begin, size: Step([flow(*X), numbers(begin), numbers(size)]),
        begin=begins,
        size=((2, 2, 2), (-1, 1, -1)),
    )
    yield from spec(
        "STRIDED_SLICE", strided, begin=begins, end=((4, 4, 6), (-1, -1, -1)), strides=((1, 1, 1), (1, 2, 3))
    )
    yield from spec("STRIDED_SLICE", strided, begin=((3, 4, 5),), end=((0, 0, 0),), strides=((-1, -2, -1),))
    yield from spec(
        "STRIDED_SLICE",
        strided,
        begin=((1, 1, 1),),
        end=((2, 3, 4),),
        strides=((1, 1, 1),),
        begin_mask=(0, 5),
        end_mask=(0, 6),
    )
    yield from spec(
        "STRIDED_SLICE",
        strided,
        begin=((1, 1, 1),),
        end=((2, 3, 4),),
        strides=((1, 1, 1),),
        shrink_axis_mask=(1, 4),
    )
    yield from spec(
        "STRIDED_SLICE",
        strided,
        begin=((1, 1),),
        end=((2, 3),),
        strides=((1, 1),),
        ellipsis_mask=(0, 1),
        new_axis_mask=(0, 2),
    )


def picks() -> Iterator[Case]:
    yield from spec("GATHER", gather, shape=(X,), indices=([0, 2, 1], [[0, 1], [3, 2]], 1), axis=(0, 1, -1))
    yield from spec("GATHER", gather, shape=(X,), indices=([0, 2],), axis=(1,), fixed=(False,))
    yield from spec("GATHER", gather, shape=(X,), indices=([0, 2],), axis=(0, 2), dtype=("int32",))
    yield from spec("GATHER", gather, shape=((2, 5, 3),), indices=([[0, 2], [1, 4]],), axis=(1,), batch_dims=(1,))
    yield from spec(
        "GATHER_ND", lambda at: Step([flow(*X), numbers(at)]), at=([[0], [2]], [[0, 1], [3, 2]], [[[1, 2, 3]]])
    )
    yield from spec(
        "EMBEDDING_LOOKUP", lambda ids: Step([exactly(ids, "int32"), const(7, 4)]), ids=([0, 6, 3], [2])
    )
    yield from spec("ONE_HOT", hot, axis=(-1, 0, 1), dtype=("float32", "int32"))
    yield from spec(
        "SCATTER_ND",
        lambda at, shape: Step([numbers(at), flow(3, 4), numbers(shape)]),
        at=([[0], [2], [1]], [[4], [0], [3]]),
        shape=((5, 4),),
    )
    yield from spec(
        "RANGE",
        lambda start, limit, delta: Step([numbers(start), numbers(limit), numbers(delta)], {}, ["int32"]),
        start=(0, 2),
        limit=(10,),
        delta=(1, 3),
    )


def splits() -> Iterator[Case]:
    yield from spec("SPLIT", split, axis=(1, -1), shape=((2, 4, 4),), count=(1, 2, 4))
    yield from spec("SPLIT_V", split_v, axis=(1, -1), shape=((2, 6, 6),), sizes=((1, 2, 3), (4, -1)))
