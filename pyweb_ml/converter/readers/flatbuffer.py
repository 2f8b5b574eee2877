"""Reads FlatBuffers that nobody has vouched for: every offset and length is checked before it is used.

The layout (flatbuffers.dev/internals): a table begins with the signed distance back to its vtable; a vtable
holds its own size, the table's size, and for each slot where in the table the field is (0: left out). Strings,
vectors and other tables are reached by an unsigned distance forward; a vector begins with its length. All is
little-endian.
"""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.tflite_schema import Field, fields, names_of, union_of
from pyweb_ml.errors import ConversionError

_DEPTH = 16
"""Tables within tables: the schema has fewer, and has no cycle; a file cannot have more."""


@dataclass(frozen=True)
class Table:
    """A table that has been read.

    Attributes:
        kind: its name in the schema.
        position: where it begins, in bytes.
        values: by the schema's names in snake_case: a number, an array (a view), a str, a Table, a list of them,
            or None for what the file leaves out.
    """

    kind: str
    position: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


class FlatBuffer:
    """Bytes in which tables are found.

    A file in which many tables share their parts could cost the square of its size; so what is read is counted,
    and no more is read than an honest file of this size can hold.
    """

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self._left = 4 * len(data) + 4096
        self._tables: dict[tuple[str, int], Table] = {}

    def root(self, kind: str) -> Table:
        """The table that the file begins with.

        Raises:
            ConversionError: something lies outside of the file.
        """
        return self._table(kind, self._forward(0), 0)

    def spend(self, count: int, position: int) -> None:
        """Counts what is about to be read, in bytes or elements."""
        self._left -= count
        if self._left < 0:
            raise ConversionError(f"at offset {position}: its parts overlap; it describes more than it can hold")

    def _table(self, kind: str, position: int, depth: int) -> Table:
        key = (kind, position)
        if key not in self._tables:
            if depth > _DEPTH:
                raise ConversionError(f"at offset {position}: tables within tables, deeper than {_DEPTH}")
            self._tables[key] = self._read_table(kind, position, depth)
        return self._tables[key]

    def _read_table(self, kind: str, position: int, depth: int) -> Table:
        slots, size = self._vtable(kind, position)
        values: dict[str, Any] = {}
        for field in fields(kind):
            at = slots[field.slot] if field.slot < len(slots) else 0
            width = field.dtype.itemsize if field.kind == "scalar" else 4
            if at and not 4 <= at <= size - width:
                raise ConversionError(f"the table {kind} at offset {position}: '{field.name}' lies outside of it")
            values[field.name] = self._value(field, position + at, depth, values) if at else field.default
        return Table(kind, position, values)

    def _vtable(self, kind: str, position: int) -> tuple[tuple[int, ...], int]:
        """Where each slot's field is in the table, and the table's size in bytes."""
        self._require(position, 4, kind)
        vtable = position - int(struct.unpack_from("<i", self.data, position)[0])
        self._require(vtable, 4, f"the vtable of {kind}")
        size, table_size = struct.unpack_from("<HH", self.data, vtable)
        if size < 4 or size % 2 or table_size < 4:
            raise ConversionError(f"the table {kind} at offset {position}: its vtable at {vtable} is malformed")
        self._require(vtable, size, f"the vtable of {kind}")
        self._require(position, table_size, kind)
        self.spend(1, position)
        return struct.unpack_from(f"<{size // 2 - 2}H", self.data, vtable + 4), table_size

    def _value(self, field: Field, at: int, depth: int, before: dict[str, Any]) -> Any:
        """A field's value; `before` has those that come before it, as a union's type does."""
        match field.kind:
            case "scalar":
                return np.frombuffer(self.data, field.dtype, 1, at)[0].item()
            case "vector":
                return self._vector(field, self._forward(at))
            case "string":
                return self._string(self._forward(at), field.name)
            case "table":
                return self._table(field.table, self._forward(at), depth + 1)
            case "tables":
                return [self._table(field.table, self._forward(p), depth + 1) for p in self._references(field, at)]
            case "strings":
                return [self._string(self._forward(p), field.name) for p in self._references(field, at)]
        # A kind that this schema does not know counts as none, as LiteRT takes it; its number is in the "_type".
        chosen = names_of(union_of(field)).get(before[f"{field.name}_type"], "NONE")
        return None if chosen == "NONE" else self._table(chosen, self._forward(at), depth + 1)

    def _vector(self, field: Field, position: int) -> NDArray[Any]:
        length = self._length(position, field.dtype.itemsize, field.name)
        if field.dtype.itemsize > 1:  # bytes are handed on as they lie; numbers will be walked through
            self.spend(length, position)
        return np.frombuffer(self.data, field.dtype, length, position + 4)

    def _string(self, position: int, name: str) -> str:
        length = self._length(position, 1, name)
        self.spend(length, position)
        return bytes(self.data[position + 4 : position + 4 + length]).decode("utf-8", "replace")

    def _references(self, field: Field, at: int) -> range:
        start = self._forward(at)
        length = self._length(start, 4, field.name)
        self.spend(length, start)
        return range(start + 4, start + 4 + 4 * length, 4)

    def _length(self, position: int, width: int, name: str) -> int:
        """A vector's number of elements of `width` bytes, which are all within the file."""
        self._require(position, 4, name)
        length = int(struct.unpack_from("<I", self.data, position)[0])
        self._require(position + 4, length * width, name)
        return length

    def _forward(self, at: int) -> int:
        """Where the reference at `at` leads."""
        self._require(at, 4, "a reference")
        return at + int(struct.unpack_from("<I", self.data, at)[0])

    def _require(self, position: int, size: int, what: str) -> None:
        if not 0 <= position <= len(self.data) - size:
            raise ConversionError(
                f"{what} at offset {position} needs {size} bytes, which lie outside of the file's {len(self.data)}"
            )
