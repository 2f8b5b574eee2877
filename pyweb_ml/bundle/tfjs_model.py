"""A model as a TF.js graph model, converted once: kept in the cache by its bytes and the converter's own."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from pyweb_ml.cache import cache_folder, sha256_of
from pyweb_ml.converter.digest import converter_digest
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tfjs import write_tfjs


def tfjs_files(tflite: Path) -> list[Path]:
    """model.json, then its weights.

    They cannot be shared with the `.tflite`: TF.js wants a convolution's weights as (height, width, in, out),
    where TFLite has (out, height, width, in).

    Raises:
        ConversionError: the model has something that TF.js lacks; with the operator and what to do.
    """
    key = sha256_of(tflite.read_bytes() + converter_digest().encode())
    folder = cache_folder() / f"tfjs-{key[:32]}"
    if not folder.is_dir():
        _convert(tflite, folder)
    return sorted(folder.iterdir(), key=lambda file: (file.name != "model.json", _shard(file)))


def _shard(file: Path) -> int:
    """The number in "group1-shard3of12.bin"."""
    digits = file.stem.rpartition("shard")[2].partition("of")[0]
    return int(digits) if digits.isdecimal() else 0


def _convert(tflite: Path, folder: Path) -> None:
    """Makes the folder all at once or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".tfjs-"))
    try:
        model = read_tflite(tflite)
        write_tfjs(model, work / "new", weights="float16" if _is_float16(model) else "float32")
        if not folder.is_dir():
            os.rename(work / "new", folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _is_float16(model: Model) -> bool:
    """Whether float16 holds every weight exactly, as where the `.tflite` has them so: then half the bytes do."""
    with np.errstate(over="ignore"):
        return all(
            np.array_equal(data.astype(np.float16).astype(np.float32), data, equal_nan=True)
            for data in _floats(model)
        )


def _floats(model: Model) -> list["np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]:
    constants = [tensor.data for tensor in model.graph.tensors if tensor.data is not None]
    return [data for data in constants if data.dtype == np.float32]
