"""The constants of a TF.js model as files: quantised if asked, in shards that a browser's cache keeps."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.writers.tfjs_graph import Weight, loaded_dtype

Storage = Literal["float32", "float16", "uint8", "uint16"]
STORAGES: tuple[Storage, ...] = get_args(Storage)

SHARDS = "group1-shard*of*.bin"
"""How their files are named, by tensorflowjs's own converter too."""

SHARD_BYTES = 4 * 2**20
"""As tensorflowjs's own converter cuts them."""

SMALL = 1024
"""Constants of fewer values (biases, slopes, short filters) stay as they are: much depends on them."""

FLOAT16 = np.finfo(np.float16)
TINY_SHARE = 0.05
"""A constant stays float32 if more of its values than this part are too small for float16's full precision.

Trained weights have few of them; banks of windowed filters have more (basic-pitch's 0.07) and leak in float16.
"""


def write_weights(weights: Sequence[Weight], folder: Path, storage: Storage) -> list[dict[str, Any]]:
    """Writes shards of 4 MiB, one after the other so that only the current one is held; gives the manifest.

    float32 constants of at least `SMALL` values are stored as `storage` says, "float16" unless its range does not
    suit them, "uint8" and "uint16" affine with one scale and minimum a constant. Constants that are float16
    already stay so, unless it is "float32". TF.js makes float32 of them all on loading.
    """
    entries = [_entry(weight, storage) for weight in weights]
    total = sum(math.prod(entry["shape"]) * _width(entry) for entry in entries)
    count = max(1, math.ceil(total / SHARD_BYTES))
    paths = [f"group1-shard{number}of{count}.bin" for number in range(1, count + 1)]
    shards = _cut(_bytes(weight.make(), entry) for weight, entry in zip(weights, entries, strict=True))
    for path in paths:
        (folder / path).write_bytes(next(shards, b""))
    return [{"paths": paths, "weights": entries}]


def _entry(weight: Weight, storage: Storage) -> dict[str, Any]:
    """How a constant is stored, as the manifest says it."""
    data = weight.make()
    entry = {"name": weight.name, "shape": list(data.shape), "dtype": loaded_dtype(data)}
    chosen = loaded_dtype(data) if weight.exact else _storage(data, storage)
    if chosen == entry["dtype"]:
        return entry
    quantization: dict[str, Any] = {"dtype": chosen, "original_dtype": "float32"}
    if chosen != "float16":
        low, high = float(data.min()), float(data.max())
        # A constant of one value has no range: any scale does, but it must not be 0.
        quantization |= {"min": low, "scale": (high - low) / np.iinfo(chosen).max or 1.0}
    return {**entry, "quantization": quantization}


def _storage(data: NDArray[Any], storage: Storage) -> str:
    """Which of the storages, or which other type, suits these values."""
    dtype = loaded_dtype(data)
    if dtype != "float32" or storage == "float32":
        return dtype
    if data.size < SMALL or not np.isfinite(data).all():
        return "float16" if data.dtype == np.float16 else "float32"
    return "float32" if storage == "float16" and not _fits_float16(data) else storage


def _fits_float16(data: NDArray[Any]) -> bool:
    if data.dtype == np.float16:
        return True
    sizes = np.abs(data)
    tiny = np.count_nonzero((sizes > 0) & (sizes < FLOAT16.smallest_normal))
    return bool(sizes.max() <= FLOAT16.max and tiny <= TINY_SHARE * np.count_nonzero(sizes))


def _width(entry: dict[str, Any]) -> int:
    stored: dict[str, Any] = entry.get("quantization", entry)
    return int(np.dtype(stored["dtype"]).itemsize)


def _bytes(data: NDArray[Any], entry: dict[str, Any]) -> bytes:
    """The values as they are stored, little-endian, in row-major order."""
    stored = entry.get("quantization")
    if stored and stored["dtype"] != "float16":
        levels = np.round((data - np.float64(stored["min"])) / stored["scale"])
        data = np.clip(levels, 0, np.iinfo(stored["dtype"]).max)
    dtype = np.dtype((stored or entry)["dtype"]).newbyteorder("<")
    return data.astype(dtype).tobytes()


def _cut(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of `SHARD_BYTES`, the last one shorter."""
    shard = bytearray()
    for piece in pieces:
        rest = memoryview(piece)
        while len(rest) >= SHARD_BYTES - len(shard):
            taken = SHARD_BYTES - len(shard)
            yield bytes(shard + rest[:taken])
            shard, rest = bytearray(), rest[taken:]
        shard += rest
    yield bytes(shard)
