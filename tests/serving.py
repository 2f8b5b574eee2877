"""Servers for tests and benchmarks: `pywebml serve`, and a plain one with or without the headers for threads."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ISOLATION = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012  # the base class declares it so
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *args: object, headers: Mapping[str, str], **kwargs: object) -> None:
        self._headers = headers
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what the server passes on

    def end_headers(self) -> None:
        for name, value in self._headers.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A page that is closed while it loads hangs up: no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # what the server passes on


@contextmanager
def serve(folder: Path, *, isolated: bool = False, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serves a folder on a free port of this machine while the block runs; gives the address, ending in "/".

    Args:
        isolated: send COOP and COEP, so that the page may use threads.
        headers: send these instead, as the mapping holds them when a file is asked for.
    """
    sent = headers if headers is not None else ISOLATION if isolated else {}
    handler = partial(_Handler, directory=str(folder), headers=sent)
    with running(_Server(("127.0.0.1", 0), handler)) as address:
        yield address


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[str]:
    """Runs a server in a thread of its own while the block runs; gives its address, ending in "/"."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://{server.server_address[0]!s}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def pywebml_serve(app: Path) -> Iterator[str]:
    """Runs `pywebml serve` in a process of its own while the block runs; gives its address, ending in "/"."""
    command = [sys.executable, "-m", "pyweb_ml", "serve", str(app), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            found = re.search(r"http://\S+/", process.stdout.readline())
            assert found
            yield found[0]
        finally:
            process.terminate()
