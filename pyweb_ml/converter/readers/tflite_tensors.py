"""The tensors of a `.tflite` and what is in its buffers."""

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Quantization, Tensor
from pyweb_ml.converter.readers.flatbuffer import FlatBuffer, Table
from pyweb_ml.converter.readers.sparsity import densify
from pyweb_ml.converter.tflite_schema import DTYPES, names_of
from pyweb_ml.errors import ConversionError

_RANK = 32
_GROWTH = 64
"""How many times the file's size its constants may take when they are unpacked: sparsity of 98 % is within it."""


class Buffers:
    """The bytes of a file's constants, and how many more bytes may be made of them."""

    def __init__(self, file: FlatBuffer, tables: Sequence[Table]) -> None:
        self._data = file.data
        self._tables = tables
        self._left = _GROWTH * len(file.data)

    def bytes_of(self, index: int) -> memoryview | None:
        """What the buffer `index` holds; None if that is nothing at all."""
        if not 0 <= index < len(self._tables):
            raise ConversionError(f"there is no buffer {index}; there are {len(self._tables)}")
        table = self._tables[index]
        # Offsets 0 and 1 stand for data within the table (schema.fbs, Buffer).
        if table["offset"] > 1:
            return self.outside(table["offset"], table["size"])
        return None if table["data"] is None else memoryview(table["data"])

    def outside(self, offset: int, size: int) -> memoryview:
        """Bytes that lie behind the FlatBuffer."""
        if offset + size > len(self._data):
            raise ConversionError(
                f"{size} bytes at offset {offset} lie outside of the file's {len(self._data)} bytes"
            )
        return self._data[offset : offset + size]

    def allow(self, size: int) -> None:
        """Counts bytes that are about to be taken for unpacked values."""
        self._left -= size
        if self._left < 0:
            raise ConversionError(f"its constants would take more than {_GROWTH} times the file's size")


def read_tensor(table: Table, buffers: Buffers) -> Tensor:
    """A tensor with its constant values, if it has any.

    Raises:
        ConversionError: its dtype, shape, quantisation or sparsity is not supported, or contradicts its buffer.
    """
    shape = _shape(table)
    dtype = _dtype(table)
    if table["external_buffer"]:
        raise ConversionError("its values are in another file (external_buffer), which is not supported")
    return Tensor(
        table["name"] or "",
        _signature(table, shape),
        dtype,
        _constant(table, shape, dtype, buffers),
        None if dtype.startswith("float") else _quantization(table["quantization"], shape),
        table["is_variable"],
    )


def _shape(table: Table) -> tuple[int, ...]:
    shape = tuple(map(int, _some(table["shape"])[: _RANK + 1]))
    if len(shape) > _RANK or min(shape, default=0) < 0:
        raise ConversionError(f"its shape {list(shape)} has a negative size, or more than {_RANK} of them")
    return shape


