"""What a build has written, by part, for a person to read."""

import gzip
from dataclasses import dataclass, field
from pathlib import Path

from pyweb_ml.bundle.sealing import TWINS


@dataclass(frozen=True)
class PinnedPackage:
    """A Python package of the site; `source` is where its wheel was had from."""

    name: str
    version: str
    sha256: str
    source: str


@dataclass(frozen=True)
class PartSize:
    """Size of one part of the site; `gzip` is what its files come to, each compressed by itself."""

    part: str
    files: int
    bytes: int
    gzip: int


@dataclass
class BuildReport:
    """A finished build: whose, where, the exact packages that went in, and what was left out."""

    title: str
    out: Path
    packages: list[PinnedPackage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def sizes(self) -> list[PartSize]:
        """The parts of the site by name, and their sizes in bytes; compressed twins do not count."""
        parts: dict[str, list[Path]] = {}
        files = (path for path in self.out.rglob("*") if path.is_file() and path.suffix not in TWINS)
        for file in sorted(files):
            parts.setdefault(_part_of(file.relative_to(self.out).parts), []).append(file)
        return [_measure(part, files) for part, files in sorted(parts.items())]


_PARTS = {"engine": "engine", "models": "models", "samples": "samples"}
_PYTHON = {"pyodide": "Python", "packages": "Python packages", "snapshot": "Python snapshot"}
"""By what a name begins with, up to the digest."""


def _part_of(parts: tuple[str, ...]) -> str:
    if parts[0] == "python":
        return _PYTHON.get(parts[1].partition("-")[0], "app's Python")
    return _PARTS.get(parts[0], "page and worker")


def _measure(part: str, files: list[Path]) -> PartSize:
    contents = [file.read_bytes() for file in files]
    packed = sum(len(gzip.compress(data, compresslevel=6)) for data in contents)
    return PartSize(part, len(files), sum(map(len, contents)), packed)
