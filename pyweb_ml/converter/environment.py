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
EXISTING_ONLY = "PYWEBML_EXISTING_ENVIRONMENTS"
"""Environment variable; if set, no environment is made: one that is not there is an error with `NOT_YET` in it."""
NOT_YET = "is not installed yet"
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
        extras: further requirements, each pinned ("name==1.2.3"): they get an environment of their own, which sees
            the packages of the first.

    Raises:
        ConversionError: no Python here fits, or a package cannot be had.
    """
    recipe = _RECIPES.get(name, Recipe())
    python = _fitting_python(name, recipe)
    choices = [_locked(LOCKS / f"{lock}.lock", python) for lock in recipe.locks or (name,)]
    made = next((one for one in choices if _interpreter(one.folder).is_file()), None)
    if made is None:
        size = f"about {recipe.megabytes} MB, " if recipe.megabytes else ""
        if os.environ.get(EXISTING_ONLY):
            raise ConversionError(f"{name} {NOT_YET} ({size}once)")
        progress("environment", f"{name} ({size}once)", 0, 0)
        made = _make_first(name, python, choices, progress)
    return _with_extras(name, python, made, extras, progress) if extras else _interpreter(made.folder)


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


@dataclass(frozen=True)
class _Plan:
    """What is to be installed, and where it lies once it is: a lock, or requirements on top of another folder."""

    folder: Path
    lock: Path
    base: Path | None = None
    extras: tuple[str, ...] = ()


def _locked(lock: Path, python: str) -> _Plan:
    if not lock.is_file():
        known = ", ".join(sorted(path.stem for path in LOCKS.glob("*.lock")))
        raise ConversionError(f"there is no environment '{lock.stem}'; there are {known}")
    version = _said([python, "-c", "import sys; print(sys.version_info[:2], sys.platform)"])
    return _Plan(_place(lock.stem, version, lock.read_text(encoding="utf-8")), lock)


def _place(name: str, *contents: str) -> Path:
    return cache_folder() / "environments" / f"{name}-{sha256_of(chr(10).join(contents).encode())[:16]}"


def _with_extras(name: str, python: str, base: _Plan, extras: Sequence[str], progress: Progress) -> Path:
    folder = _place(f"{base.lock.stem}-extras", base.folder.name, *extras)
    if not _interpreter(folder).is_file():
        progress("environment", f"{name} with {', '.join(extras)}", 0, 0)
        _make(name, python, _Plan(folder, base.lock, base.folder, tuple(extras)), progress)
    return _interpreter(folder)


def _make_first(name: str, python: str, choices: Sequence[_Plan], progress: Progress) -> _Plan:
    """Makes the first of the choices that can be installed; gives it."""
    problems = []
    for plan in choices:
        try:
            _make(name, python, plan, progress)
            return plan
        except ConversionError as error:
            problems.append(error)
    raise problems[-1]


def _make(name: str, python: str, plan: _Plan, progress: Progress) -> None:
    """Installs beside the environment's place and moves it there when whole: nobody meets half of one."""
    parent = plan.folder.parent
    parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(parent)
    work = Path(tempfile.mkdtemp(prefix=f".partial-{name}-", dir=parent))
    try:
        process.run([python, "-I", "-m", "venv", "--without-pip", work / "new"], name, timeout=TIMEOUT)
        _install(name, work / "new", plan, progress)
        _move(work / "new", plan.folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _move(made: Path, folder: Path) -> None:
    if folder.exists() and not _interpreter(folder).exists():  # its Python is gone
        shutil.rmtree(folder)
    try:
        os.rename(made, folder)
    except OSError:
        if not _interpreter(folder).is_file():  # else another process was first, with the same
            raise


def _install(name: str, folder: Path, plan: _Plan, progress: Progress) -> None:
    total = sum("==" in line for line in plan.lock.read_text(encoding="utf-8").splitlines())
    seen: set[str] = set()

    def count(line: str) -> None:
        if line.startswith(("Collecting ", "Downloading ", " Downloading ")):
            seen.add(line)
            progress("environment", name, min(len(seen), total), total)

    python = _interpreter(folder)
    if plan.base:
        (_packages(folder) / "base.pth").write_text(f"{_packages(plan.base)}\n", encoding="utf-8")
        # Only pip looks for what is there along the path.
        words = [*_pip(python), *plan.extras]
    else:
        words = [*_installer(python, plan.lock), "--require-hashes", "-r", plan.lock]
    process.run(words, name, each_line=count, timeout=TIMEOUT, whole=True)


def _installer(python: Path, lock: Path) -> list[str | Path]:
    """uv where it is, since it is several times faster; pip for a CPU build, whose place only pip is told."""
    uv = shutil.which("uv")
    return [uv, "pip", "install", "--python", python] if uv and not lock.stem.endswith("_cpu") else _pip(python)


def _pip(python: Path) -> list[str | Path]:
    # Python compiles a module when it is first imported; of a framework's thousands that is a few.
    words = ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "--no-compile"]
    return [sys.executable, "-m", "pip", "--python", python, "install", *words]


def _packages(folder: Path) -> Path:
    """Where an environment's packages lie."""
    if sys.platform == "win32":
        return folder / "Lib" / "site-packages"
    return next((folder / "lib").glob("python*")) / "site-packages"


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
