"""Building an app into a site."""

import html
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyweb_ml.apps import trace_app
from pyweb_ml.bundle.app_archive import PACKAGE, app_archive
from pyweb_ml.bundle.asset_file import Asset, asset_of, write_asset
from pyweb_ml.bundle.engines import FOLDERS, needs_tflite, write_engines
from pyweb_ml.bundle.manifest import PythonAssets, manifest_json
from pyweb_ml.bundle.output import replaced_folder, require_replaceable
from pyweb_ml.bundle.pyodide import LOCK, pyodide_files, read_lock
from pyweb_ml.bundle.python_packages import resolve_packages
from pyweb_ml.bundle.report import BuildReport, PinnedPackage
from pyweb_ml.bundle.samples import write_samples
from pyweb_ml.cache import sha256_of
from pyweb_ml.errors import BuildError
from pyweb_ml.graph.authoring import App
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
        paths = {name: fetch(model, progress) for name, model in graph.models.items()}
        engines = write_engines(site, web, app.backends, paths)
        report.notes += engines.notes
        models = {name: _write_model(path, site, engines.backends) for name, path in paths.items()}
        samples = write_samples(app, site)
        python = _write_python(app, site, report, progress) if graph.contracts else None
        progress("site", str(out), 0, 1)
        write_asset(site, "graph.json", json.dumps(to_json(graph.config), indent=1).encode())
        write_asset(site, "manifest.json", manifest_json(app, graph, models, engines, python, samples))
    return report


def _require_web(web: Path) -> None:
    missing = [name for name in ("index.html", "worker.js", "widget.js") if not (web / name).is_file()]
    if missing:
        raise BuildError(
            f"the compiled web assets lack '{missing[0]}' (in '{web}'); in a checkout, make them with "
            "'python static/hatch_build.py'; otherwise install pywebml again"
        )


def _write_page(app: App[Any, Any], web: Path, site: Path) -> None:
    shutil.copytree(web, site, dirs_exist_ok=True, ignore=_but_engines(web))
    index = site / "index.html"
    text = index.read_text(encoding="utf-8")
    for key, value in (("title", app.title), ("description", app.description)):
        text = text.replace("{{" + key + "}}", html.escape(value))
    index.write_text(text, encoding="utf-8")


def _but_engines(web: Path) -> Callable[[str, list[str]], Sequence[str]]:
    """Leaves out the folders of which a site gets only a part."""
    return lambda folder, _: FOLDERS if Path(folder) == web else ()


def _write_model(path: Path, site: Path, backends: Sequence[str]) -> Asset:
    """The model as it is; where no backend takes it so, only its name and hash go into the manifest."""
    data = path.read_bytes()
    name = f"models/{sha256_of(data)[:16]}.tflite"
    return write_asset(site, name, data) if needs_tflite(backends) else asset_of(name, data)


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
