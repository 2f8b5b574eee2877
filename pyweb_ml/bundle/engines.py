"""What a site carries to run its models on: engines, TF.js models and references, for its own backends only."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pyweb_ml.bundle.asset_file import Asset, write_asset
from pyweb_ml.bundle.first_visit import engine_files
from pyweb_ml.bundle.reference import make_reference
from pyweb_ml.bundle.tfjs_model import tfjs_files
from pyweb_ml.bundle.web_assets import content_folder
from pyweb_ml.cache import sha256_of
from pyweb_ml.errors import BuildError, ConversionError
from pyweb_ml.graph.backend import AUTO
from pyweb_ml.version import __version__

INDEX = "engines/files.json"
"""Which files each backend needs; static/build.mjs writes it."""

BUDGET = 1500
"""Milliseconds that a page may spend on measuring backends on a visit, in the gaps between frames."""

SMALL = "tfjs-wasm"
"""What gives the first results of a page that chooses by itself, where the usual engine comes slowly."""

SMALL_IS = 0.5
"""The part of the usual engine's bytes that the small one may have at most, models counted on both sides."""


@dataclass
class Engines:
    """What the manifest says of engines; `EngineAssets` in static/src/manifest.ts.

    Attributes:
        folder: where the backends' files are, named by their content; empty where there are none.
        small: SMALL, and `large`, the bytes of the usual engine's Wasm; None where it would not be small.
        notes: what was left out of the site and why, for the person who builds it.
    """

    backends: tuple[str, ...]
    folder: str = ""
    small: dict[str, Any] | None = None
    tfjs: dict[str, list[Asset]] = field(default_factory=dict)
    references: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "version": __version__,
            "backends": self.backends,
            "folder": self.folder,
            "budget": BUDGET,
            "tfjs": {name: [asdict(asset) for asset in assets] for name, assets in self.tfjs.items()},
            "references": self.references,
            "small": self.small,
        }


def write_engines(site: Path, web: Path, wanted: Sequence[str], models: Mapping[str, Path]) -> Engines:
    """Writes what the wanted backends need into the site; none for a graph without models.

    Args:
        wanted: backends; of those that "auto" means, the ones on TF.js are left out if it cannot run a model.
        models: `.tflite` files by the name that nodes use.

    Raises:
        ModelError: a model's tensors are nothing that a page can handle.
        BuildError: TF.js cannot run a model for which it was asked by name, or web assets are missing.
    """
    engines = Engines(tuple(wanted) if models else ())
    for name, path in models.items():
        reference = make_reference(path, name)
        asset = write_asset(site, f"models/{sha256_of(path.read_bytes())[:16]}.reference", reference.data)
        kinds = {"seed": reference.seed, "inputs": reference.inputs, "outputs": reference.outputs}
        engines.references[name] = {**asdict(asset), **kinds}
    _add_tfjs(site, engines, models)
    if engines.backends == AUTO:
        engines.small = _small_engine(web, engines, models)
    engines.folder = _copy_files(site, web, [*engines.backends, *([SMALL] if engines.small else [])])
    return engines


def _small_engine(web: Path, engines: Engines, models: Mapping[str, Path]) -> dict[str, Any] | None:
    """What the manifest says of the small engine."""
    usual = engine_files(web, engines.backends[0])
    tfjs = sum(asset.bytes for assets in engines.tfjs.values() for asset in assets)
    small_size = sum(map(_size, engine_files(web, SMALL))) + tfjs
    if small_size > SMALL_IS * (sum(map(_size, usual)) + sum(map(_size, models.values()))):
        return None
    return {"backend": SMALL, "large": max((_size(file) for file in usual if file.suffix == ".wasm"), default=0)}


def _size(file: Path) -> int:
    # What is missing is told when it is copied.
    return file.stat().st_size if file.is_file() else 0


def _add_tfjs(site: Path, engines: Engines, models: Mapping[str, Path]) -> None:
    """The models as TF.js graph models, where a backend takes those."""
    if not any(_is_tfjs(name) for name in engines.backends):
        return
    try:
        files = {name: tfjs_files(path) for name, path in models.items()}
    except ConversionError as error:
        if engines.backends != AUTO:
            raise BuildError(f"the backends {_tfjs_of(engines)} cannot be had: {error}") from error
        engines.notes.append(f"the site is without {_tfjs_of(engines)}: {error}")
        engines.backends = tuple(name for name in engines.backends if not _is_tfjs(name))
        return
    for name, paths in files.items():
        folder = f"models/{sha256_of(models[name].read_bytes())[:16]}-tfjs"
        engines.tfjs[name] = [write_asset(site, f"{folder}/{path.name}", path.read_bytes()) for path in paths]


def _tfjs_of(engines: Engines) -> str:
    return ", ".join(filter(_is_tfjs, engines.backends))


def _is_tfjs(backend: str) -> bool:
    return backend.startswith("tfjs-")


def needs_tflite(backends: Sequence[str]) -> bool:
    """Whether a backend takes models as they are."""
    return not all(map(_is_tfjs, backends))


def _copy_files(site: Path, web: Path, backends: Sequence[str]) -> str:
    """Gives the folder, which holds `engines/` and, where a backend needs it, `litert/`."""
    if not backends:
        return ""
    try:
        files: dict[str, list[str]] = json.loads((web / INDEX).read_text(encoding="utf-8"))
        wanted = {name for backend in backends for name in files[backend]}
        folder = content_folder("engine", [web / name for name in wanted], web)
        for name in sorted(wanted):
            (site / folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(web / name, site / folder / name)
        return folder
    except (OSError, KeyError, ValueError) as error:
        raise BuildError(
            f"the compiled web assets lack the files of {', '.join(backends)} (in '{web}': {error}); in a "
            "checkout, make them with 'python static/hatch_build.py'; otherwise install pywebml again"
        ) from error
