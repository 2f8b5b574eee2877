"""The wheel: built with its web assets inside, it works away from the checkout, without Node.js on the path."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_it_holds_what_a_site_needs_and_no_sources(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    wanted = ["index.html", "widget.js", "worker.js", "kernels.wasm", "litert/litert_wasm_threaded_internal.wasm"]
    assert [name for name in wanted if f"pyweb_ml/web/{name}" not in names] == []
    assert [name for name in names if name.endswith((".ts", ".c")) or "node_modules" in name] == []


def test_it_builds_a_site_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "PATH": "/nowhere"}
    run = [sys.executable, "-P", "-m", "pyweb_ml"]

    def pywebml(*words: str) -> str:
        done = subprocess.run(
            [*run, *words], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    where = [sys.executable, "-P", "-c", "import pyweb_ml; print(pyweb_ml.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert found.stdout.startswith(str(tmp_path / "installed"))
    pywebml("new", "mine")
    pywebml("build", "mine", "-o", "site")
    assert (tmp_path / "site" / "index.html").is_file()
    assert list((tmp_path / "site" / "models").glob("*.tflite"))
