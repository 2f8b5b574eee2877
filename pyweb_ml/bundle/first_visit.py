"""What a visitor's browser fetches before the first result, which is what `--budget` limits."""

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path

from pyweb_ml.errors import BuildError

_CHUNK = re.compile(rb'"\./(chunk-\w+\.js)"')
_PAGE = ("page.css", "page.js", "widget.js", "worker.js", "kernels.wasm")


@dataclass(frozen=True)
class FetchedFile:
    """A file by its path below the site, its size in bytes, and the same as gzip."""

    path: str
    bytes: int
    gzip: int


def first_visit(site: Path) -> list[FetchedFile]:
    """The files, largest first: page, worker, models, and the backend that begins.

    Of LiteRT's builds a browser fetches one, so the largest counts. Python, samples and the other backends come
    after the first result.
    """
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    files = [site / name for name in ("index.html", "sw.js", "manifest.json", "graph.json")]
    files += [file for file in (site / "page").glob("*/*") if file.name in _PAGE]
    files += [site / one["path"] for one in manifest["models"].values()]
    files += [site / one["path"] for one in manifest["engines"]["references"].values()]
    backends = manifest["engines"]["backends"]
    if backends:
        files += engine_files(site / manifest["engines"]["folder"], backends[0])
        if backends[0].startswith("tfjs-"):
            files += [site / one["path"] for assets in manifest["engines"]["tfjs"].values() for one in assets]
    found = [_measured(site, file) for file in dict.fromkeys(files) if file.is_file()]
    return sorted(found, key=lambda one: -one.gzip)


def engine_files(folder: Path, backend: str) -> list[Path]:
    """What a browser fetches of a folder of engines for one backend."""
    scripts = _with_chunks(folder / "engines" / f"{backend}.js")
    if backend.startswith("litert-"):
        return [*scripts, *_largest_build(folder / "litert", "*.wasm", ".mjs")]
    wasm = _largest_build(folder / "engines", "*.wasm", ".wasm") if backend == "tfjs-wasm" else []
    return [*scripts, *wasm]


def _with_chunks(script: Path, found: tuple[Path, ...] = ()) -> list[Path]:
    """A script and all that it imports, directly or not."""
    if not script.is_file():
        return list(found)
    files = [*found, script]
    for name in _CHUNK.findall(script.read_bytes()):
        other = script.with_name(name.decode())
        if other not in files:
            files = _with_chunks(other, tuple(files))
    return files


def _largest_build(folder: Path, pattern: str, beside: str) -> list[Path]:
    builds = sorted(folder.glob(pattern), key=lambda file: file.stat().st_size)
    return [file for one in builds[-1:] for file in dict.fromkeys([one, one.with_suffix(beside)])]


def _measured(site: Path, file: Path) -> FetchedFile:
    data = file.read_bytes()
    return FetchedFile(file.relative_to(site).as_posix(), len(data), len(gzip.compress(data, compresslevel=6)))


def require_budget(site: Path, budget: int) -> None:
    """Refuses a site of which a visitor must fetch more than `budget` bytes, as gzip, before the first result.

    Raises:
        BuildError: names the files that take the most.
    """
    files = first_visit(site)
    total = sum(one.gzip for one in files)
    if total <= budget:
        return
    largest = ", ".join(f"'{one.path}' {_text(one.gzip)}" for one in files[:5])
    raise BuildError(
        f"the first result needs {_text(total)} as gzip, which is {_text(total - budget)} over the budget of "
        f"{_text(budget)}; the largest: {largest}; take a smaller model, or other backends, or raise --budget"
    )


def _text(size: int) -> str:
    return f"{size / 1e6:.2f} MB"
