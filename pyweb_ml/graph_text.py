"""An app's graph as somebody reads it: JSON, MediaPipe's text, or a picture."""

import json
from typing import Any

from pyweb_ml.apps import trace_app
from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.authoring import App
from pyweb_ml.graph.config import GraphConfig, to_json
from pyweb_ml.graph.drawing import draw
from pyweb_ml.graph.pbtxt import to_text
from pyweb_ml.text_app import TextApp


def graph_text(app: App[Any, Any], form: str, *, expand: bool = False) -> str:
    """The graph as "json", "pbtxt" or "svg".

    Args:
        expand: with the nodes of subgraphs in place of those that stand for them. A picture of a graph whose
            types cannot be told, or that breaks a rule, is drawn nevertheless, without types.

    Raises:
        AuthoringError, AppError: the app's pipeline cannot be traced.
        ConfigError: the graph is wrong.
    """
    if form == "svg":
        return _picture(app, expand)
    config = trace_app(app).config if expand or not isinstance(app, TextApp) else app.config
    return json.dumps(to_json(config), indent=2) + "\n" if form == "json" else to_text(config)


def _picture(app: App[Any, Any], expand: bool) -> str:
    if not isinstance(app, TextApp):
        graph = trace_app(app)
        return draw(graph.config, graph.types, title=app.title)
    try:
        graph = app.trace()
    except ConfigError:
        if expand:
            raise
        return draw(app.config, {}, app.find, app.title)
    config: GraphConfig = graph.config if expand else app.config
    return draw(config, graph.types, app.find, app.title)
