"""The graph of an app that is being served, as its page draws it: subgraphs open and close.

An app is loaded in a process of its own, `python -m pyweb_ml.live_graph APP`, which prints what drawings are made
of.
"""

import json
import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any, Final

from pyweb_ml.apps import load_app
from pyweb_ml.errors import PyWebMLError
from pyweb_ml.graph.config import GraphConfig, from_json, to_json
from pyweb_ml.graph.drawing import Find, View, draw
from pyweb_ml.graph_text import drawn_parts

_PATIENCE: Final = 60.0
"""Seconds that an app has to load; it was built before, so that its models are there."""


class LiveGraphError(PyWebMLError):
    """The graph of an app cannot be had."""


@dataclass(frozen=True)
class LiveGraph:
    """What the drawings of a graph are made of; see `pyweb_ml.graph.drawing`."""

    title: str
    config: GraphConfig
    types: Mapping[str, str]
    subgraphs: Mapping[str, GraphConfig]

    def draw(self, closed: Collection[str]) -> str:
        """The graph as SVG with meters; `closed` are the paths of the subgraphs that are drawn closed."""
        view = View(self.subgraphs.get, lambda path: path in closed, has_meters=True)
        return draw(self.config, self.types, view, self.title)


def read_live_graph(spec: str) -> LiveGraph:
    """The graph of the app that `spec` names, as on the command line.

    Raises:
        LiveGraphError: the app cannot be loaded, or takes too long.
    """
    command = [sys.executable, "-m", "pyweb_ml.live_graph", spec]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise LiveGraphError(f"the app '{spec}' has not told its graph within {_PATIENCE:.0f} s") from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it says nothing"]
        raise LiveGraphError(f"the graph of the app '{spec}' cannot be had: {said[-1]}")
    found = json.loads(done.stdout)
    subgraphs = {name: from_json(one) for name, one in found["subgraphs"].items()}
    return LiveGraph(found["title"], from_json(found["config"]), found["types"], subgraphs)


def _described(spec: str) -> dict[str, Any]:
    app = load_app(spec)
    parts = drawn_parts(app)
    subgraphs = {name: to_json(one) for name, one in _reached(parts.config, parts.find).items()}
    return {
        "title": app.title,
        "config": to_json(parts.config),
        "types": dict(parts.types),
        "subgraphs": subgraphs,
    }


def _reached(config: GraphConfig, find: Find) -> dict[str, GraphConfig]:
    """The subgraphs that a graph names, and those that they name."""
    found: dict[str, GraphConfig] = {}
    waiting = [config]
    while waiting:
        for node in waiting.pop().node:
            subgraph = None if node.calculator in found else find(node.calculator)
            if subgraph is not None:
                found[node.calculator] = subgraph
                waiting.append(subgraph)
    return found


def main() -> None:
    """Prints what the drawing of the app that is named is made of, as JSON."""
    try:
        with redirect_stdout(sys.stderr):  # what the app itself prints is no message of ours
            described = _described(sys.argv[1])
    except PyWebMLError as error:
        sys.exit(" ".join(str(error).split()))
    print(json.dumps(described))


if __name__ == "__main__":
    main()
