"""Operators that move values: other shapes, orders, neighbours, sizes."""

from collections.abc import Iterator
from typing import Any

from tests.converter.op_specs.case import Case, Step, flow, numbers, spec

Shape = tuple[int, ...]


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


def pad(paddings: Any, value: float | None = None, dtype: str = "float32") -> Step:
    x = flow(*[2, 3, 4, 2, 2][: len(paddings)], dtype=dtype)
    return Step([x, numbers(paddings), *([] if value is None else [numbers(value, dtype)])], {}, [dtype])


def mirror(paddings: Any, mode: str) -> Step:
    return Step([flow(*[3, 4, 3, 4][: len(paddings)]), numbers(paddings)], {"mode": mode})


def resize(size: Shape, align_corners: bool, half_pixel_centers: bool, batch: int = 1) -> Step:
    options = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    return Step([flow(batch, 5, 6, 3), numbers(size)], options)


def blocks(shape: Shape, block: Shape, ends: Any) -> Step:
    return Step([flow(*shape), numbers(block), numbers(ends)])


def cases() -> Iterator[Case]:
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
    yield from _padding_cases()
    yield from _resize_cases()


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
