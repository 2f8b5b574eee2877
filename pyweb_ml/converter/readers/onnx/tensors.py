"""ONNX's TensorProto as arrays, also where the values lie in a file beside the model."""

from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.errors import ConversionError

_EXTERNAL: Final = 1
"""TensorProto.DataLocation.EXTERNAL."""
STRING: Final = 8
BFLOAT16: Final = 16
DTYPES: Final[dict[int, str]] = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64",
}  # fmt: skip
"""TensorProto.DataType as numpy's names, for those that numpy has."""
WIDENED: Final = {"float16": "float32", "bfloat16": "float32", "float64": "float32"}
"""What is computed in float32: TFLite's kernels for the CPU have no other floats."""
_FIELDS: Final = {
    "float32": "float_data", "float64": "double_data", "int64": "int64_data", "uint32": "uint64_data",
    "uint64": "uint64_data",
}  # fmt: skip
"""Where values lie that are not raw; the others are in int32_data."""


def dtype_of(number: int) -> str:
    """The dtype of the middle form for a TensorProto.DataType.

    Raises:
        ConversionError: TFLite has none.
    """
    name = "bfloat16" if number == BFLOAT16 else DTYPES.get(number)
    if name is None:
        raise ConversionError(
            f"the data type {number} of ONNX (strings, complex and tiny floats) is not supported"
        )
    return WIDENED.get(name, name)


def read_tensor(proto: Any, folder: Path) -> NDArray[Any]:
    """The values of a TensorProto, floats of all widths as float32.

    Args:
        folder: where the model lies, and files with its tensors' values.

    Raises:
        ConversionError: the values are not as many as the shape says, or lie outside of `folder`.
    """
    shape = tuple(proto.dims)
    if any(size < 0 for size in shape) or prod(shape) > 2**40:
        raise ConversionError(f"the tensor '{proto.name}' has the impossible shape {list(shape)[:8]}")
    wanted = dtype_of(proto.data_type)
    flat = _stored(proto, prod(shape), folder)
    if flat.size != prod(shape):
        raise ConversionError(
            f"the tensor '{proto.name}' has {flat.size} values, but its shape {list(shape)} needs {prod(shape)}"
        )
    return flat.reshape(shape).astype(wanted, copy=False)


def _stored(proto: Any, count: int, folder: Path) -> NDArray[Any]:
    """The values in their own dtype."""
    stored = np.dtype("uint16" if proto.data_type == BFLOAT16 else DTYPES[proto.data_type]).newbyteorder("<")
    if proto.data_location == _EXTERNAL:
        flat = _external(proto, count * stored.itemsize, folder).view(stored)
    elif proto.raw_data:
        flat = _from_bytes(proto, stored)
    else:
        flat = _from_field(proto, stored)
    if proto.data_type == BFLOAT16:  # the upper half of a float32
        return (flat.astype(np.uint32) << 16).view(np.float32)
    return flat


def _from_bytes(proto: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    if len(proto.raw_data) % dtype.itemsize:
        raise ConversionError(
            f"the tensor '{proto.name}' has {len(proto.raw_data)} bytes, no whole {dtype} values"
        )
    return np.frombuffer(proto.raw_data, dtype)


def _from_field(proto: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    numbers = getattr(proto, _FIELDS.get(dtype.name, "int32_data"))
    if proto.data_type in (10, BFLOAT16):  # 16-bit floats are kept as their bits
        return np.asarray(numbers, np.int64).astype(np.uint16).view(dtype)
    return np.asarray(numbers, np.int64 if dtype.kind in "iub" and dtype.itemsize < 8 else dtype).astype(dtype)


def _external(proto: Any, count: int, folder: Path) -> NDArray[np.uint8]:
    """Bytes of the file that the tensor names, which must lie beside the model or below."""
    entries = {entry.key: entry.value for entry in proto.external_data}
    location = entries.get("location", "")
    path = (folder / location).resolve()
    if not location or not path.is_relative_to(folder.resolve()):
        raise ConversionError(
            f"the tensor '{proto.name}' lies in '{location[:80]}', outside of the model's folder; "
            "put the file beside the model, and its name into it without a path"
        )
    offset, length = _whole(proto, entries, "offset", 0), _whole(proto, entries, "length", count)
    if length != count:
        raise ConversionError(f"the tensor '{proto.name}' needs {count} bytes, but names {length} of '{location}'")
    try:
        data: NDArray[np.uint8] = np.memmap(path, np.uint8, mode="r") if count else np.empty(0, np.uint8)
    except (OSError, ValueError) as error:
        raise ConversionError(f"'{location}' with the tensor '{proto.name}' cannot be read ({error})") from error
    if offset + count > max(len(data), offset):
        raise ConversionError(f"'{location}' ends before the tensor '{proto.name}', at byte {len(data)}")
    return data[offset : offset + count]


def _whole(proto: Any, entries: dict[str, str], key: str, default: int) -> int:
    text = entries.get(key, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ConversionError(f"the tensor '{proto.name}' has no whole number as '{key}' but '{text[:40]}'")
    return int(text)
