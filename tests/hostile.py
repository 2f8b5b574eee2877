"""A static server that misbehaves as told: files that are missing, altered or stall, wrong types, compression."""

import fnmatch
import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from tests.serving import ISOLATION, running


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


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, host: Host, folder: Path, sub_path: str, *args: Any) -> None:
        self.host, self.folder, self.sub_path = host, folder, sub_path
        super().__init__(*args)

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0]).removeprefix(f"/{self.sub_path}") or "index.html"
        self.host.requests.append(path)
        file = self.folder / path
        if matches(path, self.host.missing) or not file.is_file():
            self.send_error(404)
            return
        self._send(path, self.host.answer(path, file.read_bytes()))

    def _send(self, path: str, data: bytes) -> None:
        self.send_response(200)
        sent = {"Content-Type": self.host.type_of(path)}
        if self.host.compress:
            data = gzip.compress(data, 1)
            sent["Content-Encoding"] = "gzip"
        sent |= {"Content-Length": str(len(data)), "Cache-Control": "no-cache"} | self.host.headers
        for name, value in (sent | (ISOLATION if self.host.isolated else {})).items():
            self.send_header(name, value)
        self.end_headers()
        if matches(path, self.host.stall):
            self._stall(data)
        else:
            self.wfile.write(data)

    def _stall(self, data: bytes) -> None:
        self.wfile.write(halve(data))
        self.wfile.flush()
        self.host.closing.wait()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Pages hang up whenever they like."""


@contextmanager
def hostile_host(folder: Path, sub_path: str = "") -> Iterator[Host]:
    """Serves a folder below `sub_path` while the block runs."""
    host = Host()
    with running(_Server(("127.0.0.1", 0), partial(_Handler, host, folder, sub_path))) as address:
        host.url = address + quote(sub_path)
        try:
            yield host
        finally:
            host.closing.set()
