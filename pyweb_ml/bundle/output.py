"""The folder that a build writes: all at once at the end, or not at all."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

from pyweb_ml.errors import BuildError

MARKER = "manifest.json"
_MARKS = ("index.html", MARKER, "graph.json")


_OF_HOSTS = re.compile(r"\..+|CNAME")
"""What a folder may hold before its first build, as a new branch that GitHub Pages shows."""


def require_replaceable(out: Path, marks: Sequence[str] = _MARKS, *, of_hosts: bool = False) -> None:
    """Refuses a place that holds something which no build of ours has written.

    Args:
        marks: the files by which a folder is known to be ours.
        of_hosts: `.git`, `CNAME` and the like are no such thing.

    Raises:
        BuildError: it is a file, or a folder with other files in it.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BuildError(f"'{out}' is no folder; give -o the name of a new folder")
    names = {name for name in _names(out) if not (of_hosts and _OF_HOSTS.fullmatch(name))}
    if names and not all((out / name).is_file() for name in marks):
        raise BuildError(f"the folder '{out}' holds other files, which are left as they are; give -o a new folder")


@contextmanager
def replaced_folder(
    out: Path, marks: Sequence[str] = _MARKS, own: Callable[[Path], Set[str]] | None = None
) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `out` when the block ends without an error.

    Args:
        marks: as of `require_replaceable`.
        own: gives what lies in `out` itself, by name, that a build has written; the rest stays. None: all of it.
    """
    require_replaceable(out, marks, of_hosts=own is not None)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        fresh = work / "new"
        fresh.mkdir()
        yield fresh
        others = _names(out) - own(out) if own and _names(out) else set()
        _swap(out, fresh, work / "old", others - _names(fresh))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _names(folder: Path) -> Set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def _swap(out: Path, fresh: Path, former: Path, others: Set[str]) -> None:
    moved: list[str] = []
    try:
        for name in others:
            os.rename(out / name, fresh / name)
            moved.append(name)
        if out.exists():
            os.rename(out, former)
        os.rename(fresh, out)
    except OSError:
        if former.exists():
            os.rename(former, out)
        for name in moved:
            os.rename(fresh / name, out / name)
        raise
