from pathlib import Path

import pytest

from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site
from pyweb_ml.bundle.first_visit import first_visit
from pyweb_ml.errors import BuildError


def test_the_first_visit_fetches_one_build_of_the_engine_and_nothing_that_comes_later(
    model_app: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    build_site(load_app(str(model_app)), site)
    paths = [one.path for one in first_visit(site)]
    names = [Path(path).name for path in paths]
    assert [name for name in names if name.endswith(".wasm")] == [
        "litert_wasm_threaded_internal.wasm",
        "kernels.wasm",
    ]
    assert {"index.html", "page.js", "widget.js", "worker.js", "litert-wasm.js", "manifest.json"} <= set(names)
    assert not any(
        "tfjs" in path or "python" in path or name == "runtime.js" for path, name in zip(paths, names, strict=True)
    )


def test_a_site_over_its_budget_is_not_written_and_its_largest_files_are_named(
    model_app: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    reason = (
        r"^the first result needs 3\.\d\d MB as gzip, which is 2\.\d\d MB over the budget of 1\.00 MB; "
        r"the largest: 'engine/\w+/litert/litert_wasm_threaded_internal\.wasm' 2\.\d\d MB, "
    )
    with pytest.raises(BuildError, match=reason):
        build_site(load_app(str(model_app)), site, budget=1_000_000)
    assert not site.exists()
    build_site(load_app(str(model_app)), site, budget=10_000_000)
    assert (site / "index.html").is_file()
