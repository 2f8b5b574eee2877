"""Noticing that an app's files have changed, by asking for their dates and sizes."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

INTERVAL = 0.5
"""Seconds between two looks at the files."""

MAX_FILES = 5000
"""No more files than these are watched, so that an app in a huge folder does not keep the disk busy."""

_IGNORED = ("__pycache__", "node_modules", "site-packages")

Snapshot: TypeAlias = dict[str, tuple[int, int]]
"""Date (nanoseconds) and size (bytes) of each file, by its path."""


def snapshot(folder: Path) -> Snapshot:
    """What the files in a folder look like now; hidden ones, caches and installed packages are left out."""
    seen: Snapshot = {}
    for entry in _files(str(folder)):
        if len(seen) >= MAX_FILES:
            break
        try:
            stat = entry.stat()
        except OSError:
            continue
        seen[entry.path] = (stat.st_mtime_ns, stat.st_size)
    return seen


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _IGNORED:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif entry.is_file():
            yield entry
