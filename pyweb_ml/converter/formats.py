"""Which format a model has: told by its content, and by its name only where the content does not say."""

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pyweb_ml.errors import ConversionError

_HEAD = 4096
"""Bytes that are looked at."""
_MAX_JSON = 256 * 2**20


@dataclass(frozen=True)
class Format:
    """A format that is read.

    Attributes:
        name: how the code calls it; its reader is `readers.NAME`.
        title: for people, with the names that its files usually have.
    """

    name: str
    title: str


FORMATS = {
    one.name: one
    for one in (
        Format("tflite", "TensorFlow Lite (.tflite)"),
        Format("keras", "Keras (.keras, .h5)"),
        Format("saved_model", "TensorFlow SavedModel (a folder with saved_model.pb)"),
        Format("onnx", "ONNX (.onnx)"),
        Format("torch", "PyTorch (file.py:factory, module:factory, or an exported program .pt2)"),
        Format("darknet", "Darknet (.cfg and .weights beside it)"),
        Format("tfjs", "TF.js graph model (model.json and its shards)"),
    )
}

_FACTORY = re.compile(r".+:[A-Za-z_]\w*")
_PICKLE = "is a pickle, which could run any code when it is read"
_FACTORY_ADVICE = "write a function that builds the module and loads its weights, and give 'file.py:function'"


def detect(source: str | Path) -> Format:
    """The format of a model.

    Args:
        source: a file, a folder, or for PyTorch "file.py:factory" or "module:factory".

    Raises:
        ConversionError: there is nothing there, or nothing that is read.
    """
    path = Path(source)
    if path.is_dir():
        return FORMATS[_of_folder(path)]
    if path.is_file():
        return FORMATS[_of_file(path)]
    if _FACTORY.fullmatch(str(source)):
        return FORMATS["torch"]
    raise ConversionError(
        f"'{source}' is not there; give a model's file or folder, or PyTorch's 'file.py:factory'"
    )


def _of_folder(path: Path) -> str:
    if (path / "saved_model.pb").is_file():
        return "saved_model"
    if (path / "model.json").is_file():
        return _of_json(path / "model.json")
    raise ConversionError(f"the folder '{path}' has neither a saved_model.pb nor a model.json; {_what_is_read()}")


def _of_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ConversionError(f"'{path}' cannot be read ({error})") from error
    if head[4:8] == b"TFL3":
        return "tflite"
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "keras"
    if head.startswith(b"PK"):
        return _of_zip(path)
    if head.startswith(b"\x80") and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        raise ConversionError(f"'{path.name}' {_PICKLE}; {_FACTORY_ADVICE}")
    if head.lstrip().startswith(b"{"):
        return _of_json(path)
    if re.search(rb"^\s*\[(net|network)\]", head, re.MULTILINE) or path.suffix == ".cfg":
        return "darknet"
    return _by_name(path)


def _by_name(path: Path) -> str:
    """Formats that begin with nothing of their own."""
    known = {".onnx": "onnx", ".weights": "darknet", ".tflite": "tflite"}
    if path.suffix.lower() not in known:
        raise ConversionError(f"'{path.name}' has no format that is known; {_what_is_read()}")
    return known[path.suffix.lower()]


def _of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise ConversionError(f"'{path.name}' is a damaged zip archive ({error})") from error
    if "config.json" in names and "model.weights.h5" in names:
        return "keras"
    if any(re.fullmatch(r"[^/]+/models/[^/]+\.json", name) for name in names):
        return "torch"
    if any(name.endswith("data.pkl") for name in names):
        raise ConversionError(f"'{path.name}' {_PICKLE} (PyTorch's torch.save or TorchScript); {_FACTORY_ADVICE}")
    raise ConversionError(f"the archive '{path.name}' holds no model that is known; {_what_is_read()}")


def _of_json(path: Path) -> str:
    model = read_json(path)
    if model.get("format") == "layers-model" or "keras_version" in str(model.get("modelTopology"))[:_HEAD]:
        raise ConversionError(
            f"'{path.name}' is a TF.js layers model; only graph models are read: convert the Keras model behind it"
        )
    if "modelTopology" in model and "weightsManifest" in model:
        return "tfjs"
    raise ConversionError(
        f"'{path.name}' is JSON, but no TF.js model (it lacks 'modelTopology'); {_what_is_read()}"
    )


def read_json(path: Path) -> dict[str, object]:
    """The object in a JSON file.

    Raises:
        ConversionError: it is too large, no JSON, or no object.
    """
    try:
        if path.stat().st_size > _MAX_JSON:
            raise ConversionError(f"'{path.name}' is larger than {_MAX_JSON // 2**20} MiB")
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ConversionError(f"'{path.name}' is no JSON ({error})") from error
    if not isinstance(found, dict):
        raise ConversionError(f"'{path.name}' holds no JSON object")
    return found


def _what_is_read() -> str:
    return "what is read: " + ", ".join(one.title for one in FORMATS.values())
