"""Models that are not as a page takes them, as `.tflite`: converted once, and kept by what they are made of."""

import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyweb_ml.cache import cache_folder
from pyweb_ml.converter.digest import converter_digest
from pyweb_ml.errors import ConversionError, ModelError
from pyweb_ml.graph.asset import Model
from pyweb_ml.progress import Progress, quiet


def converted(model: Model, path: Path, config: Path | None, progress: Progress = quiet) -> Path:
    """The `.tflite` of a model of another format, or of another shape.

    It is made again when the model's files change, the shape that is asked for, or the converter. Of a factory in
    Python, the file that it is in counts.

    Args:
        path: the model's file or folder; of a factory the file with ":factory" behind it.
        config: the file that `model.config` is.

    Raises:
        ModelError: its shape is none, or it cannot be converted; with the reason.
    """
    _require_sizes(model)
    target = cache_folder() / "converted" / f"{_key(model, path, config)}.tflite"
    if not target.is_file():
        progress("convert", model.name, 0, 0)
        try:
            _convert(model, path, config, target, progress)
        except ConversionError as error:
            raise ModelError(f"the model '{model.source}' cannot be converted: {error}") from error
    return target


def _require_sizes(model: Model) -> None:
    shape = model.shape
    sizes = shape if isinstance(shape, tuple | list) else ()
    if shape is None or (sizes and all(type(size) is int and size > 0 for size in sizes)):
        return
    raise ModelError(
        f"the model '{model.source}' is given the shape {shape!r}; give sizes above 0, as in (1, 224, 224, 3)"
    )


def _convert(model: Model, path: Path, config: Path | None, target: Path, progress: Progress) -> None:
    from pyweb_ml.converter.passes.float16 import float16
    from pyweb_ml.converter.preparation import prepare, reading_progress
    from pyweb_ml.converter.readers.options import ReadOptions
    from pyweb_ml.converter.writers.tflite import write_tflite

    with _named(model, path, config) as (source, beside):
        shapes = {"": tuple(model.shape)} if model.shape else {}
        told = reading_progress(model.name, progress)
        options = ReadOptions(shapes, weights=beside, channels_last=model.channels_last, progress=told)
        prepared = prepare(source, options)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_tflite(float16(prepared.model) if prepared.halves else prepared.model, target)


@contextmanager
def _named(model: Model, path: Path, config: Path | None) -> Iterator[tuple[str, Path | None]]:
    """The model under its own name, by which some formats are known; in the cache it has that of its hash.

    Gives what to read, and the file of Darknet's weights.
    """
    if path.name == model.name or not path.is_file():
        yield (str(config), path) if config else (str(path), None)
        return
    with tempfile.TemporaryDirectory(prefix="pywebml-model-") as folder:
        place = Path(folder) / model.name
        try:
            os.link(path, place)
        except OSError:
            shutil.copyfile(path, place)
        yield (str(config), place) if config else (str(place), None)


def _key(model: Model, path: Path, config: Path | None) -> str:
    digest = hashlib.sha256(f"{converter_digest()} {model.shape} {model.channels_last}".encode())
    for file in _files_of(path, config):
        stat = file.stat()
        digest.update(f"\n{file.name} {_digest_of(file, stat.st_mtime_ns, stat.st_size)}".encode())
    return digest.hexdigest()[:32]


def _files_of(path: Path, config: Path | None) -> list[Path]:
    """What a model is made of."""
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    file = path if path.is_file() else Path(str(path).rpartition(":")[0])
    pair = [] if config else [file.with_suffix(suffix) for suffix in (".cfg", ".weights")]
    return [file, *([config] if config else []), *(one for one in pair if file in pair and one != file)]


@functools.cache
def _digest_of(path: Path, changed: int, size: int) -> str:
    """The hash of a file; read again only when the file has changed."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