def _signature(table: Table, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with -1 where a size is known only at run time; "shape" itself has 1 there."""
    signature = _some(table["shape_signature"])
    if len(signature) != len(shape):
        return shape
    return tuple(-1 if unknown == -1 else size for unknown, size in zip(signature, shape, strict=True))


def _dtype(table: Table) -> str:
    name = names_of("TensorType").get(table["type"], str(table["type"]))
    if name not in DTYPES:
        raise ConversionError(f"its type {name} is not supported")
    return DTYPES[name]


def _constant(table: Table, shape: tuple[int, ...], dtype: str, buffers: Buffers) -> NDArray[Any] | None:
    data = buffers.bytes_of(table["buffer"])
    if data is None or (len(data) == 0 and 0 not in shape) or table["is_variable"]:
        return None
    if dtype in ("resource", "variant"):
        raise ConversionError(f"a constant cannot be of the type {dtype}")
    if table["sparsity"]:
        return _sparse(table["sparsity"], data, shape, dtype, buffers)
    count = prod(shape)
    if dtype == "string":
        return _strings(data, shape, buffers)
    if dtype == "int4":
        _require_size(len(data), (count + 1) // 2, shape, dtype)
        buffers.allow(2 * count)
        return _unpack_int4(np.frombuffer(data, np.uint8), count).reshape(shape)
    _require_size(len(data), count * np.dtype(dtype).itemsize, shape, dtype)
    return np.frombuffer(data, np.dtype(dtype).newbyteorder("<")).reshape(shape)


def _sparse(
    sparsity: Table, data: memoryview, shape: tuple[int, ...], dtype: str, buffers: Buffers
) -> NDArray[Any]:
    if dtype in ("int4", "string"):
        raise ConversionError(f"sparse values of the type {dtype} are not supported")
    item = np.dtype(dtype).newbyteorder("<")
    if len(data) % item.itemsize:
        raise ConversionError(f"its {len(data)} bytes are no whole number of {dtype}")
    buffers.allow(prod(shape) * item.itemsize)
    return densify(np.frombuffer(data, item), shape, sparsity)


def _require_size(actual: int, wanted: int, shape: tuple[int, ...], dtype: str) -> None:
    if actual != wanted:
        raise ConversionError(
            f"its shape {list(shape)} of {dtype} takes {wanted} bytes, but its buffer has {actual}"
        )


def _unpack_int4(packed: NDArray[np.uint8], count: int) -> NDArray[np.int8]:
    """Two values a byte, the first in the lower half."""
    signed = packed.view(np.int8)
    return np.stack([signed << 4 >> 4, signed >> 4], axis=-1).reshape(-1)[:count]


def _strings(data: memoryview, shape: tuple[int, ...], buffers: Buffers) -> NDArray[Any]:
    """Strings are packed as their number, then where each begins and the last ends, then their bytes (int32)."""
    count = prod(shape)
    if len(data) < 4 or int.from_bytes(data[:4], "little") != count or len(data) < 8 + 4 * count:
        raise ConversionError(f"its buffer of {len(data)} bytes does not hold {count} strings")
    bounds = np.frombuffer(data, "<i4", count + 1, 4)
    if bounds[0] != 8 + 4 * count or (np.diff(bounds) < 0).any() or bounds[-1] > len(data):
        raise ConversionError("its strings lie outside of its buffer")
    buffers.allow(len(data) + 64 * count)
    strings = np.empty(count, object)
    strings[:] = [bytes(data[a:b]) for a, b in pairwise(bounds)]
    return strings.reshape(shape)


def _quantization(table: Table | None, shape: tuple[int, ...]) -> Quantization | None:
    if table is None or not len(_some(table["scale"])):
        _require_affine(table)
        return None
    _require_affine(table)
    scale, axis = np.array(table["scale"], np.float32), int(table["quantized_dimension"])
    if not (np.isfinite(scale) & (scale >= 0)).all():
        raise ConversionError("its quantisation has a scale that is negative or not finite")
    if len(scale) > 1 and not (0 <= axis < len(shape) and len(scale) == shape[axis]):
        raise ConversionError(f"its quantisation has {len(scale)} scales, not one for each of dimension {axis}")
    points = np.array(_some(table["zero_point"]), np.int64)
    if len(points) not in (0, 1, len(scale)):
        raise ConversionError(f"its quantisation has {len(points)} zero points for {len(scale)} scales")
    spread = np.zeros(len(scale), np.int64) + (points if len(points) else 0)
    return Quantization(scale, spread, axis if len(scale) > 1 else 0)


def _require_affine(table: Table | None) -> None:
    if table and table["details_type"]:
        kind = names_of("QuantizationDetails").get(table["details_type"], "unknown")
        raise ConversionError(f"its quantisation is of the kind {kind}, which is not supported")


def _some(vector: NDArray[Any] | None) -> NDArray[Any]:
    return np.empty(0, np.int64) if vector is None else vector
