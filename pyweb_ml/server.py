"""`pywebml serve`: apps in the browser, built anew at each change."""

import json
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
from werkzeug.serving import WSGIRequestHandler, make_server

from pyweb_ml.apps import find_app_file
from pyweb_ml.errors import PyWebMLError
from pyweb_ml.live_graph import LiveGraphError
from pyweb_ml.live_site import LiveSite, State
from pyweb_ml.live_sites import LiveSites, is_gallery

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with every answer. The first two isolate the page from other origins, which is the condition for
SharedArrayBuffer and so for threads: https://html.spec.whatwg.org/multipage/document-sequences.html"""

FOR_OTHERS = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Sent with an app's own files, as with those of a built site: a page of another origin may show its widget."""

FOR_ITSELF = {"Cross-Origin-Resource-Policy": "same-origin"}
"""Sent with everything else."""

MIME_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".tflite": "application/octet-stream",
    ".wasm": "application/wasm",
    ".whl": "application/octet-stream",
    ".zip": "application/zip",
}
"""By file name ending, where what the system's table says must not matter."""

OWN_FILES = ("reload.js", "serve.css")
TEMPLATES = Path(__file__).parent / "templates"
LIVE = Path(__file__).parent / "live"
"""What an app's page has beside the app while it is developed, as static/build_live.mjs makes it."""
SCREENSHOT = "screenshot.jpg"
"""Beside an app's file: what the gallery shows of it, rather than its first sample."""
HEARTBEAT = 15.0
"""Seconds after which an event stream without events says that it lives."""


class ServeError(PyWebMLError):
    """The server cannot start."""


def make_flask_app(sites: LiveSites) -> flask.Flask:
    """The web application: the apps below their names, and what the server adds below "/_pywebml/"."""
    web = flask.Flask("pyweb_ml", template_folder="templates", static_folder=None)
    web.after_request(_with_headers)
    web.add_url_rule("/_pywebml/<name>", "own", _own_file)
    web.add_url_rule("/_pywebml/live/<name>", "live", lambda name: _send(LIVE, name))
    web.add_url_rule("/_pywebml/graph/", "graph", lambda: _drawing(_site(sites, "")))
    web.add_url_rule("/_pywebml/graph/<key>", "app_graph", lambda key: _drawing(_site(sites, key)))
    web.add_url_rule("/_pywebml/events/", "events", lambda: _events(sites, ""))
    web.add_url_rule("/_pywebml/events/<key>", "app_events", lambda key: _events(sites, key))
    web.add_url_rule("/_pywebml/screenshot/<key>", "screenshot", lambda key: _screenshot(_site(sites, key)))
    if sites.is_gallery:
        web.add_url_rule("/", "gallery", lambda: _gallery(sites))
        web.add_url_rule("/<key>/", "index", lambda key: _index(_site(sites, key), key))
        web.add_url_rule("/<key>/<path:path>", "file", lambda key, path: _file(_site(sites, key), key, path))
    else:
        web.add_url_rule("/", "index", lambda: _index(_site(sites, ""), ""))
        web.add_url_rule("/<path:path>", "file", lambda path: _file(_site(sites, ""), "", path))
    return web


def _site(sites: LiveSites, key: str) -> LiveSite:
    return sites.get(key) or flask.abort(404)


def _with_headers(response: flask.Response) -> flask.Response:
    response.headers.update(HEADERS | (FOR_OTHERS if flask.request.endpoint == "file" else FOR_ITSELF))
    return response


def _own_file(name: str) -> flask.Response:
    if name not in OWN_FILES:
        flask.abort(404)
    return _send(TEMPLATES, name)


def _send(folder: Path, path: str) -> flask.Response:
    """A file below a folder; werkzeug refuses paths that would lead out of it."""
    return flask.send_from_directory(folder, path, mimetype=MIME_TYPES.get(Path(path).suffix.lower()))


def _screenshot(site: LiveSite) -> flask.Response:
    return _send(site.source, SCREENSHOT)


def _drawing(site: LiveSite) -> flask.typing.ResponseReturnValue:
    """The graph as SVG; the query's `closed`, any number of times, names subgraphs that are drawn closed."""
    try:
        svg = site.graph().draw(frozenset(flask.request.args.getlist("closed")))
    except LiveGraphError as error:
        return flask.Response(str(error), 503, mimetype="text/plain")
    return flask.Response(svg, mimetype="image/svg+xml")


