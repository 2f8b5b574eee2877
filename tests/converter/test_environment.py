"""Environments of their own: made once, whole or not at all, and errors that say what to do."""

import sys
from pathlib import Path

import pytest

from pyweb_ml.converter import environment, process
from pyweb_ml.errors import ConversionError
from pyweb_ml.progress import quiet


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Path:
    """A folder of locks for this test alone: "empty" pins nothing, "absent" what no registry has."""
    (tmp_path / "empty.lock").write_text("# nothing\n")
    (tmp_path / "absent.lock").write_text("pywebml-has-no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setattr(environment, "LOCKS", tmp_path)
    return tmp_path


def test_an_environment_is_made_once_and_found_again(locks: Path) -> None:
    stages: list[str] = []
    first = environment.python_of("empty", lambda stage, *_: stages.append(stage))
    assert stages == ["environment"]
    assert environment.python_of("empty", lambda stage, *_: stages.append(stage)) == first
    assert stages == ["environment"]


def test_an_environment_does_not_see_the_packages_of_the_one_that_made_it(locks: Path, tmp_path: Path) -> None:
    script = tmp_path / "look.py"
    script.write_text("import importlib.util\nprint(importlib.util.find_spec('numpy'))\n")
    assert environment.run("empty", script, []).stdout.strip() == "None"


def test_further_packages_get_an_environment_of_their_own_that_sees_the_first(locks: Path, tmp_path: Path) -> None:
    first = environment.python_of("empty")
    packages = next((first.parents[1] / "lib").glob("python*")) / "site-packages"
    (packages / "inner.py").write_text("x = 1\n")
    script = tmp_path / "look.py"
    script.write_text("import inner, packaging\nprint(inner.x, packaging.__version__)\n")
    assert environment.run("empty", script, [], extras=["packaging==24.2"]).stdout.split() == ["1", "24.2"]
    assert environment.python_of("empty") == first


def test_another_lock_is_another_environment(locks: Path) -> None:
    first = environment.python_of("empty")
    (locks / "empty.lock").write_text("# nothing, but otherwise\n")
    assert environment.python_of("empty") != first


def test_an_environment_whose_installation_fails_leaves_nothing(locks: Path, cache: Path) -> None:
    with pytest.raises(ConversionError, match=r"absent: .*pywebml-has-no-such-package"):
        environment.python_of("absent")
    assert list((cache / "environments").iterdir()) == []


def test_an_unknown_environment_is_refused_with_those_that_there_are(locks: Path) -> None:
    with pytest.raises(ConversionError, match="there is no environment 'tensorfow'; there are absent, empty"):
        environment.python_of("tensorfow")


def test_without_a_python_that_fits_the_error_says_which_to_install(
    locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(environment._RECIPES, "empty", environment.Recipe(pythons=((2, 6), (2, 7))))
    with pytest.raises(
        ConversionError, match=r"empty has no packages for Python .*; install one of Python 2.6, 2.7"
    ):
        environment.python_of("empty")


def test_every_environment_that_there_is_has_its_recipe_and_no_address_of_a_registry() -> None:
    for lock in environment.LOCKS.glob("*.lock"):
        assert lock.with_suffix(".in").is_file()
        text = lock.read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") >= text.count("==") > 0


def test_a_program_that_fails_gives_its_last_line() -> None:
    code = "raise ValueError('the layer \"odd\" is unknown')"
    with pytest.raises(ConversionError, match='thing: ValueError: the layer "odd" is unknown'):
        process.run([sys.executable, "-c", code], "thing")


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(ConversionError, match="thing did not finish within 1 s and was ended"):
        process.run([sys.executable, "-c", "import time; time.sleep(60)"], "thing", timeout=1)


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(ConversionError, match="thing: 'pywebml-no-such-program' cannot be started"):
        process.run(["pywebml-no-such-program"], "thing", quiet)


def test_what_a_program_says_of_its_progress_is_told() -> None:
    told: list[tuple[str, str]] = []
    code = "print('progress half way'); print('something else')"
    process.run([sys.executable, "-c", code], "thing", lambda stage, detail, *_: told.append((stage, detail)))
    assert told == [("thing", "half way")]
