import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pyweb_ml.bundle import python_packages, wheels
from pyweb_ml.bundle.pyodide import LockedPackage, pyodide_files
from pyweb_ml.bundle.python_packages import resolve_packages
from pyweb_ml.bundle.wheels import Wheel, locked_wheel
from pyweb_ml.cache import sha256_of
from pyweb_ml.errors import BuildError
from pyweb_ml.progress import quiet
from pyweb_ml.sources import SourceError


def locked(name: str, *depends: str, version: str = "1.0") -> LockedPackage:
    return LockedPackage(name, version, f"{name}-{version}-py3-none-any.whl", sha256_of(name.encode()), depends)


LOCKED = {
    package.name: package
    for package in (
        locked("numpy", version="2.4.3"),
        locked("b", "c"),
        locked("c", "numpy"),
        locked("loop", "loop"),
    )
}


@pytest.fixture(autouse=True)
def _packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages made of their names; on PyPI there are "pure", which needs "other" and "c", and "other"."""
    needs = {"pure": ["other>=2", "c", "windows ; sys_platform == 'win32'", "more ; extra == 'all'"], "other": []}

    def lock(package: LockedPackage, *_: object) -> Wheel:
        return Wheel(package.file_name, package.name.encode(), "lock")

    def pure(requirement: Requirement, _: object) -> Wheel:
        return Wheel(f"{requirement.name}-2.0-py3-none-any.whl", requirement.name.encode(), "PyPI")

    def metadata(wheel: Wheel) -> bytes:
        lines = ["Metadata-Version: 2.1", f"Name: {wheel.data.decode()}", "Version: 2.0"]
        lines += [f"Requires-Dist: {one}" for one in needs[wheel.data.decode()]]
        return "\n".join(lines).encode()

    monkeypatch.setattr(python_packages, "locked_wheel", lock)
    monkeypatch.setattr(python_packages, "pure_wheel", pure)
    monkeypatch.setattr(python_packages, "wheel_metadata", metadata)


def names(*requirements: str, lock: Mapping[str, LockedPackage] = LOCKED) -> list[str]:
    return [package.name for package in resolve_packages(map(Requirement, requirements), lock, quiet)]


def test_numpy_is_always_there_and_dependencies_come_first() -> None:
    assert names() == ["numpy"]
    assert names("b") == ["numpy", "c", "b"]
    assert names("B>=1", "c", "numpy") == ["numpy", "c", "b"]
    assert names("loop") == ["numpy", "loop"]


def test_pure_packages_bring_what_they_need_in_the_page() -> None:
    assert names("pure") == ["numpy", "other", "c", "pure"]


def test_our_own_package_and_those_for_other_platforms_are_left_out() -> None:
    assert names("pywebml", "b ; sys_platform == 'linux'", "c ; sys_platform == 'emscripten'") == ["numpy", "c"]


def test_a_version_that_pyodide_does_not_have_is_refused() -> None:
    with pytest.raises(BuildError, match=r"'b>=2' is asked for, but Pyodide .* has b 1\.0"):
        names("b>=2")
    with pytest.raises(BuildError, match=r"'numpy<2' is asked for, but numpy 2\.4\.3 is chosen already"):
        names("numpy<2")


@pytest.fixture
def no_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bytes:
        raise SourceError("no route")

    monkeypatch.setattr(wheels, "read_url", refuse)


def test_a_wheel_of_the_distribution_has_the_locks_hash(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "read_url", lambda *_: b"numpy")
    wheel = locked_wheel(LOCKED["numpy"], (), quiet)
    assert (wheel.data, wheel.source) == (b"numpy", "Pyodide's distribution")
    assert locked_wheel(LOCKED["numpy"], (), quiet).source == "the cache"
    monkeypatch.setattr(wheels, "read_url", lambda *_: b"forged")
    monkeypatch.setattr(wheels, "pip_download", _no_pip)
    with pytest.raises(BuildError, match=r"'c' cannot be fetched: .* cannot be had \(no pip\)"):
        locked_wheel(LOCKED["c"], (), quiet)


def _no_pip(*_: object) -> Path:
    raise SourceError("no pip")


@pytest.mark.usefixtures("no_distribution")
def test_the_carrier_gives_all_wheels_of_the_lock_at_once_and_is_not_kept(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def download(folder: str, _: object) -> Path:
        with zipfile.ZipFile(Path(folder) / "carrier.whl", "w") as archive:
            for name in ("numpy", "b", "stranger"):
                archive.writestr(f"deep/{name}.whl", name)
        return Path(folder) / "carrier.whl"

    monkeypatch.setattr(wheels, "pip_download", download)
    hashes = {package.sha256 for package in LOCKED.values()}
    assert locked_wheel(LOCKED["numpy"], hashes, quiet).data == b"numpy"
    assert {path.name for path in cache.iterdir()} == {LOCKED["numpy"].sha256, LOCKED["b"].sha256}
    with pytest.raises(BuildError, match=r"'c' cannot be fetched: .* does not carry it"):
        locked_wheel(LOCKED["c"], hashes, quiet)


def test_pyodides_files_must_be_the_pinned_ones(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyweb_ml.bundle.pyodide.npm_package", lambda *_: b"")
    monkeypatch.setattr("pyweb_ml.bundle.pyodide.read_tar_member", lambda *_: b"forged")
    with pytest.raises(BuildError, match=r"npm's 'pyodide.mjs' of Pyodide .* is not the pinned file"):
        pyodide_files(quiet)
    assert not cache.exists()
