"""An app's graph as somebody reads it: JSON, MediaPipe's text, or a picture."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyweb_ml.apps import trace_app
from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.authoring import App
from pyweb_ml.graph.config import GraphConfig, to_json
from pyweb_ml.graph.drawing import Find, View, draw
from pyweb_ml.graph.pbtxt import to_text
from pyweb_ml.text_app import TextApp


def graph_text(app: App[Any, Any], form: str, *, expand: bool = False, fold: bool = False) -> str:
    """The graph as "json", "pbtxt" or "svg".

    Args:
        expand: with the nodes of subgraphs in place of those that stand for them. A picture of a graph whose
            types cannot be told, or that breaks a rule, is drawn nevertheless, without types.
        fold: in a picture, a subgraph is one box; otherwise its own graph is drawn within.

    Raises:
        AuthoringError, AppError: the app's pipeline cannot be traced.
        ConfigError: the graph is wrong.
    """
    if form == "svg":
        parts = drawn_parts(app, expand)
        return draw(parts.config, parts.types, View(parts.find, lambda _: fold), app.title)
    config = trace_app(app).config if expand or not isinstance(app, TextApp) else app.config
    return json.dumps(to_json(config), indent=2) + "\n" if form == "json" else to_text(config)


@dataclass(frozen=True)
class DrawnParts:
    """What a picture of a graph is made of; see `pyweb_ml.graph.drawing`."""

    config: GraphConfig
    types: Mapping[str, str]
    find: Find = lambda _: None


def drawn_parts(app: App[Any, Any], expand: bool = False) -> DrawnParts:
    """What an app's picture is made of; `expand` and errors as in `graph_text`."""
    if not isinstance(app, TextApp):
        graph = trace_app(app)
        return DrawnParts(graph.config, graph.types)
    try:
        graph = app.trace()
    except ConfigError:
        if expand:
            raise
        return DrawnParts(app.config, {}, app.find)
    return DrawnParts(graph.config if expand else app.config, graph.types, app.find)
