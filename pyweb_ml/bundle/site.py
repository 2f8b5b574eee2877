"""Building an app into a site."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyweb_ml.apps import trace_app
from pyweb_ml.bundle.app_archive import app_archive
from pyweb_ml.bundle.asset_file import Asset, asset_of, write_asset
from pyweb_ml.bundle.engines import needs_tflite, write_engines
from pyweb_ml.bundle.first_visit import require_budget
from pyweb_ml.bundle.hosting import keep_own_not_found, write_hosting
from pyweb_ml.bundle.manifest import PythonAssets, manifest_json
from pyweb_ml.bundle.output import replaced_folder, require_replaceable
from pyweb_ml.bundle.pyodide import FOLDER, LOCK, STDLIB, pyodide_files, read_lock
from pyweb_ml.bundle.python_packages import resolve_packages
from pyweb_ml.bundle.report import BuildReport, PinnedPackage
from pyweb_ml.bundle.samples import write_samples
from pyweb_ml.bundle.sealing import names_of_build, seal
from pyweb_ml.bundle.snapshot import Snapshot, SnapshotError, make_snapshot
from pyweb_ml.bundle.twins import write_twins
from pyweb_ml.bundle.web_app import write_web_app
from pyweb_ml.bundle.web_assets import WEB_VARIABLE, require_web, web_folder, write_page
from pyweb_ml.cache import sha256_of
from pyweb_ml.graph.authoring import App, Graph
from pyweb_ml.graph.config import to_json
from pyweb_ml.models import fetch
from pyweb_ml.progress import Progress, quiet
from pyweb_ml.script import script_dependencies

__all__ = ["WEB_VARIABLE", "build_site", "web_folder"]


def build_site(
    app: App[Any, Any],
    out: Path,
    progress: Progress = quiet,
    *,
    web: Path | None = None,
    budget: int | None = None,
    twins: bool = False,
) -> BuildReport:
    """Builds an app into the folder `out`, which any static file server can serve, below any path.

    Until it is whole, `out` stays as it was. A former build in `out` is replaced; what else was put there stays.

    Args:
        web: the compiled web assets; by default those of `web_folder`.
        budget: bytes that the first result may need, as gzip; None: any.
        twins: write `.gz` and `.br` beside the files, too.

    Raises:
        AuthoringError, AppError: the app's pipeline cannot be traced.
        ModelError: a model cannot be had, or is none.
        BuildError: something else that the site needs cannot be had, `out` holds other files, or the site
            is over the budget.
    """
    out = out.absolute()
    require_replaceable(out, of_hosts=True)
    web = web or web_folder()
    require_web(web)
    progress("graph", app.name, 0, 1)
    graph = trace_app(app)
    report = BuildReport(app.title, out)
    with replaced_folder(out, own=names_of_build) as site:
        _write_site(app, graph, site, web, report, progress)
        report.notes += keep_own_not_found(out, site)
        if budget is not None:
            require_budget(site, budget)
        if twins:
            progress("site", "compressed twins", 0, 0)
            write_twins(site)
    return report


def _write_site(
    app: App[Any, Any], graph: Graph, site: Path, web: Path, report: BuildReport, progress: Progress
) -> None:
    write_page(app, web, site, sound=bool(graph.audio))
    write_web_app(app, site)
    write_hosting(site)
    paths = {name: fetch(model, progress) for name, model in graph.models.items()}
    engines = write_engines(site, web, app.backends, paths)
    report.notes += engines.notes
    models = {name: _write_model(path, site, engines.backends) for name, path in paths.items()}
    samples = write_samples(app, site)
    python = _write_python(app, site, web, report, progress) if graph.contracts else None
    progress("site", str(report.out), 0, 1)
    write_asset(site, "graph.json", json.dumps(to_json(graph.config), indent=1).encode())
    write_asset(site, "manifest.json", manifest_json(app, graph, models, engines, python, samples))
    seal(site)


def _write_model(path: Path, site: Path, backends: Sequence[str]) -> Asset:
    """The model as it is; where no backend takes it so, only its name and hash go into the manifest."""
    data = path.read_bytes()
    name = f"models/{sha256_of(data)[:16]}.tflite"
    return write_asset(site, name, data) if needs_tflite(backends) else asset_of(name, data)


def _write_python(
    app: App[Any, Any], site: Path, web: Path, report: BuildReport, progress: Progress
) -> PythonAssets:
    data = app_archive(app.file)
    archive = write_asset(site, f"python/app-{sha256_of(data)[:16]}.zip", data)
    wanted = script_dependencies(app.file)
    core = pyodide_files(progress)
    own = {name: write_asset(site, FOLDER + name, data) for name, data in core.items()}
    packages = []
    for package in resolve_packages(wanted, read_lock(core[LOCK]), progress):
        wheel = package.wheel
        digest = sha256_of(wheel.data)[:16]
        asset = write_asset(site, f"python/packages/{digest}/{wheel.file_name}", wheel.data)
        packages.append((package, asset))
        report.packages.append(PinnedPackage(package.name, package.version, asset.sha256, wheel.source))
    try:
        snapshot = make_snapshot(app.file, core, [package.wheel for package, _ in packages], web, progress)
    except SnapshotError as error:
        report.notes.append(f"the page's Python starts without a snapshot, so later: {error}")
        return PythonAssets(FOLDER, own[STDLIB], None, packages, archive)
    return PythonAssets(FOLDER, own[STDLIB], _write_snapshot(snapshot, site), packages, archive)


def _write_snapshot(snapshot: Snapshot, site: Path) -> dict[str, Any]:
    def write(name: str, data: bytes) -> Asset:
        # Not named ".gz": some hosts would say then that it is compressed, and browsers unpack it.
        return write_asset(site, f"python/{name}-{sha256_of(data)[:16]}.bin", data)

    return snapshot.to_json(write("snapshot", snapshot.delta), write("libraries", snapshot.libraries))
