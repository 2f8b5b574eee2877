"""`manifest.json`: what the page learns first of a built site. Its types are in static/src/manifest.ts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pyweb_ml.bundle.asset_file import Asset
from pyweb_ml.bundle.engines import Engines
from pyweb_ml.bundle.python_packages import ALWAYS, SitePackage
from pyweb_ml.bundle.samples import Sample
from pyweb_ml.graph.authoring import App, Graph

FORMAT = 1


@dataclass(frozen=True)
class PythonAssets:
    """The page's Python: Pyodide's folder, its standard library's zip, what the manifest says of a snapshot, if
    there is one, the packages in the order of their installation, and the app's zip."""

    pyodide: str
    stdlib: Asset
    snapshot: dict[str, Any] | None
    packages: Sequence[tuple[SitePackage, Asset]]
    app: Asset

    def to_json(self, graph: Graph) -> dict[str, Any]:
        modules = {name: {"module": contract.work.__module__} for name, contract in graph.contracts.items()}
        return {
            "pyodide": self.pyodide,
            "stdlib": asdict(self.stdlib),
            "snapshot": self.snapshot,
            "packages": [_package(package.name, asset) for package, asset in self.packages],
            "app": asdict(self.app),
            "calculators": modules,
        }


def _package(name: str, asset: Asset) -> dict[str, Any]:
    # Of other packages nobody here knows which files they read besides their modules.
    return {"name": name, "later": name == ALWAYS.name, **asdict(asset)}


def manifest_json(
    app: App[Any, Any],
    graph: Graph,
    models: dict[str, Asset],
    engines: Engines,
    python: PythonAssets | None,
    samples: Sequence[Sample],
) -> bytes:
    """The manifest as JSON text."""
    manifest = {
        "format": FORMAT,
        "name": app.name,
        "title": app.title,
        "description": app.description,
        "inputs": graph.inputs,
        "outputs": graph.outputs,
        "controls": [control.to_json(name) for name, control in graph.controls.items()],
        "audio": next((asdict(format) for format in graph.audio.values()), None),
        "models": {name: asdict(asset) for name, asset in models.items()},
        "engines": engines.to_json(),
        "python": python.to_json(graph) if python else None,
        "samples": [asdict(sample) for sample in samples],
    }
    return json.dumps(manifest, indent=1, ensure_ascii=False).encode()
