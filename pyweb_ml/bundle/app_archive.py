"""The zip of Python modules that the page's Python imports the app from."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pyweb_ml.apps import local_modules
from pyweb_ml.errors import BuildError

PACKAGE = Path(__file__).parents[1]
_OWN_FILES = ("__init__.py", "errors.py", "later_modules.py", "page.py", "version.py")
_OWN_FOLDERS = ("calculators", "graph")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the zip (the earliest that a zip can state), so that equal apps give equal bytes."""


def app_archive(file: Path) -> bytes:
    """The app's module, the modules beside it that it imports, and as much of pyweb_ml as they need.

    Raises:
        BuildError: one of the modules would hide pyweb_ml, or pyweb_ml is not installed whole.
    """
    members = dict(_own_modules())
    for path in local_modules(file):
        name = path.relative_to(file.parent).as_posix()
        if name.partition("/")[0] in ("pyweb_ml", "pyweb_ml.py"):
            raise BuildError(f"'{path}' would hide the package pyweb_ml; rename it")
        members[name] = path
    return _zip({name: members[name].read_bytes() for name in sorted(members)})


def own_archive() -> bytes:
    """As much of pyweb_ml as apps need, without an app."""
    return _zip({name: path.read_bytes() for name, path in sorted(_own_modules())})


def _own_modules() -> Iterator[tuple[str, Path]]:
    files = [PACKAGE / name for name in _OWN_FILES]
    for folder in _OWN_FOLDERS:
        files += (path for path in (PACKAGE / folder).rglob("*") if path.suffix in (".py", ".json"))
    for file in files:
        if not file.is_file():
            raise BuildError(f"'{file}' is missing; install pyweb_ml again")
        yield file.relative_to(PACKAGE.parent).as_posix(), file


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return buffer.getvalue()
