import json
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site, wheels
from pyweb_ml.bundle.pyodide import FILES, FOLDER, LOCK, read_lock
from pyweb_ml.cache import sha256_of
from pyweb_ml.errors import BuildError
from pyweb_ml.progress import quiet

pytestmark = pytest.mark.network


def test_the_site_of_an_app_with_python_holds_pyodide_and_its_packages(
    python_app: Path, web: Path, tmp_path: Path
) -> None:
    python_app.write_text("# /// script\n# dependencies = ['six']\n# ///\n" + python_app.read_text())
    out = tmp_path / "site"
    build_site(load_app(str(python_app)), out, web=web)
    python = json.loads((out / "manifest.json").read_text())["python"]
    assert python["pyodide"] == FOLDER
    assert {name: sha256_of((out / FOLDER / name).read_bytes()) for name in FILES} == FILES
    lock = read_lock((out / FOLDER / LOCK).read_bytes())
    assert [one["name"] for one in python["packages"]] == ["numpy", "six"]
    for asset in (*python["packages"], python["app"]):
        data = (out / asset["path"]).read_bytes()
        assert (len(data), sha256_of(data)) == (asset["bytes"], asset["sha256"])
    assert [one["sha256"] for one in python["packages"]] == [lock[name].sha256 for name in ("numpy", "six")]
    assert python["calculators"] == {"negative": {"module": "app"}}


def test_a_pure_package_comes_from_pypi_and_any_other_is_refused() -> None:
    wheel = wheels.pure_wheel(Requirement("humanize==4.12.3"), quiet)
    assert wheel.file_name == "humanize-4.12.3-py3-none-any.whl"
    assert b"Name: humanize" in wheels.wheel_metadata(wheel)
    with pytest.raises(BuildError, match=r"'greenlet' cannot run in the page: .* no pure-Python wheel"):
        wheels.pure_wheel(Requirement("greenlet"), quiet)
