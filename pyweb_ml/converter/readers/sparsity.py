"""Sparse weights, made dense.

`SparsityParameters` of TFLite's schema follows TACO ("A Tensor Algebra Compiler", section 4): the dimensions,
and behind them those of the blocks that `block_map` cuts dimensions into, are walked in `traversal_order`; each
is dense, or compressed by rows: `array_segments` says where each parent's entries begin, `array_indices` what
their indices are.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.readers.flatbuffer import Table
from pyweb_ml.errors import ConversionError

_DENSE, _SPARSE_CSR = 0, 1

_Indices = NDArray[np.int64]


def densify(values: NDArray[Any], shape: Sequence[int], sparsity: Table) -> NDArray[Any]:
    """The dense array of `shape`: zeros, and the `values` (one-dimensional) where `sparsity` says.

    Raises:
        ConversionError: the sparsity contradicts itself, the values or the shape.
    """
    order, blocks, sizes = _layout(shape, sparsity)
    levels = sparsity["dim_metadata"] or []
    _require(len(levels) == len(order), f"it has {len(levels)} dim_metadata, not {len(order)}")
    # On the way there are never more entries than values, or than rows of a compressed dimension.
    most = max(len(values), *(len(_vector(level["array_segments"])) for level in levels), 1)
    parents: _Indices = np.zeros(1, np.int64)
    coordinates: dict[int, _Indices] = {}
    for dimension, level in zip(order, levels, strict=True):
        count = _count(level, sizes[dimension], len(parents), most)
        rows, indices = _walk(level, sizes[dimension], len(parents), count)
        coordinates = {d: c[rows] for d, c in coordinates.items()}
        coordinates[dimension] = indices
        parents = np.arange(len(indices))
    _require(len(parents) == len(values), f"it places {len(parents)} values, but there are {len(values)}")
    dense = np.zeros(tuple(shape), values.dtype)
    dense[tuple(_merge(d, coordinates, blocks, sizes) for d in range(len(shape)))] = values
    return dense


def _layout(shape: Sequence[int], sparsity: Table) -> tuple[list[int], dict[int, int], list[int]]:
    """The order of the dimensions, the block's dimension of each blocked one, and how long each is."""
    blocks = {int(d): len(shape) + i for i, d in enumerate(_ints(sparsity["block_map"]))}
    order = _ints(sparsity["traversal_order"])
    rank = len(shape) + len(_ints(sparsity["block_map"]))
    _require(
        sorted(order) == list(range(rank)), f"its traversal_order {order[:16]} is no order of {rank} dimensions"
    )
    _require(all(0 <= d < len(shape) for d in blocks), "its block_map names a dimension that is not there")
    _require(len(shape) + len(blocks) == rank, "its block_map names a dimension twice")
    sizes = [*shape, *[0] * len(blocks)]
    by_dimension = dict(zip(order, sparsity["dim_metadata"] or [], strict=False))
    for dimension, block in blocks.items():
        size = by_dimension[block]["dense_size"] if block in by_dimension else 0
        fits = size > 0 and shape[dimension] % size == 0
        _require(fits, f"its blocks of {size} do not fill dimension {dimension}")
        sizes[dimension], sizes[block] = shape[dimension] // size, size
    return order, blocks, sizes


def _count(level: Table, size: int, parents: int, most: int) -> int:
    """How many entries a dimension has under all its parents."""
    if level["format"] == _SPARSE_CSR:
        return len(_vector(level["array_indices"]))
    _require(level["format"] == _DENSE, f"a dimension has the unknown format {level['format']}")
    _require(level["dense_size"] == size, f"a dimension has {level['dense_size']} entries, not {size}")
    _require(parents * size <= most, f"it holds more than {most} values, far more than the file")
    return parents * size


def _walk(level: Table, size: int, parents: int, count: int) -> tuple[_Indices, _Indices]:
    """Of each entry of a dimension: which parent it belongs to, and its index."""
    if level["format"] == _DENSE:
        return np.repeat(np.arange(parents), size), np.tile(np.arange(size), parents)
    segments, indices = _vector(level["array_segments"]), _vector(level["array_indices"])
    _require(len(segments) == parents + 1, f"it has {len(segments)} segments for {parents} rows")
    fits = segments[0] == 0 and segments[-1] == count and bool((np.diff(segments) >= 0).all())
    _require(fits, f"its segments do not divide its {count} indices")
    _require(bool(((indices >= 0) & (indices < size)).all()), f"it has an index outside of 0 to {size - 1}")
    return np.repeat(np.arange(parents), np.diff(segments)), indices


def _merge(dimension: int, coordinates: dict[int, _Indices], blocks: dict[int, int], sizes: list[int]) -> _Indices:
    """Indices in the array's own dimension: those of the blocks and those within them."""
    outer = coordinates[dimension]
    return outer * sizes[blocks[dimension]] + coordinates[blocks[dimension]] if dimension in blocks else outer


def _vector(table: Table | None) -> _Indices:
    return np.asarray(table["values"] if table and table["values"] is not None else [], np.int64)


def _ints(vector: NDArray[Any] | None) -> list[int]:
    return [] if vector is None else [int(v) for v in vector]


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ConversionError(f"its sparsity is damaged: {otherwise}")
