"""The operators of a `.tflite`."""

from collections.abc import Sequence
from typing import Any

from pyweb_ml.converter.model import Operator, Option, Tensor
from pyweb_ml.converter.readers.flatbuffer import FlatBuffer, Table
from pyweb_ml.converter.readers.tflite_tensors import Buffers
from pyweb_ml.converter.tflite_schema import Field, enumeration_of, fields, names_of, options_of
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError


class OperatorReader:
    """Reads operators, which refer to the model's operator codes."""

    def __init__(self, file: FlatBuffer, buffers: Buffers, codes: Sequence[Table]) -> None:
        self._file = file
        self._buffers = buffers
        self._codes = [_code(code) for code in codes]

    def read(self, index: int, table: Table, tensors: Sequence[Tensor]) -> Operator:
        """An operator of a graph with these tensors.

        Raises:
            ConversionError: its code, tensors or options are not there, or not known; with its number and name.
        """
        with where(f"operator {index} at offset {table.position}"):
            chosen = table["opcode_index"]
            if chosen >= len(self._codes):
                raise ConversionError(f"it has the code {chosen}, of which there are {len(self._codes)}")
            name, version, custom = self._codes[chosen]
        with where(f"operator {index} {name} at offset {table.position}"):
            inputs = [None if i == -1 else pick(tensors, i) for i in numbers(table["inputs"])]
            outputs = [pick(tensors, i) for i in numbers(table["outputs"])]
            scratch = [pick(tensors, i) for i in numbers(table["intermediates"]) if i != -1]
            options = {} if custom else _options(name, table)
            own = self._custom_options(table) if custom else None
            return Operator(name, inputs, outputs, options, own, version, scratch)

    def _custom_options(self, table: Table) -> bytes:
        if table["large_custom_options_offset"] > 1:
            size = table["large_custom_options_size"]
            data = self._buffers.outside(table["large_custom_options_offset"], size)
        else:
            data = memoryview(table["custom_options"] if table["custom_options"] is not None else b"")
        self._file.spend(len(data), table.position)
        return bytes(data)


def _code(table: Table) -> tuple[str, int, bool]:
    """An operator code's name, its version, and whether it is a custom one."""
    # Old writers know only the first field, which holds up to 127; new ones may leave it 0 (schema.fbs).
    number = max(table["builtin_code"], table["deprecated_builtin_code"])
    name = names_of("BuiltinOperator").get(number)
    if name is None:
        raise ConversionError(f"at offset {table.position}: LiteRT's schema has no operator {number}")
    if name == "CUSTOM" and not table["custom_code"]:
        raise ConversionError(f"at offset {table.position}: a custom operator has no name")
    return (table["custom_code"], table["version"], True) if name == "CUSTOM" else (name, table["version"], False)


def _options(op: str, table: Table) -> dict[str, Option]:
    """An operator's options in full; those of another operator's kind count as none, as LiteRT takes them."""
    wanted = options_of(op)
    given = [table[union] for union in ("builtin_options", "builtin_options2") if table[union]]
    match = next((options for options in given if options.kind == wanted), None)
    return {field.name: _option(field, match[field.name]) for field in fields(wanted)} if match else {}


def _option(field: Field, value: Any) -> Option:
    enumeration = enumeration_of(field)
    if enumeration:
        names = names_of(enumeration)
        if value not in names:
            raise ConversionError(f"its option '{field.name}' is {value}, which is no {enumeration}")
        return names[value]
    if field.kind == "vector":
        return [] if value is None else [item.item() for item in value]
    return value  # type: ignore[no-any-return]


def pick(tensors: Sequence[Tensor], index: int) -> Tensor:
    """The tensor of a number.

    Raises:
        ConversionError: there is none.
    """
    if not 0 <= index < len(tensors):
        raise ConversionError(f"it refers to tensor {index}, of which there are {len(tensors)}")
    return tensors[index]


def numbers(vector: Any) -> list[int]:
    """A vector of a table as a list; [] where it is left out."""
    return [] if vector is None else vector.tolist()
