"""The schema of `.tflite` as data: which fields a table has, in which slots, of which kinds.

All of it is asked of the accessors that `flatc` generated from LiteRT's `schema.fbs` and that ai-edge-litert
brings (`schema_py_generated`): a field of a later schema is known as soon as that package knows it.
"""

import inspect
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from pyweb_ml.errors import ConversionError

Kind = Literal["scalar", "vector", "string", "strings", "table", "tables", "union"]

DTYPES = {
    "FLOAT16": "float16",
    "FLOAT32": "float32",
    "FLOAT64": "float64",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "UINT8": "uint8",
    "UINT16": "uint16",
    "UINT32": "uint32",
    "UINT64": "uint64",
    "BOOL": "bool",
    "COMPLEX64": "complex64",
    "COMPLEX128": "complex128",
    "INT4": "int4",
    "STRING": "string",
    "RESOURCE": "resource",
    "VARIANT": "variant",
}
"""The middle form's dtype by the schema's `TensorType`."""

_UNIONS = {
    "builtin_options": "BuiltinOptions",
    "builtin_options2": "BuiltinOptions2",
    "details": "QuantizationDetails",
    "array_segments": "SparseIndexVector",
    "array_indices": "SparseIndexVector",
}
_ENUMERATIONS = {
    "fused_activation_function": "ActivationFunctionType",
    "padding": "Padding",
    "combiner": "CombinerType",
    "type": "LSHProjectionType",
    "in_data_type": "TensorType",
    "out_data_type": "TensorType",
    "out_type": "TensorType",
    "output_type": "TensorType",
    "idx_out_type": "TensorType",
    "quantized_bias_type": "TensorType",
    "key_dtype": "TensorType",
    "value_dtype": "TensorType",
    "weights_format": "FullyConnectedOptionsWeightsFormat",
    "kernel_type": "LSTMKernelType",
    "mode": "MirrorPadMode",
    "reduce_function": "ReduceWindowFunction",
    "algorithm": "RngAlgorithm",
    "compare_type": "StablehloComparisonType",
    "comparison_direction": "StablehloComparisonDirection",
    "composite_attributes_format": "CustomOptionsFormat",
}
"""The enumeration of an option, by its name: the generated code does not say."""

_SHARED_OPTIONS = {
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "L2_POOL_2D": "Pool2DOptions",
    "MEAN": "ReducerOptions",
    "SUM": "ReducerOptions",
    "REDUCE_PROD": "ReducerOptions",
    "REDUCE_MAX": "ReducerOptions",
    "REDUCE_MIN": "ReducerOptions",
    "REDUCE_ANY": "ReducerOptions",
    "REDUCE_ALL": "ReducerOptions",
    "MAXIMUM": "MaximumMinimumOptions",
    "MINIMUM": "MaximumMinimumOptions",
    "EMBEDDING_LOOKUP_SPARSE": "EmbeddingLookupSparseOptions",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNNOptions",
    "L2_NORMALIZATION": "L2NormOptions",
    "CONV_3D_TRANSPOSE": "Conv3DOptions",
    "RANDOM_UNIFORM": "RandomOptions",
    "RANDOM_STANDARD_NORMAL": "RandomOptions",
    "MULTINOMIAL": "RandomOptions",
    "STABLEHLO_COMPOSITE": "StableHLOCompositeOptions",
}
"""The options of operators whose table is not named after them (LiteRT's flatbuffer_conversions.cc)."""


@dataclass(frozen=True)
class Field:
    """A field of a table.

    Attributes:
        name: in snake_case.
        slot: its number in the table's vtable.
        dtype: of a scalar, or of a numeric vector's elements.
        default: a scalar's value where the file leaves it out.
        table: the type of the table, or of the vector's tables.
    """

    name: str
    slot: int
    kind: Kind
    dtype: Any = None
    default: Any = None
    table: str = ""


def schema() -> Any:
    """The generated module; imported here since that takes 0.1 s."""
    from ai_edge_litert import schema_py_generated

    return schema_py_generated


@cache
def fields(table: str) -> tuple[Field, ...]:
    """The fields of a table in the schema's order."""
    parameters = inspect.signature(getattr(schema(), f"{table}T")).parameters
    return tuple(_field(getattr(schema(), table), name, given.default) for name, given in parameters.items())


class _Recorder:
    """Stands in for a table of flatbuffers, whose methods it has, and notes how an accessor reads its bytes."""

    Bytes, Pos = b"", 0
    slot, kind, dtype = 0, "scalar", None

    def Offset(self, vtable_offset: int) -> int:  # noqa: N802
        self.slot = (vtable_offset - 4) // 2
        return 4

    def Get(self, flags: Any, _: int) -> int:  # noqa: N802
        self.dtype = _dtype(flags)
        return 0

    def GetVectorAsNumpy(self, flags: Any, _: int) -> None:  # noqa: N802
        self.kind, self.dtype = "vector", _dtype(flags)

    def String(self, _: int) -> bytes:  # noqa: N802
        self.kind = "string"
        return b""

    def Vector(self, _: int) -> int:  # noqa: N802
        return 0

    def Indirect(self, _: int) -> int:  # noqa: N802
        self.kind = "table"
        return 0

    def Union(self, *_: Any) -> None:  # noqa: N802
        self.kind = "union"


def _dtype(flags: Any) -> np.dtype[Any]:
    from flatbuffers.number_types import to_numpy_type  # type: ignore[import-untyped]

    dtype: np.dtype[Any] = np.dtype(to_numpy_type(flags)).newbyteorder("<")
    return dtype


def _field(accessor: Any, name: str, default: Any) -> Field:
    method = name[0].upper() + name[1:]
    record, table = _Recorder(), accessor()
    table._tab = record
    many = hasattr(accessor, f"{method}Length")
    if hasattr(accessor, f"{method}AsNumpy"):
        getattr(table, f"{method}AsNumpy")()
        value = None
    else:
        value = getattr(table, method)(*[0] * many)
    kind: Any = record.kind + "s" * (many and record.kind != "vector")
    child = type(value).__name__ if record.kind == "table" else ""
    return Field(snake_case(name), record.slot, kind, record.dtype, default, child)


def snake_case(name: str) -> str:
    """An accessor's name as the schema spells it: dilationWFactor, dilation_w_factor."""
    return re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower()


def names_of(enumeration: str) -> dict[int, str]:
    """An enumeration's names by their numbers."""
    return {value: name for name, value in numbers_of(enumeration).items()}


@cache
def numbers_of(enumeration: str) -> dict[str, int]:
    """An enumeration's numbers by their names."""
    members = vars(getattr(schema(), enumeration))
    return {name: value for name, value in members.items() if isinstance(value, int)}


def enumeration_of(field: Field) -> str | None:
    """The enumeration that an operator's option is of; None if it is a number."""
    return _ENUMERATIONS.get(field.name) if field.kind == "scalar" and field.dtype.kind in "iu" else None


def union_of(field: Field) -> str:
    """The enumeration of the tables that a union may be."""
    return _UNIONS[field.name]


@cache
def options_of(op: str) -> str:
    """The table of a builtin operator's options; "" if it has none.

    Raises:
        ConversionError: no builtin operator has this name.
    """
    if op not in numbers_of("BuiltinOperator"):
        raise ConversionError(f"'{op}' is no operator of LiteRT's schema; a custom one needs its options' bytes")
    plain = op.replace("_", "").lower() + "options"
    alike = [
        name for name in (*numbers_of("BuiltinOptions"), *numbers_of("BuiltinOptions2")) if name.lower() == plain
    ]
    return _SHARED_OPTIONS.get(op) or next(iter(alike), "")
