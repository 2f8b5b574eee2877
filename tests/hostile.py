"""A static server that misbehaves as told: files that are missing, altered or stall, wrong types, compression."""

import fnmatch
import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from tests.serving import ISOLATION


@dataclass
class Host:
    """What the server does, changed while it runs; paths are patterns as of a shell, below the served folder.

    Attributes:
        url: the address, ending in "/".
        alter: what is done to the bytes of a file before they are sent.
        stall: files of which only the first half comes, and then nothing.
        missing: files that are not there.
        types: the Content-Type of files that do not get the right one.
        compress: whether files are sent with gzip.
        isolated: whether COOP and COEP are sent.
        requests: every path that was asked for, in order.
    """

    url: str = ""
    alter: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    stall: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)
    compress: bool = False
    isolated: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str, data: bytes) -> bytes:
        for pattern, change in self.alter.items():
            data = change(data) if fnmatch.fnmatch(path, pattern) else data
        return data

    def type_of(self, path: str) -> str:
        wrong = [given for pattern, given in self.types.items() if fnmatch.fnmatch(path, pattern)]
        return (wrong or [TYPES.get(Path(path).suffix, "application/octet-stream")])[0]


def matches(path: str, patterns: set[str]) -> bool:
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def flip(data: bytes) -> bytes:
    """One bit in the middle is another."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def halve(data: bytes) -> bytes:
    """The second half is lost."""
    return data[: len(data) // 2]


TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


@contextmanager
def hostile_host(folder: Path, sub_path: str = "") -> Iterator[Host]:
    """Serves a folder below `sub_path` while the block runs."""
    host = Host()

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(self.path.partition("?")[0]).removeprefix(f"/{sub_path}")
            path = path or "index.html"
            host.requests.append(path)
            file = folder / path
            if matches(path, host.missing) or not file.is_file():
                self.send_error(404)
                return
            self._send(path, host.answer(path, file.read_bytes()))

        def _send(self, path: str, data: bytes) -> None:
            self.send_response(200)
            sent = {"Content-Type": host.type_of(path)}
            if host.compress:
                data = gzip.compress(data, 1)
                sent["Content-Encoding"] = "gzip"
            sent |= {"Content-Length": str(len(data)), "Cache-Control": "no-cache"} | host.headers
            for name, value in (sent | (ISOLATION if host.isolated else {})).items():
                self.send_header(name, value)
            self.end_headers()
            if matches(path, host.stall):
                self.wfile.write(halve(data))
                self.wfile.flush()
                host.closing.wait()
                self.close_connection = True
            else:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Pages hang up whenever they like."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    host.url = f"http://127.0.0.1:{server.server_port}/{quote(sub_path)}"
    try:
        yield host
    finally:
        host.closing.set()
        server.shutdown()
        server.server_close()
