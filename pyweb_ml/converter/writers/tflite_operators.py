"""Operators of the middle form as tables of `.tflite`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pyweb_ml.converter.model import Operator, Option, Tensor
from pyweb_ml.converter.tflite_schema import Field, enumeration_of, fields, numbers_of, options_of
from pyweb_ml.converter.where import where
from pyweb_ml.converter.writers.flatbuffer import Table
from pyweb_ml.errors import ConversionError

_GREATER = 127
"""PLACEHOLDER_FOR_GREATER_OP_CODES: what the old field of a byte has for a code that it cannot hold."""


class OperatorCodes:
    """The kinds of operators that a model has, each once.

    Attributes:
        tables: the OperatorCodes in the order of their first use.
    """

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self._numbers: dict[tuple[str, int, bool], int] = {}

    def operator(self, index: int, op: Operator, numbers: Mapping[Tensor, int]) -> Table:
        """The Operator of an operator, the graph's tensors being numbered so.

        Raises:
            ConversionError: the schema has no such operator or option; with the operator's number and name.
        """
        with where(f"operator {index} {op.op}"):
            values: dict[str, Any] = {
                "opcode_index": self._number(op),
                "inputs": [-1 if tensor is None else numbers[tensor] for tensor in op.inputs],
                "outputs": [numbers[tensor] for tensor in op.outputs],
                "intermediates": [numbers[tensor] for tensor in op.intermediates] or None,
            }
            own = {"custom_options": np.frombuffer(op.custom, np.uint8)} if op.custom is not None else _options(op)
            return Table("Operator", {**values, **own})

    def _number(self, op: Operator) -> int:
        key = (op.op, op.version, op.custom is not None)
        if key not in self._numbers:
            self._numbers[key] = len(self.tables)
            self.tables.append(_code(*key))
        return self._numbers[key]


def _code(op: str, version: int, custom: bool) -> Table:
    options_of("CUSTOM" if custom else op)  # refuses what the schema does not know
    number = numbers_of("BuiltinOperator")["CUSTOM" if custom else op]
    values = {
        "deprecated_builtin_code": min(number, _GREATER),
        "custom_code": op if custom else None,
        "version": version,
        "builtin_code": number,
    }
    return Table("OperatorCode", values)


def _options(op: Operator) -> dict[str, Table]:
    kind = options_of(op.op)
    known = {field.name: field for field in fields(kind)} if kind else {}
    unknown = sorted(op.options.keys() - known.keys())
    if unknown:
        raise ConversionError(f"it has no option '{unknown[0]}'; its options are {', '.join(known) or 'none'}")
    if not kind:
        return {}
    values = {name: _value(known[name], value) for name, value in op.options.items()}
    union = "builtin_options" if kind in numbers_of("BuiltinOptions") else "builtin_options2"
    return {union: Table(kind, values)}


def _value(field: Field, value: Option) -> Any:
    """An option as the file has it: an enumeration's number, nothing for an empty list."""
    enumeration = enumeration_of(field)
    try:
        if enumeration:
            return numbers_of(enumeration)[str(value)]
        if field.kind == "vector":
            return np.array(value, field.dtype) if value else None
        return np.array(value, field.dtype).item() if field.kind == "scalar" else value
    except (KeyError, OverflowError, ValueError, TypeError) as error:
        wanted = f"one of {', '.join(numbers_of(enumeration))}" if enumeration else f"of the kind {field.dtype}"
        raise ConversionError(f"its option '{field.name}' is {value!r}; it must be {wanted}") from error
