"""Operators that move values, take parts, reduce, resize."""

from collections.abc import Iterator
from typing import Any

from tests.converter.op_specs.case import Case, Step, const, exactly, flow, numbers, spec

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


def reshape(shape: Shape, to: Shape, dtype: str = "float32") -> Step:
    return Step([flow(*shape, dtype=dtype), numbers(to)], {"new_shape": list(to)}, [dtype])


def transpose(perm: Shape, dtype: str = "float32") -> Step:
    return Step([flow(*range(2, 2 + len(perm)), dtype=dtype), numbers(perm)], {}, [dtype])


def concat(axis: int, count: int, rank: int, dtype: str = "float32") -> Step:
    shapes = [[2, 3, 4, 5][:rank] for _ in range(count)]
    for index, shape in enumerate(shapes):
        shape[axis] += index
    inputs = [flow(*shape, dtype=dtype, seed=index) for index, shape in enumerate(shapes)]
    return Step(inputs, {"axis": axis}, [dtype])


def pack(axis: int, count: int, shape: Shape, dtype: str = "float32") -> Step:
    inputs = [flow(*shape, dtype=dtype, seed=index) for index in range(count)]
    return Step(inputs, {"axis": axis, "values_count": count}, [dtype])


def unpack(axis: int, shape: Shape, dtype: str = "float32") -> Step:
    return Step([flow(*shape, dtype=dtype)], {"axis": axis, "num": shape[axis]}, [dtype] * shape[axis])


def split(axis: int, shape: Shape, count: int) -> Step:
    return Step([numbers(axis), flow(*shape)], {"num_splits": count}, ["float32"] * count)


def split_v(axis: int, shape: Shape, sizes: Shape) -> Step:
    inputs = [flow(*shape), numbers(sizes), numbers(axis)]
    return Step(inputs, {"num_splits": len(sizes)}, ["float32"] * len(sizes))


def pad(paddings: Any, value: float | None = None, dtype: str = "float32") -> Step:
    x = flow(*[2, 3, 4, 2, 2][: len(paddings)], dtype=dtype)
    return Step([x, numbers(paddings), *([] if value is None else [numbers(value, dtype)])], {}, [dtype])


def mirror(paddings: Any, mode: str) -> Step:
    return Step([flow(*[3, 4, 3, 4][: len(paddings)]), numbers(paddings)], {"mode": mode})


def resize(size: Shape, align_corners: bool, half_pixel_centers: bool, batch: int = 1) -> Step:
    options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    return Step([flow(batch, 5, 6, 3), numbers(size)], options)


def strided(begin: Shape, end: Shape, strides: Shape, dtype: str = "float32", **masks: Any) -> Step:
    return Step([flow(4, 5, 6, dtype=dtype), numbers(begin), numbers(end), numbers(strides)], masks, [dtype])


def gather(
    shape: Shape, indices: Any, axis: int, batch_dims: int = 0, fixed: bool = True, dtype: str = "float32"
) -> Step:
    where = numbers(indices) if fixed else exactly(indices, "int32")
    return Step([flow(*shape, dtype=dtype), where], {"axis": axis, "batch_dims": batch_dims}, [dtype])


def blocks(shape: Shape, block: Shape, ends: Any) -> Step:
    return Step([flow(*shape), numbers(block), numbers(ends)])


def hot(axis: int, dtype: str = "float32") -> Step:
    ends = [numbers(4), numbers(2, dtype), numbers(-1, dtype)]
    return Step([exactly([[0, 3], [2, 1], [1, 1]], "int32"), *ends], {"axis": axis}, [dtype])


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
    yield from spec("RESHAPE", reshape, shape=((2, 3, 4),), to=((6, 4), (24,), (1, 2, -1), (2, 1, 3, 2, 2)))
    yield from spec("RESHAPE", reshape, shape=((2, 3, 4),), to=((6, 4),), dtype=("int32", "bool"))
    yield from spec("SQUEEZE", _squeeze, axes=((), (0,), (-1, 1)))
    yield from spec("EXPAND_DIMS", _expand, axis=(0, 1, -1))
    perms = (
        (1, 0),
        (0, 2, 1),
        (2, 0, 1),
        (0, 3, 1, 2),
        (0, 2, 3, 1),
        (3, 2, 1, 0),
        (0, 1, 3, 4, 2),
        (0, 2, 1, 4, 3),
    )
    yield from spec("TRANSPOSE", transpose, perm=perms)
    yield from spec("TRANSPOSE", transpose, perm=((0, 1, 3, 2, 5, 4), (5, 4, 3, 2, 1, 0)))
    yield from spec("TRANSPOSE", transpose, perm=((1, 0), (2, 0, 1)), dtype=("int32", "bool"))
    yield from spec("CONCATENATION", concat, axis=(0, 1, -1), count=(1, 2, 4), rank=(2, 3, 4))
    yield from spec("CONCATENATION", concat, axis=(1,), count=(2,), rank=(3,), dtype=("int32",))
    yield from spec("PACK", pack, axis=(0, 1, -1), count=(1, 3), shape=((2, 3), (4,)))
    yield from spec("PACK", pack, axis=(1,), count=(2,), shape=((2, 3),), dtype=("int32",))
    yield from spec("UNPACK", unpack, axis=(0, 1, -1), shape=((2, 3), (2, 3, 4)))
    yield from spec("UNPACK", unpack, axis=(1,), shape=((2, 3),), dtype=("int32",))
    yield from spec("SPLIT", split, axis=(1, -1), shape=((2, 4, 4),), count=(1, 2, 4))
    yield from spec("SPLIT_V", split_v, axis=(1, -1), shape=((2, 6, 6),), sizes=((1, 2, 3), (4, -1)))
    yield from _padding_cases()
    yield from _resize_cases()
    yield from _slice_cases()


