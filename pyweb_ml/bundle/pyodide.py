"""Pyodide, the page's Python: its own files, and its lock of further packages."""

import json
from dataclasses import dataclass
from typing import Any

from pyweb_ml import cache
from pyweb_ml.archive import ArchiveError, read_tar_member
from pyweb_ml.errors import BuildError
from pyweb_ml.progress import Progress
from pyweb_ml.sources import SourceError, npm_package

VERSION = "314.0.4"
PYTHON_VERSION = "3.14"
LOCK = "pyodide-lock.json"
STDLIB = "python_stdlib.zip"

FILES = {
    "pyodide.mjs": "c75dd73bb0c70674135f9f4ab746c9b5316e9fe027cafacb2be445e658f04c92",
    "pyodide.asm.mjs": "fd7a3cefa122ff6463dcf2997961eb341250e4cc4ed60281448390f0a767cca2",
    "pyodide.asm.wasm": "6c8986a8ee583401069aa403e76ee79d4633a1478ab11cea76030bc299aded9f",
    STDLIB: "b5ca2308e9fa72eda319889a1ddf086389e9f1234ced279cc71267fe9ba56e54",
    LOCK: "c963d22858f6bcb8f41586a2142f03905ab370c88ea22a86a2736e95fac2a8f3",
}
"""sha256 of each file that the page loads, as in the npm package pyodide of that version."""

FOLDER = f"python/pyodide-{VERSION}-{cache.sha256_of(json.dumps(FILES).encode())[:16]}/"
"""Where a site has them: named by their content."""


@dataclass(frozen=True)
class LockedPackage:
    """A package that Pyodide's lock states; `depends` are names in the lock."""

    name: str
    version: str
    file_name: str
    sha256: str
    depends: tuple[str, ...]


def pyodide_files(progress: Progress) -> dict[str, bytes]:
    """Pyodide's own files by name, from the cache or from its npm package.

    Raises:
        BuildError: npm cannot give them, or they are not the files that were pinned.
    """
    kept = {name: cache.find(sha256) for name, sha256 in FILES.items()}
    if not all(kept.values()):
        progress("python", f"Pyodide {VERSION}", 0, 0)
        kept = dict(zip(FILES, map(cache.keep, _from_npm()), strict=True))
    return {name: path.read_bytes() for name, path in kept.items() if path}


def _from_npm() -> list[bytes]:
    try:
        package = npm_package("pyodide", VERSION)
        contents = [read_tar_member(package, name) for name in FILES]
    except (SourceError, ArchiveError) as error:
        raise BuildError(f"Pyodide {VERSION} cannot be fetched from npm: {error}") from error
    for data, (name, wanted) in zip(contents, FILES.items(), strict=True):
        if cache.sha256_of(data) != wanted:
            raise BuildError(f"npm's '{name}' of Pyodide {VERSION} is not the pinned file (sha256 {wanted})")
    return contents


def read_lock(data: bytes) -> dict[str, LockedPackage]:
    """The packages of a `pyodide-lock.json`, by their normalised names."""
    packages: dict[str, dict[str, Any]] = json.loads(data)["packages"]
    return {
        name: LockedPackage(
            entry["name"], entry["version"], entry["file_name"], entry["sha256"], tuple(entry["depends"])
        )
        for name, entry in packages.items()
    }
