"""A TF.js model's weights: `weightsManifest`, and the shards that it names."""

from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError

_TYPES = {"float32": "<f4", "int32": "<i4", "bool": "|b1", "float16": "<f2", "uint8": "|u1", "uint16": "<u2"}
"""What shards hold, by the names in a manifest."""
_PLAIN = ("float32", "int32", "bool")


def read_weights(manifest: Any, folder: Path) -> dict[str, NDArray[Any]]:
    """Every weight by its name: float32, int32 or bool.

    Raises:
        ConversionError: the manifest is damaged, a shard is missing, or is not as long as its weights say.
    """
    if not isinstance(manifest, list):
        raise ConversionError("it has no weightsManifest")
    found: dict[str, NDArray[Any]] = {}
    for group in manifest:
        if not isinstance(group, dict) or not isinstance(group.get("weights"), list):
            raise ConversionError("its weightsManifest has a group without weights")
        data = b"".join(_shard(path, folder) for path in group.get("paths", []))
        _split(data, group["weights"], found)
    return found


def _shard(name: Any, folder: Path) -> bytes:
    if not isinstance(name, str) or Path(name).name != name or name in ("", "..") or "\\" in name:
        raise ConversionError(f"its shard '{name}' must be a file beside it")
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise ConversionError(f"its shard '{name}' cannot be read ({error.strerror})") from error


def _split(data: bytes, entries: list[Any], found: dict[str, NDArray[Any]]) -> None:
    offset = 0
    for entry in entries:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            raise ConversionError("its weightsManifest has a weight without a name")
        with where(f"the weight '{name}', at byte {offset}"):
            found[name], offset = _weight(entry, data, offset)
    if offset != len(data):
        raise ConversionError(f"its shards hold {len(data)} bytes, but its weights need {offset}")


def _weight(entry: dict[str, Any], data: bytes, offset: int) -> tuple[NDArray[Any], int]:
    shape, dtype = entry.get("shape"), entry.get("dtype")
    if not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
        raise ConversionError(f"its shape {shape} is no list of sizes")
    if dtype not in _PLAIN:
        raise ConversionError(f"its type '{dtype}' is none of {', '.join(_PLAIN)}")
    quantization = entry.get("quantization") or {}
    stored = np.dtype(_TYPES.get(str(quantization.get("dtype", dtype)), "V1"))
    if stored.kind == "V":
        raise ConversionError(f"it is stored as '{quantization.get('dtype')}', which TF.js does not know")
    end = offset + prod(shape) * stored.itemsize
    if end > len(data):
        raise ConversionError(f"it needs {end - offset} bytes, but the shards have {len(data) - offset} left")
    values = np.frombuffer(data, stored, prod(shape), offset).reshape(shape)
    return _plain(values, quantization, dtype), end


def _plain(values: NDArray[Any], quantization: dict[str, Any], dtype: str) -> NDArray[Any]:
    """Values as they are meant: real = integer * scale + min, as TF.js's `decodeWeights`."""
    if values.dtype.kind != "u":
        return values.astype(dtype, copy=False)
    scale, low = quantization.get("scale"), quantization.get("min")
    if not isinstance(scale, (int, float)) or not isinstance(low, (int, float)):
        raise ConversionError("its quantisation has no scale and min")
    real = values * np.float32(scale) + np.float32(low)
    return (real if dtype == "float32" else np.round(real)).astype(dtype)
