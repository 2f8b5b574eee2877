import gzip
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pyweb_ml.bundle.pyodide import LOCK, pyodide_files, read_lock
from pyweb_ml.bundle.python_packages import resolve_packages
from pyweb_ml.bundle.snapshot import SnapshotError, make_snapshot
from pyweb_ml.bundle.web_assets import web_folder
from pyweb_ml.progress import quiet

pytestmark = pytest.mark.network


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "app.py"
    path.write_text("import json\nimport numpy.polynomial\n")
    return path


def test_a_snapshot_is_what_memory_lacks_and_the_libraries_it_counts_on_and_made_once(app: Path) -> None:
    core = pyodide_files(quiet)
    wheels = [one.wheel for one in resolve_packages([Requirement("numpy")], read_lock(core[LOCK]), quiet)]
    snapshot = make_snapshot(app, core, wheels, web_folder(), quiet)
    facts = snapshot.facts
    delta, libraries = gzip.decompress(snapshot.delta), gzip.decompress(snapshot.libraries)
    assert len(delta) == facts["pages"] * (4 + 4096)
    assert len(libraries) == sum(one["bytes"] for one in facts["libraries"])
    assert libraries[:4] == b"\0asm"
    names = [Path(one["path"]).name.partition(".")[0] for one in facts["libraries"]]
    assert names[:2] == ["_multiarray_umath", "_umath_linalg"]
    assert {path for _, path in facts["handles"]} == {one["path"] for one in facts["libraries"]}
    assert b"numpy.polynomial.chebyshev" in delta

    stages: list[str] = []
    again = make_snapshot(app, core, wheels, web_folder(), lambda stage, *_: stages.append(stage))
    assert again == snapshot
    assert stages == []


def test_where_the_script_that_makes_it_is_missing_there_is_no_snapshot_and_it_says_so(
    app: Path, tmp_path: Path
) -> None:
    with pytest.raises(SnapshotError, match=r"^the compiled web assets lack 'node/snapshot\.mjs'$"):
        make_snapshot(app, {}, [], tmp_path, quiet)


def test_a_pyodide_that_does_not_run_under_node_is_the_reason(app: Path) -> None:
    core = dict.fromkeys(pyodide_files(quiet), b"broken(")
    with pytest.raises(SnapshotError, match=r"^Node\.js ends with status 1$"):
        make_snapshot(app, core, [], web_folder(), quiet)
