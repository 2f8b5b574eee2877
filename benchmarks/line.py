"""A static host that compresses, at the end of a line of a given speed; it counts what it sends."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.serving import ISOLATION, running

COMPRESSED = (".css", ".html", ".js", ".json", ".mjs", ".wasm")
"""What common hosts compress; https://docs.github.com/pages does so for all of these."""

BLOCK = 16_384
LATENCY = 0.02
"""Seconds before an answer begins, on a line that is limited."""


class Line:
    """Shared by all connections, so that what is fetched in parallel shares it too; 0 bits a second: unlimited."""

    def __init__(self, bits: float = 0) -> None:
        self.bits = bits
        self.sent = 0
        self._free_at = 0.0
        self._lock = threading.Lock()

    def send(self, size: int) -> None:
        """Waits until so many bytes are through."""
        with self._lock:
            self.sent += size
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + (size * 8 / self.bits if self.bits else 0)
            wait = self._free_at - now
        if wait > 0.001:
            time.sleep(wait)


@lru_cache
def packed(file: Path) -> bytes:
    """The file as gzip, as a host that keeps what it has compressed."""
    return gzip.compress(file.read_bytes(), 6)


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012  # the base class declares it so
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, line: Line, **kwargs: object) -> None:
        self._line = line
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what the server passes on

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            self.send_error(404)
            return
        data = packed(file) if file.suffix in COMPRESSED else file.read_bytes()
        self.send_response(200)
        headers = {"Content-Type": self.guess_type(str(file)), "Content-Length": str(len(data)), **ISOLATION}
        if file.suffix in COMPRESSED:
            headers["Content-Encoding"] = "gzip"
        for name, value in {**headers, "Cache-Control": "max-age=600"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self._line.bits:
            time.sleep(LATENCY)
        for start in range(0, len(data), BLOCK):
            self._line.send(len(data[start : start + BLOCK]))
            self.wfile.write(data[start : start + BLOCK])

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A page that is closed while it loads hangs up."""


@contextmanager
def serve_on(line: Line, folder: Path) -> Iterator[str]:
    """Serves a folder over the line while the block runs; gives the address, ending in "/".

    A page takes 127.0.0.1 for no line; so where there is one, it is another of this machine's own addresses.
    """
    host = "127.0.0.2" if line.bits else "127.0.0.1"
    with running(_Server((host, 0), partial(_Handler, directory=str(folder), line=line))) as address:
        yield address