def _squeeze(axes: Shape) -> Step:
    return Step([flow(1, 1, 3, 1)], {"squeeze_dims": list(axes)})


def _expand(axis: int) -> Step:
    return Step([flow(2, 3), numbers(axis)])


def _padding_cases() -> Iterator[Case]:
    paddings = (((1, 2),), ((0, 0), (1, 2)), ((0, 0), (1, 1), (2, 0)), ((0, 0), (1, 2), (0, 1), (0, 0)))
    yield from spec("PAD", pad, paddings=(*paddings, ((0, 0), (1, 0), (0, 1), (0, 0), (1, 1))))
    yield from spec("PAD", pad, paddings=paddings[:2], dtype=("int32",))
    yield from spec("PADV2", pad, paddings=paddings, value=(0.0, -1.5))
    yield from spec("MIRROR_PAD", mirror, paddings=paddings, mode=("REFLECT", "SYMMETRIC"))
    yield from spec(
        "TILE", lambda shape, by: Step([flow(*shape), numbers(by)]), shape=((2, 3),), by=((1, 2), (3, 2))
    )
    yield from spec(
        "TILE", lambda shape, by: Step([flow(*shape), numbers(by)]), shape=((1, 2, 2, 3),), by=((2, 1, 3, 1),)
    )
    yield from spec(
        "BROADCAST_TO",
        lambda shape, to: Step([flow(*shape), numbers(to)], version=2),
        shape=((1, 3), (3,), (2, 1)),
        to=((2, 3), (4, 2, 3)),
    )
    yield from spec("REVERSE_V2", lambda axes: Step([flow(2, 3, 4), numbers(axes)]), axes=([0], [1], [2]))


def _resize_cases() -> Iterator[Case]:
    sizes = ((10, 12), (3, 3), (7, 11), (5, 6), (1, 1))
    for op in ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"):
        for align, half in ((False, False), (True, False), (False, True)):
            yield from spec(op, resize, size=sizes, align_corners=(align,), half_pixel_centers=(half,))
        yield from spec(op, resize, size=sizes[:1], align_corners=(False,), half_pixel_centers=(True,), batch=(2,))
    yield from spec("DEPTH_TO_SPACE", _depth, size=(2, 3), batch=(1, 2))
    yield from spec("SPACE_TO_DEPTH", _space, size=(2, 3), batch=(1, 2))
    ends = (((0, 0), (0, 0)), ((1, 1), (0, 2)))
    yield from spec("SPACE_TO_BATCH_ND", blocks, shape=((1, 4, 6, 3),), block=((2, 2),), ends=ends)
    yield from spec("BATCH_TO_SPACE_ND", blocks, shape=((4, 3, 4, 2),), block=((2, 2),), ends=ends)


def _depth(size: int, batch: int) -> Step:
    return Step([flow(batch, 2, 3, 2 * size * size)], {"block_size": size})


def _space(size: int, batch: int) -> Step:
    return Step([flow(batch, 2 * size, 3 * size, 3)], {"block_size": size})


def _slice_cases() -> Iterator[Case]:
    x = (4, 5, 6)
    begins = ((0, 0, 0), (1, 2, 0))
    yield from spec(
        "SLICE",
        lambda begin, size: Step([flow(*x), numbers(begin), numbers(size)]),
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
    yield from spec("GATHER", gather, shape=(x,), indices=([0, 2, 1], [[0, 1], [3, 2]], 1), axis=(0, 1, -1))
    yield from spec("GATHER", gather, shape=(x,), indices=([0, 2],), axis=(1,), fixed=(False,))
    yield from spec("GATHER", gather, shape=(x,), indices=([0, 2],), axis=(0, 2), dtype=("int32",))
    yield from spec("GATHER", gather, shape=((2, 5, 3),), indices=([[0, 2], [1, 4]],), axis=(1,), batch_dims=(1,))
    yield from spec(
        "GATHER_ND", lambda at: Step([flow(*x), numbers(at)]), at=([[0], [2]], [[0, 1], [3, 2]], [[[1, 2, 3]]])
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
