"""Serves the benchmark: its page, the app, the rivals and the frames, to whom knows the token in the address."""

import gzip
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import flask
from werkzeug.serving import WSGIRequestHandler, make_server

from pyweb_ml.bench.job import BenchError
from pyweb_ml.server import HEADERS, MIME_TYPES

MOST_REPORT = 64 * 2**20
"""Bytes of a report: 3,000 frames of a dozen subjects with a dozen calculators are a tenth of that."""
PAGE = Path(__file__).parent / "page"
"""The page's scripts, as static/build_bench.mjs makes them."""
TEMPLATES = Path(__file__).parents[1] / "templates"
FOLDERS = ("page", "app", "rivals", "frames")
_COUNTED = ("app/", "rivals/", "page/")
_SERVICE_WORKER = ' data-service-worker="sw.js"'

Tell = Callable[[str, int, int], None]


@dataclass
class Exchange:
    """What the page and the server say to each other.

    Attributes:
        job: what the page is to do.
        work: the folder that holds `page`, `app`, `rivals` and `frames`.
        files: by subject, the files that it was sent while it was alone.
        begun: told of each subject that has the page to itself from now on; of "" when it has not any more.
        memory: by subject, what the browser has held at most, in bytes beyond what it held before.
        report: what the page has answered; None before it has.
        failure: why it has given up; "" while it has not.
        heard: when it last said anything, by time.monotonic().
    """

    job: dict[str, Any]
    work: Path
    tell: Tell = lambda *_: None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    files: dict[str, dict[str, Path]] = field(default_factory=dict)
    subject: str = ""
    begun: Callable[[str], None] = lambda _: None
    memory: dict[str, int] = field(default_factory=dict)
    report: dict[str, Any] | None = None
    failure: str = ""
    heard: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)

    def path(self, address: str) -> Path | None:
        """The file behind an address below the token; None where there is none."""
        kind, slash, rest = address.partition("/")
        if kind not in FOLDERS or not slash:
            return None
        root = self.work / kind
        path = (root / (rest or "index.html")).resolve()
        return path if path.is_relative_to(root.resolve()) and path.is_file() else None

    def sent(self, address: str, path: Path) -> None:
        """Counts a file once a subject: a host's cache headers would spare the second request."""
        if self.subject and address.startswith(_COUNTED):
            self.files.setdefault(self.subject, {})[address] = path

    def wire(self, subject: str) -> tuple[int, int]:
        """The bytes of a subject's files: as they are, and with gzip, as most hosts send them."""
        sizes = [_sizes(path) for path in self.files.get(subject, {}).values()]
        return sum(size for size, _ in sizes), sum(size for _, size in sizes)


@cache
def _sizes(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    return len(data), min(len(gzip.compress(data, 6)), len(data))


def make_bench_app(exchange: Exchange) -> flask.Flask:
    """The web application; every address begins with the token, all others are unknown."""
    web = flask.Flask("pyweb_ml.bench", static_folder=None)
    web.config["MAX_CONTENT_LENGTH"] = MOST_REPORT
    root = f"/{exchange.token}/"
    web.after_request(_with_headers)
    web.add_url_rule(root, "index", lambda: _page("bench.html"))
    web.add_url_rule(f"{root}subject.html", "subject", lambda: _page("bench_subject.html"))
    web.add_url_rule(f"{root}job.json", "job", lambda: flask.jsonify(exchange.job))
    web.add_url_rule(f"{root}<path:address>", "file", lambda address: _file(exchange, address))
    for name, take in _TAKE.items():
        web.add_url_rule(f"{root}{name}", name, _taker(exchange, take), methods=["POST"])
    return web


def _page(name: str) -> flask.Response:
    return flask.send_from_directory(TEMPLATES, name)


def _with_headers(response: flask.Response) -> flask.Response:
    # Nothing is kept, so that each subject begins as on a first visit.
    response.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return response


def _file(exchange: Exchange, address: str) -> flask.typing.ResponseReturnValue:
    path = exchange.path(address)
    if path is None:
        flask.abort(404)
    exchange.sent(address, path)
    if address in ("app/", "app/index.html"):
        # A service worker would keep files for the next subject.
        return path.read_text(encoding="utf-8").replace(_SERVICE_WORKER, "", 1)
    return flask.send_file(path, mimetype=MIME_TYPES.get(path.suffix.lower()), conditional=False)


def _take_begin(exchange: Exchange, said: dict[str, Any]) -> None:
    exchange.subject = str(said["subject"])
    exchange.begun(exchange.subject)


def _take_progress(exchange: Exchange, said: dict[str, Any]) -> None:
    exchange.tell(str(said["what"]), int(said["done"]), int(said["total"]))


def _take_report(exchange: Exchange, said: dict[str, Any]) -> None:
    exchange.report = said
    exchange.ended.set()


def _take_failure(exchange: Exchange, said: dict[str, Any]) -> None:
    exchange.failure = str(said["message"])
    exchange.ended.set()


_TAKE = {"begin": _take_begin, "progress": _take_progress, "report": _take_report, "failed": _take_failure}


def _taker(
    exchange: Exchange, take: Callable[[Exchange, dict[str, Any]], None]
) -> Callable[[], flask.typing.ResponseReturnValue]:
    def answer() -> flask.typing.ResponseReturnValue:
        exchange.heard = time.monotonic()
        try:
            take(exchange, json.loads(flask.request.get_data()))
        except (ValueError, KeyError, TypeError) as error:
            return f"not understood: {error!r}", 400
        return "", 204

    return answer


class _QuietHandler(WSGIRequestHandler):
    """A request is no news: errors alone are logged."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:
        """A subject's page that is closed hangs up."""


@contextmanager
def serving(exchange: Exchange, host: str, port: int = 0, certificate: Path | None = None) -> Iterator[int]:
    """Serves while the block runs; gives the port.

    Args:
        certificate: a PEM file with a certificate and its key: https instead of http.

    Raises:
        BenchError: the address cannot be listened at, or the certificate cannot be read.
    """
    try:
        context = _tls(certificate) if certificate else None
        app = make_bench_app(exchange)
        server = make_server(host, port, app, threaded=True, request_handler=_QuietHandler, ssl_context=context)
    except (OSError, SystemExit) as error:  # werkzeug leaves the program where the address is taken
        raise BenchError(f"cannot serve the benchmark at {host}, port {port}: {error}") from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def _tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError) as error:
        raise BenchError(
            f"'{certificate}' is no PEM file with a certificate and its key ({error}); one is made with: openssl "
            "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=pywebml -keyout key.pem -out cert.pem && cat "
            "key.pem cert.pem > both.pem"
        ) from error
    return context
