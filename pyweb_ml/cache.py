"""Files from elsewhere, kept on disk under the sha256 of their bytes."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

CACHE_VARIABLE = "PYWEBML_CACHE"
"""Environment variable that names the cache's folder, in place of the platform's own."""


def cache_folder() -> Path:
    """The cache's folder: the platform's usual place, unless the environment names another."""
    given = os.environ.get(CACHE_VARIABLE)
    return Path(given).expanduser() if given else _platform_folder() / "pywebml"


def _platform_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def sha256_of(data: bytes) -> str:
    """The hash as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def find(sha256: str) -> Path | None:
    """The cached file with this hash; None if there is none. A file that has been damaged is removed."""
    path = cache_folder() / sha256
    if not path.is_file():
        return None
    if sha256_of(path.read_bytes()) != sha256:
        path.unlink(missing_ok=True)
        return None
    return path


def keep(data: bytes) -> Path:
    """Puts bytes into the cache, all at once or not at all; gives their file."""
    return write_whole(cache_folder() / sha256_of(data), data)


def write_whole(path: Path, data: bytes) -> Path:
    """Writes a file so that nobody ever sees half of it, not even after a crash."""
    with open_whole(path) as file:
        file.write(data)
    return path


@contextmanager
def open_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, which is at `path` only when the block has ended without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(name, 0o644)  # a temporary file is its owner's alone; this one is no secret
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
