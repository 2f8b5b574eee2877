"""static/hatch_build.py: builds at once, its npm packages, and a folder of them that is not the checkout's own."""

import shutil
import threading
from contextlib import suppress
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "static" / "hatch_build.py"
SOURCES = (
    "build.mjs",
    "build_live.mjs",
    "build_proof.mjs",
    "build_bench.mjs",
    "package.json",
    "package-lock.json",
)


@pytest.fixture
def hook(tmp_path: Path) -> ModuleType:
    """The script in a checkout whose sources are empty."""
    static = tmp_path / "static"
    (static / "kernels").mkdir(parents=True)
    (static / "kernels" / "build.py").write_text("def build(file): file.touch()")
    (tmp_path / "pyweb_ml").mkdir()
    for file in (*(static / name for name in SOURCES), tmp_path / "pyweb_ml" / "version.py"):
        file.touch()
    spec = spec_from_file_location("hatch_build", shutil.copy(SCRIPT, static))
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_of_two_builds_at_once_one_waits_and_finds_all_done(hook: ModuleType) -> None:
    ran: list[str] = []
    together = threading.Barrier(2)

    def run(program: str, *words: str) -> None:
        ran.append(f"{program} {words[0]}")
        with suppress(threading.BrokenBarrierError):
            together.wait(0.3)
        if program == "npm":
            (hook.STATIC / "node_modules").mkdir()
            (hook.STATIC / "node_modules" / ".package-lock.json").touch()
        for file in (hook.WEB / name for name in hook.REQUIRED):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

    hook.run = run  # type: ignore[attr-defined]  # the module's own function
    builds = [threading.Thread(target=hook.build_web) for _ in range(2)]
    for one in builds:
        one.start()
    for one in builds:
        one.join()
    assert ran == ["npm ci", *(f"node {name}" for name in SOURCES[:4])]


def test_a_linked_folder_of_packages_is_left_as_it_is_and_the_error_says_what_to_do(
    hook: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "package").touch()
    (hook.STATIC / "node_modules").symlink_to(tmp_path / "others")
    with pytest.raises(RuntimeError, match=r"node_modules' is a link, .* would empty .*others'; delete the link"):
        hook.build_web()
    assert (tmp_path / "others" / "package").exists()


def test_packages_are_fetched_once_and_by_the_registry_where_npms_cache_does_not_do(hook: ModuleType) -> None:
    ran: list[str] = []

    def run(program: str, *words: str) -> None:
        ran.append(f"{program} {words[0]} {words[-1]}")
        if "--prefer-offline" in words:
            raise RuntimeError("npm's cache is older than the lock")
        (hook.STATIC / "node_modules").mkdir()
        (hook.STATIC / "node_modules" / ".package-lock.json").touch()

    hook.run = run  # type: ignore[attr-defined]  # the module's own function
    hook.main(["packages"])
    hook.main(["packages"])
    assert ran == ["npm ci --prefer-offline", "npm ci --loglevel=error"]


def test_an_unknown_word_after_the_script_is_refused(hook: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"write nothing or 'packages' after 'hatch_build.py', not 'package'"):
        hook.main(["package"])
