"""Heavy frameworks in environments of their own, made on first use and never in the user's.

Each environment NAME is what `environments/NAME.lock` pins, with hashes (`make lock` makes it from NAME.in). It
lies in the cache under the hash of its lock, so that another lock is another environment.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyweb_ml.cache import cache_folder, sha256_of
from pyweb_ml.converter import process
from pyweb_ml.errors import ConversionError
from pyweb_ml.progress import Progress, quiet

LOCKS = Path(__file__).parent / "environments"
TIMEOUT = 3600
"""Seconds that making an environment may take."""
_STALE = 24 * 3600
"""Seconds after which what an interrupted installation left is removed."""
_DEFAULT_PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))


@dataclass(frozen=True)
class Recipe:
    """How an environment is made.

    Attributes:
        pythons: the versions of Python for which its packages have wheels, the best first.
        locks: names of lock files, the first that can be installed is taken.
        megabytes: what it takes on disk, measured on x86-64 Linux with Python 3.11; 0 if not measured.
    """

    pythons: tuple[tuple[int, int], ...] = _DEFAULT_PYTHONS
    locks: tuple[str, ...] = ()
    megabytes: int = 0


_RECIPES = {
    "tensorflow": Recipe(_DEFAULT_PYTHONS[:3], megabytes=1400),
    "onnxruntime": Recipe(megabytes=123),
    "opencv": Recipe(megabytes=156),
    # The first is pinned for one Python, and found only where pip knows an index or a folder with CPU builds.
    "torch": Recipe(locks=("torch_cpu", "torch"), megabytes=2100),
}


def python_of(name: str, progress: Progress = quiet, extras: Sequence[str] = ()) -> Path:
    """The interpreter of the environment `name`, which is made if it is not there.

    Args:
        name: that of a lock file in `environments/`.
        progress: told how far the installation is.
        extras: further requirements, each pinned ("name==1.2.3"), which must agree with the lock.

    Raises:
        ConversionError: no Python here fits, or a package cannot be had.
    """
    recipe = _RECIPES.get(name, Recipe())
    locks = [LOCKS / f"{lock}.lock" for lock in recipe.locks or (name,)]
    python = _fitting_python(name, recipe)
    folders = [_folder(name, python, lock, extras) for lock in locks]
    for folder in folders:
        if _interpreter(folder).is_file():
            return _interpreter(folder)
    size = f"about {recipe.megabytes} MB, " if recipe.megabytes else ""
    progress("environment", f"{name} ({size}once)", 0, 0)
    return _make_first(name, python, list(zip(folders, locks, strict=True)), extras, progress)


def run(
    name: str,
    script: Path,
    arguments: Sequence[str | Path],
    progress: Progress = quiet,
    *,
    extras: Sequence[str] = (),
    timeout: float = process.TIMEOUT,
) -> "subprocess.CompletedProcess[str]":
    """Runs a Python file in the environment `name`.

    A line "progress TEXT" of the script's standard output is told to `progress`.

    Raises:
        ConversionError: the environment cannot be made, or the script fails; with the last line of its complaint.
    """
    python = python_of(name, progress, extras)
    # -E and -s: nothing of the user's own packages; the script's folder stays on the path.
    return process.run([python, "-E", "-s", script, *arguments], name, progress, timeout=timeout)


def _make_first(
    name: str, python: str, choices: Sequence[tuple[Path, Path]], extras: Sequence[str], progress: Progress
) -> Path:
    """Makes the first of the choices that can be installed."""
    problems = []
    for folder, lock in choices:
        try:
            return _make(name, python, folder, lock, extras, progress)
        except ConversionError as error:
            problems.append(error)
    raise problems[-1]


def _make(name: str, python: str, folder: Path, lock: Path, extras: Sequence[str], progress: Progress) -> Path:
    """Installs beside the environment's place and moves it there when whole: nobody meets half of one."""
    parent = folder.parent
    parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(parent)
    work = Path(tempfile.mkdtemp(prefix=f".partial-{name}-", dir=parent))
    try:
        _install(name, python, work / "new", lock, extras, progress)
        _move(work / "new", folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return _interpreter(folder)


def _move(made: Path, folder: Path) -> None:
    if folder.exists() and not _interpreter(folder).exists():  # its Python is gone
        shutil.rmtree(folder)
    try:
        os.rename(made, folder)
    except OSError:
        if not _interpreter(folder).is_file():  # else another process was first, with the same
            raise


def _install(name: str, python: str, folder: Path, lock: Path, extras: Sequence[str], progress: Progress) -> None:
    process.run([python, "-I", "-m", "venv", "--without-pip", folder], name, timeout=TIMEOUT)
    total = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    seen: set[str] = set()

    def count(line: str) -> None:
        if line.startswith(("Collecting ", "Downloading ", " Downloading ")):
            seen.add(line)
            progress("environment", name, min(len(seen), total), total)

    own = _installer(_interpreter(folder), lock)
    process.run([*own, "--require-hashes", "-r", lock], name, each_line=count, timeout=TIMEOUT, whole=True)
    if extras:
        process.run([*own, *extras], name, each_line=count, timeout=TIMEOUT, whole=True)


def _installer(python: Path, lock: Path) -> list[str | Path]:
    """uv where it is, since it is several times faster; pip for a CPU build, whose place only pip is told."""
    uv = shutil.which("uv")
    if uv and not lock.stem.endswith("_cpu"):
        return [uv, "pip", "install", "--python", python]
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install"]
    return [*pip, "--disable-pip-version-check", "--no-input", "--progress-bar=off"]


def _folder(name: str, python: str, lock: Path, extras: Sequence[str]) -> Path:
    if not lock.is_file():
        known = ", ".join(sorted(path.stem for path in LOCKS.glob("*.lock")))
        raise ConversionError(f"there is no environment '{name}'; there are {known}")
    version = _said([python, "-c", "import sys; print(sys.version_info[:2], sys.platform)"])
    key = "\n".join([version, lock.read_text(encoding="utf-8"), *extras])
    return cache_folder() / "environments" / f"{lock.stem}-{sha256_of(key.encode())[:16]}"


def _interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _remove_stale(parent: Path) -> None:
    for left in parent.glob(".partial-*"):
        if time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)


def _fitting_python(name: str, recipe: Recipe) -> str:
    """An interpreter of a version that the environment's packages support: ours, or else an installed one."""
    if sys.version_info[:2] in recipe.pythons:
        return sys.executable
    found = next(filter(None, map(_installed_python, recipe.pythons)), None)
    if found is None:
        versions = ", ".join(f"{major}.{minor}" for major, minor in recipe.pythons)
        running = ".".join(map(str, sys.version_info[:2]))
        raise ConversionError(
            f"{name} has no packages for Python {running}; install one of Python {versions} "
            "beside it, so that it is on the path"
        )
    return found


@cache
def _installed_python(version: tuple[int, int]) -> str | None:
    """Where a Python of this version is: on the path, or where uv has put it."""
    text = f"{version[0]}.{version[1]}"
    uv = shutil.which("uv")
    found = [shutil.which(f"python{text}"), uv and _said([uv, "python", "find", "--no-python-downloads", text])]
    print_version = "import sys; print('%d.%d' % sys.version_info[:2])"
    # A shim may stand on the path for a version that is not there: only one that runs counts.
    return next((path for path in found if path and _said([path, "-c", print_version]) == text), None)


def _said(command: Sequence[str]) -> str:
    """What a short command prints; "" if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
