"""Building an app into a site."""

import html
import json
import os
import shutil
from pathlib import Path
from typing import Any

from pyweb_ml.apps import trace_app
from pyweb_ml.bundle.app_archive import PACKAGE, app_archive
from pyweb_ml.bundle.asset_file import Asset, write_asset
from pyweb_ml.bundle.manifest import PythonAssets, manifest_json
from pyweb_ml.bundle.output import replaced_folder, require_replaceable
from pyweb_ml.bundle.pyodide import LOCK, pyodide_files, read_lock
from pyweb_ml.bundle.python_packages import resolve_packages
from pyweb_ml.bundle.report import BuildReport, PinnedPackage
from pyweb_ml.bundle.samples import write_samples
from pyweb_ml.cache import sha256_of
from pyweb_ml.errors import BuildError
from pyweb_ml.graph.authoring import App, Graph
from pyweb_ml.graph.config import to_json
from pyweb_ml.models import fetch
from pyweb_ml.progress import Progress, quiet
from pyweb_ml.script import script_dependencies

WEB_VARIABLE = "PYWEBML_WEB"
"""Environment variable that names other compiled web assets than the package's own; for work on those."""

PYODIDE = "python/pyodide/"


def web_folder() -> Path:
    """The compiled page and worker, which every site gets a copy of."""
    return Path(os.environ.get(WEB_VARIABLE) or PACKAGE / "web").absolute()


def build_site(
    app: App[Any, Any], out: Path, progress: Progress = quiet, *, web: Path | None = None
) -> BuildReport:
    """Builds an app into the folder `out`, which any static file server can serve, below any path.

    Until it is whole, `out` stays as it was. A former build in `out` is replaced.

    Args:
        web: the compiled web assets; by default those of `web_folder`.

    Raises:
        AuthoringError, AppError: the app's pipeline cannot be traced.
        ModelError: a model cannot be had, or is none.
        BuildError: something else that the site needs cannot be had, or `out` holds other files.
    """
    out = out.absolute()
    require_replaceable(out)
    web = web or web_folder()
    _require_web(web)
    progress("graph", app.name, 0, 1)
    graph = trace_app(app)
    report = BuildReport(app.title, out)
    with replaced_folder(out) as site:
        _write_page(app, web, site)
        models = {name: _write_model(name, graph, site, progress) for name in graph.models}
        samples = write_samples(app, site)
        python = _write_python(app, site, report, progress) if graph.contracts else None
        progress("site", str(out), 0, 1)
        write_asset(site, "graph.json", json.dumps(to_json(graph.config), indent=1).encode())
        write_asset(site, "manifest.json", manifest_json(app, graph, models, python, samples))
    return report


def _require_web(web: Path) -> None:
    missing = [name for name in ("index.html", "worker.js", "widget.js") if not (web / name).is_file()]
    if missing:
        raise BuildError(
            f"the compiled web assets lack '{missing[0]}' (in '{web}'); in a checkout, make them with "
            "'python static/hatch_build.py'; otherwise install pywebml again"
        )


def _write_page(app: App[Any, Any], web: Path, site: Path) -> None:
    shutil.copytree(web, site, dirs_exist_ok=True)
    index = site / "index.html"
    text = index.read_text(encoding="utf-8")
    for key, value in (("title", app.title), ("description", app.description)):
        text = text.replace("{{" + key + "}}", html.escape(value))
    index.write_text(text, encoding="utf-8")


def _write_model(name: str, graph: Graph, site: Path, progress: Progress) -> Asset:
    data = fetch(graph.models[name], progress).read_bytes()
    return write_asset(site, f"models/{sha256_of(data)[:16]}.tflite", data)


def _write_python(app: App[Any, Any], site: Path, report: BuildReport, progress: Progress) -> PythonAssets:
    archive = write_asset(site, "python/app.zip", app_archive(app.file))
    wanted = script_dependencies(app.file)
    core = pyodide_files(progress)
    for name, data in core.items():
        write_asset(site, PYODIDE + name, data)
    packages = []
    for package in resolve_packages(wanted, read_lock(core[LOCK]), progress):
        wheel = package.wheel
        asset = write_asset(site, f"python/packages/{wheel.file_name}", wheel.data)
        packages.append((package, asset))
        report.packages.append(PinnedPackage(package.name, package.version, asset.sha256, wheel.source))
    return PythonAssets(PYODIDE, packages, archive)