def _file(site: LiveSite, key: str, path: str) -> flask.typing.ResponseReturnValue:
    if path == "index.html":
        return _index(site, key)
    if path == "sw.js":
        return _send(TEMPLATES, path)
    folder = site.state.folder
    return _send(folder, path) if folder else ("not built yet", 503)


def _index(site: LiveSite, key: str) -> flask.typing.ResponseReturnValue:
    site.visit()
    state = site.state
    if state.phase == "failed" or state.folder is None:
        page = flask.render_template("status.html", name=site.name, key=key, state=state)
        return page, 500 if state.phase == "failed" else 503
    live = (LIVE / "live_graph.js").is_file()
    script = flask.render_template("reload_tag.html", key=key, version=state.version, live=live)
    text = (state.folder / "index.html").read_text(encoding="utf-8")
    return text.replace(' data-service-worker="sw.js"', "", 1).replace("</head>", script + "</head>", 1)


def _gallery(sites: LiveSites) -> str:
    sites.look_again()
    cards = [{"key": key, "state": site.state, **_card(site)} for key, site in sites.all()]
    return flask.render_template("gallery.html", cards=cards, version=_described(sites, "")["version"])


def _card(site: LiveSite) -> dict[str, Any]:
    """Title, description and picture of an app, as its last whole build states them."""
    screenshot = (site.source / SCREENSHOT).is_file()
    if site.state.folder is None:
        return {"title": site.name, "description": "", "sample": None, "screenshot": screenshot}
    manifest = json.loads((site.state.folder / "manifest.json").read_text(encoding="utf-8"))
    return {
        "title": manifest["title"],
        "description": manifest["description"],
        "sample": next(iter(manifest["samples"]), None),
        "screenshot": screenshot,
    }


def _described(sites: LiveSites, key: str) -> dict[str, Any]:
    """What an event says: of one app, or of the whole gallery, whose version is that of all its apps."""
    if sites.is_gallery and not key:
        return {"version": ",".join(site.state.version for _, site in sites.all()), "stages": []}
    site = sites.get(key)
    state = site.state if site else State(version="gone")
    return {"version": state.version, "phase": state.phase, "stages": state.stages}


def _events(sites: LiveSites, key: str) -> flask.Response:
    if key:
        _site(sites, key)
    return flask.Response(_event_stream(sites, key), mimetype="text/event-stream")


def _event_stream(sites: LiveSites, key: str) -> Iterator[str]:
    """Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html"""
    last: dict[str, Any] = {}
    while True:
        with sites.changes:
            now = _described(sites, key)
            if now == last:
                sites.changes.wait(HEARTBEAT)
                now = _described(sites, key)
        yield f"data: {json.dumps(now)}\n\n" if now != last else ": still here\n\n"
        last = now


class _QuietHandler(WSGIRequestHandler):
    """A request is no news: errors alone are logged."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def serve(spec: str, host: str, port: int) -> None:
    """Serves an app, or a folder of apps, until it is interrupted.

    Raises:
        AppError: there is no such app.
        ServeError: the address cannot be listened at.
    """
    is_gallery(spec) or find_app_file(spec)
    with _listen(host, port) as listener, tempfile.TemporaryDirectory(prefix="pywebml-serve-") as work:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        sites = LiveSites(spec, Path(work))
        try:
            _serve_forever(sites, listener, host)
        except KeyboardInterrupt:
            pass
        finally:
            sites.stop()


def _serve_forever(sites: LiveSites, listener: socket.socket, host: str) -> None:
    port = listener.getsockname()[1]
    server = make_server(
        host, port, make_flask_app(sites), threaded=True, request_handler=_QuietHandler, fd=listener.fileno()
    )
    shown = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)
    print(f"serving at http://{shown}:{port}/ (Ctrl-C ends it)", flush=True)
    with server:
        server.serve_forever()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        other = port + 1 if 0 < port < 65535 else 8000
        known = error.errno if error.errno and error.errno > 0 else None
        reason = (os.strerror(known) if known else error.strerror or str(error)).lower()
        raise ServeError(
            f"cannot listen at {host}, port {port} ({reason}); try another port: pywebml serve … --port {other}"
        ) from error
