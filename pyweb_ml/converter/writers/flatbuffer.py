"""Writes FlatBuffers front to back: a table, then what it refers to.

The same values give the same bytes. Long data is not copied: it is left out, and written behind the tables.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyweb_ml.converter.tflite_schema import Field, fields, numbers_of, union_of

_ALIGNMENT = 8
"""Tables begin at multiples of it, so that fields of up to eight bytes lie where the format wants them."""


@dataclass(frozen=True)
class Table:
    """A table to be written: its name in the schema, and its fields by name; what is None is left out."""

    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Later:
    """A field that says where something behind the tables is, and is filled in when that is known.

    A reference (a field of a vector's kind) is relative, a number absolute. `key` says what it leads to.
    """

    key: int


class FlatBufferWriter:
    """The bytes of tables.

    Attributes:
        data: what has been written.
    """

    def __init__(self, identifier: bytes) -> None:
        self.data = bytearray(4) + identifier
        self._later: dict[int, tuple[Field, int]] = {}
        self._vtables: dict[bytes, int] = {}

    def root(self, table: Table) -> None:
        """Writes the file's first table and all that it refers to."""
        self._point(0, self._table(table))

    def settle(self, key: int, position: int) -> None:
        """Fills in the field `Later(key)`: what it leads to begins at `position`."""
        field, at = self._later.pop(key)
        if field.kind == "scalar":
            struct.pack_into("<Q", self.data, at, position)
        else:
            self._point(at, position)

    def _point(self, at: int, position: int) -> None:
        struct.pack_into("<I", self.data, at, position - at)

    def _table(self, table: Table) -> int:
        values = {**table.values, **_union_types(table)}
        present = [(field, values[field.name]) for field in fields(table.kind) if _is_given(field, values)]
        slots = max((field.slot + 1 for field, _ in present), default=0)
        return self._place(sorted(present, key=lambda entry: -_width(entry[0])), slots)

    def _place(self, present: Sequence[tuple[Field, Any]], count: int) -> int:
        """Lays a table out, the widest fields first, so that each is aligned; then writes what they refer to."""
        offsets, size = [0] * count, 4
        for field, _ in present:
            size += -size % _width(field)
            offsets[field.slot] = size
            size += _width(field)
        vtable = self._vtable(offsets, size)
        self._align(_ALIGNMENT)
        position = len(self.data)
        self.data += struct.pack("<i", position - vtable) + bytes(size - 4)
        for field, value in present:
            self._fill(field, position + offsets[field.slot], value)
        return position

    def _vtable(self, offsets: list[int], size: int) -> int:
        vtable = struct.pack(f"<{len(offsets) + 2}H", 4 + 2 * len(offsets), size, *offsets)
        if vtable not in self._vtables:
            self._align(2)
            self._vtables[vtable] = len(self.data)
            self.data += vtable
        return self._vtables[vtable]

    def _fill(self, field: Field, at: int, value: Any) -> None:
        if isinstance(value, Later):
            self._later[value.key] = (field, at)
        elif field.kind == "scalar":
            packed = np.array(value, field.dtype).tobytes()
            self.data[at : at + len(packed)] = packed
        else:
            self._point(at, self._refer(field, value))

    def _refer(self, field: Field, value: Any) -> int:
        """Writes what a field refers to; gives where it begins."""
        match field.kind:
            case "string":
                return self._vector(value.encode() + b"\0", 1, len(value.encode()))
            case "vector":
                return self._vector(np.asarray(value, field.dtype).tobytes(), field.dtype.itemsize, len(value))
            case "tables":
                start = self._vector(bytes(4 * len(value)), 4, len(value))
                for index, table in enumerate(value):
                    self._point(start + 4 + 4 * index, self._table(table))
                return start
        return self._table(value)

    def _vector(self, data: bytes, width: int, length: int) -> int:
        self._align(4)
        self.data += bytes(-(len(self.data) + 4) % max(width, 4))  # the elements are aligned, not the length
        position = len(self.data)
        self.data += struct.pack("<I", length) + data
        return position

    def _align(self, width: int) -> None:
        self.data += bytes(-len(self.data) % width)


def _union_types(table: Table) -> dict[str, int]:
    """For each union of a table, the number that says which table it is."""
    unions = [field for field in fields(table.kind) if field.kind == "union" and table.values.get(field.name)]
    return {f"{field.name}_type": numbers_of(union_of(field))[table.values[field.name].kind] for field in unions}


def _is_given(field: Field, values: Mapping[str, Any]) -> bool:
    """Whether a field is in the file: scalars that have their default are left out."""
    value = values.get(field.name)
    return value is not None and not (field.kind == "scalar" and value == field.default)


def _width(field: Field) -> int:
    return field.dtype.itemsize if field.kind == "scalar" else 4
