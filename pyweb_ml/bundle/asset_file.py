"""A file of the site, as the manifest states it."""

from dataclasses import dataclass
from pathlib import Path

from pyweb_ml.cache import sha256_of


@dataclass(frozen=True)
class Asset:
    """A file of the site: its path below the site's folder, with "/", its size in bytes and its hash."""

    path: str
    bytes: int
    sha256: str


def write_asset(site: Path, path: str, data: bytes) -> Asset:
    """Writes a file into the site; gives what the manifest says of it."""
    file = site / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return asset_of(path, data)


def asset_of(path: str, data: bytes) -> Asset:
    """What the manifest says of a file of these bytes."""
    return Asset(path, len(data), sha256_of(data))
