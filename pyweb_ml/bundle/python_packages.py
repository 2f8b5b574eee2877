"""Which Python packages the page needs, in the order in which they are to be installed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from packaging.metadata import InvalidMetadata, Metadata
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from pyweb_ml.bundle.pyodide import PYTHON_VERSION, VERSION, LockedPackage
from pyweb_ml.bundle.wheels import Wheel, locked_wheel, pure_wheel, wheel_metadata
from pyweb_ml.errors import BuildError
from pyweb_ml.progress import Progress

ALWAYS = Requirement("numpy")
"""What pyweb_ml's own payloads are made of."""

_OURS = ("pywebml", "pyweb-ml")
_PAGE = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "python_full_version": f"{PYTHON_VERSION}.0",
    "python_version": PYTHON_VERSION,
    "sys_platform": "emscripten",
}
"""What environment markers say in the page's Python; https://peps.python.org/pep-0776/ gives the values."""


@dataclass(frozen=True)
class SitePackage:
    """A package that goes into the site."""

    name: str
    version: str
    wheel: Wheel


@dataclass
class _Resolver:
    lock: Mapping[str, LockedPackage]
    progress: Progress
    found: dict[str, SitePackage] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)

    def add(self, requirement: Requirement, extras: Collection[str] = ()) -> None:
        """Adds what a requirement asks for, after what that needs; `extras` are those of who asks."""
        name = canonicalize_name(requirement.name)
        if name in _OURS or not _applies(requirement, extras):
            return
        if name in self.entered:
            self._require_version(requirement, name)
        elif name in self.lock:
            self._add_locked(requirement, name)
        else:
            self._add_pure(requirement, name)

    def _add_locked(self, requirement: Requirement, name: str) -> None:
        package = self.lock[name]
        if not requirement.specifier.contains(package.version, prereleases=True):
            raise BuildError(
                f"'{requirement}' is asked for, but Pyodide {VERSION} has {name} {package.version}; "
                "change the version in the '# /// script' block"
            )
        self.entered.add(name)
        for other in package.depends:
            self.add(Requirement(other))
        hashes = {one.sha256 for one in self.lock.values()}
        wheel = locked_wheel(package, hashes, self.progress)
        self.found[name] = SitePackage(name, package.version, wheel)

    def _add_pure(self, requirement: Requirement, name: str) -> None:
        self.entered.add(name)
        wheel = pure_wheel(requirement, self.progress)
        for other in _requirements_of(wheel):
            self.add(other, requirement.extras)
        self.found[name] = SitePackage(name, str(parse_wheel_filename(wheel.file_name)[1]), wheel)

    def _require_version(self, requirement: Requirement, name: str) -> None:
        chosen = self.found.get(name)
        if chosen and not requirement.specifier.contains(chosen.version, prereleases=True):
            raise BuildError(
                f"'{requirement}' is asked for, but {name} {chosen.version} is chosen already; "
                "state one version that suits all in the '# /// script' block"
            )


def resolve_packages(
    requirements: Iterable[Requirement], lock: Mapping[str, LockedPackage], progress: Progress
) -> list[SitePackage]:
    """The wheels of numpy and of all requirements, with what they need in turn; dependencies come first.

    Raises:
        BuildError: a package cannot be had, does not run in the page, or two wanted versions do not agree.
    """
    resolver = _Resolver(lock, progress)
    for requirement in (ALWAYS, *requirements):
        resolver.add(requirement)
    return list(resolver.found.values())


def _applies(requirement: Requirement, extras: Collection[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**_PAGE, "extra": extra}) for extra in extras or ("",))


def _requirements_of(wheel: Wheel) -> list[Requirement]:
    try:
        metadata = Metadata.from_email(wheel_metadata(wheel), validate=False)
        return metadata.requires_dist or []
    except (InvalidMetadata, ExceptionGroup) as error:
        raise BuildError(f"the metadata of '{wheel.file_name}' cannot be read: {error}") from error
