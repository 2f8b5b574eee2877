"""Modules whose files come later: on a file system to which they come when the first of them is imported."""

import importlib
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pyweb_ml.later_modules import LaterModules


class Later:
    """A folder of packages which is empty until it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0
        self.error: Exception | None = None

    def bring(self, sha256: Any) -> None:
        self.asked += 1
        # sha256 of nothing: FIPS 180-4
        assert sha256(SimpleNamespace(to_py=lambda: b"")).startswith("e3b0c44298fc1c149afbf4c8996fb924")
        if self.error:
            raise self.error
        (self.folder / "pywebml_later").mkdir()
        (self.folder / "pywebml_later" / "__init__.py").write_text("HERE = 1\n")
        (self.folder / "pywebml_later" / "inner.py").write_text("HERE = 2\n")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "pywebml_own.py").write_text("HERE = 3\n")
    return folder


@pytest.fixture
def later(tmp_path: Path, app: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Later]:
    packages = tmp_path / "packages"
    packages.mkdir()
    monkeypatch.syspath_prepend(str(packages))
    monkeypatch.syspath_prepend(str(app))
    yield Later(packages)
    for name in [name for name in sys.modules if name.startswith("pywebml_")]:
        del sys.modules[name]


@pytest.fixture
def modules(app: Path, later: Later) -> Iterator[LaterModules]:
    finder = LaterModules(later.bring, str(app))
    yield finder
    finder.end()


@pytest.mark.usefixtures("modules")
def test_the_apps_own_modules_and_what_is_imported_or_built_in_bring_nothing(later: Later) -> None:
    assert importlib.import_module("pywebml_own").HERE == 3
    importlib.import_module("json")
    sys.modules.pop("_symtable", None)
    importlib.import_module("_symtable")
    assert later.asked == 0


@pytest.mark.usefixtures("modules")
def test_the_first_other_module_brings_the_files_once_and_then_all_are_found(later: Later) -> None:
    assert importlib.import_module("pywebml_later").HERE == 1
    assert importlib.import_module("pywebml_later.inner").HERE == 2
    assert later.asked == 1


@pytest.mark.usefixtures("modules")
def test_a_module_that_is_nowhere_is_still_no_module(later: Later) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'pywebml_nowhere'$"):
        importlib.import_module("pywebml_nowhere")
    assert later.asked == 1


@pytest.mark.usefixtures("modules")
def test_files_that_cannot_be_had_are_an_import_error_that_says_so_and_the_next_import_asks_again(
    later: Later,
) -> None:
    later.error = OSError("'lib.zip' could not be fetched")
    with pytest.raises(ImportError, match=r"^no module 'pywebml_later': 'lib\.zip' could not be fetched$"):
        importlib.import_module("pywebml_later")
    later.error = None
    assert importlib.import_module("pywebml_later").HERE == 1


def test_when_the_files_have_come_by_themselves_modules_are_found_as_ever(
    later: Later, modules: LaterModules
) -> None:
    assert sys.meta_path.index(modules) == sys.meta_path.index(PathFinder) - 1
    later.bring(lambda _: "e3b0c44298fc1c149afbf4c8996fb924")
    modules.end()
    modules.end()
    assert modules not in sys.meta_path
    assert importlib.import_module("pywebml_later").HERE == 1
    assert later.asked == 1
