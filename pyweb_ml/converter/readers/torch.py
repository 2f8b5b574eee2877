"""PyTorch's modules, as a factory in the user's Python or as an exported program (`.pt2`)."""

import json
import re
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pyweb_ml.archive import MAX_FILE_BYTES
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.readers.framework import read_with
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError
from pyweb_ml.script import script_dependencies

_DEFAULT = ReadOptions()
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_TARGET = re.compile(r"torch\.ops\.\w+\.\w+(\.\w+)?|_operator\.getitem")


def read_torch(source: str, options: ReadOptions = _DEFAULT) -> Model:
    """A PyTorch module, converted by litert-torch in the environment "torch".

    The inputs are called "args_0", …, the outputs "output_0", …; those of four dimensions are turned to NHWC.

    Args:
        source: "file.py:factory" or "module:factory", which gives a module in Python, or a module and its example
            input (or a tuple of them); or the path of a `.pt2`. Packages that file.py needs are declared in it, as
            inline script metadata.

    Raises:
        ConversionError: the factory fails, litert-torch refuses the module, the input's shape is not known, or a
            `.pt2` holds more than tensors and a graph of fixed shapes.
    """
    return read_with("torch", checked_source(source), options, requirements_of(source))


def checked_source(source: str) -> str:
    """The source with an absolute path; a `.pt2` only if it can be loaded without running code of its own."""
    place, _, factory = source.rpartition(":")
    if Path(source).is_file():
        with where(f"'{Path(source).name}'"):
            require_plain_program(Path(source))
        return str(Path(source).resolve())
    if place.endswith(".py"):
        if not Path(place).is_file():
            raise ConversionError(f"'{place}' is not there; give 'file.py:factory'")
        return f"{Path(place).resolve()}:{factory}"
    return source


def requirements_of(source: str) -> list[str]:
    """What the file of a factory declares to need, as inline script metadata."""
    place = source.rpartition(":")[0]
    if not place or Path(source).is_file():
        return []
    found = Path(place) if place.endswith(".py") else _file_of_module(place)
    return [str(one) for one in script_dependencies(found)] if found else []


def _file_of_module(name: str) -> Path | None:
    """Where a module lies that is not imported here."""
    local = Path(*name.split(".")).with_suffix(".py")
    if local.is_file():
        return local
    spec = find_spec(name) if "." not in name else None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def require_plain_program(path: Path) -> None:
    """Refuses a `.pt2` that could run code: torch.export.load would unpickle objects and evaluate expressions.

    Raises:
        ConversionError: with the part that is not plain.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if re.search(r"/models/[^/]+\.json$|/data/.*_config\.json$", name):
                    _require_plain(name, _load(archive, name))
                elif re.search(r"/data/constants/(custom_obj|opaque)|\.so$|aotinductor", name):
                    raise ConversionError(
                        f"its part '{name}' is code or a pickled object; export the module without"
                    )
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise ConversionError(f"it is a damaged zip archive ({error})") from error


def _load(archive: zipfile.ZipFile, name: str) -> Any:
    if archive.getinfo(name).file_size > MAX_FILE_BYTES:
        raise ConversionError(f"its part '{name}' is larger than {MAX_FILE_BYTES // 2**20} MiB")
    try:
        return json.loads(archive.read(name))
    except (ValueError, RecursionError) as error:
        raise ConversionError(f"its part '{name}' is no JSON ({error})") from error


def _require_plain(part: str, tree: Any) -> None:
    for key, value in _entries(tree):
        if key in ("expr_str", "guards_code", "range_constraints") and value:
            raise ConversionError(
                f"its part '{part}' has sizes that are known only at run time ('{key}'); "
                "export the module with fixed shapes"
            )
        if key == "use_pickle" and value:
            raise ConversionError(f"its part '{part}' has a pickled tensor; save it again with plain tensors")
        pattern = {"name": _NAME, "target": _TARGET}.get(key)
        if pattern and isinstance(value, str) and not pattern.fullmatch(value):
            raise ConversionError(
                f"its part '{part}' has a {key} '{value[:80]}', which is no {key} of a plain graph"
            )


def _entries(tree: Any) -> Iterator[tuple[str, Any]]:
    """Every key of every object in JSON, with its value."""
    stack = [tree]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            yield from one.items()
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
