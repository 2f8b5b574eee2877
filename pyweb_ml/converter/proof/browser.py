"""Runs TF.js graph models in Chromium, on all backends: a page of ours asks for the work and posts the results."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pyweb_ml.browser_process import VARIABLE, find_program, running
from pyweb_ml.converter.proof.checks import Proof
from pyweb_ml.converter.proof.samples import Arrays
from pyweb_ml.converter.proof.tfjs import BUNDLE, decode, encode, require_bundle
from pyweb_ml.converter.report import Check
from pyweb_ml.errors import ConversionError
from pyweb_ml.progress import Progress

BACKENDS = ("wasm", "webgl", "webgpu", "cpu")
_FLAGS = (
    "--headless=new",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",  # WebGL where there is no GPU
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
)
TIMEOUT = 900
"""Seconds that all backends together may take."""
_MAX_BODY = 2**30


def browser_checks(folder: Path, proof: Proof, tolerance: float | None, progress: Progress) -> list[Check]:
    """The model in `folder` on each backend, against the original.

    A backend that does not start or run is a check with that problem.

    Raises:
        ConversionError: there is no Chromium, or it does not end.
    """
    progress("prove", f"in Chromium, on {', '.join(BACKENDS)}", 0, 0)
    found = run_in_browser(folder, proof.inputs)

    def outputs(backend: str) -> list[Arrays]:
        result = found.get(backend, "it was not run")
        if isinstance(result, str):
            raise ConversionError(result)
        return result

    return [
        proof.check("tfjs", f"TF.js on {backend}, in Chromium", tolerance, partial(outputs, backend))
        for backend in BACKENDS
    ]


def run_in_browser(folder: Path, samples: Sequence[Arrays]) -> dict[str, list[Arrays] | str]:
    """By backend every output by name, for each sample; or what went wrong.

    Raises:
        ConversionError: there is no Chromium, or it does not end.
    """
    require_bundle()
    work = _Work(folder, samples)
    with _serving(work) as address, _chromium(address) as browser:
        # The program may end at once where it hands over to one that runs already: only the page's word counts.
        if not work.ended.wait(TIMEOUT):
            raise ConversionError(f"the page in {browser} did not finish within {TIMEOUT} s")
    return work.results()


class _Work:
    """What the page asks for, and what it has answered."""

    def __init__(self, folder: Path, samples: Sequence[Arrays]) -> None:
        self.folder = folder
        self.encoded = [encode(sample) for sample in samples]
        self.ended = threading.Event()
        self._outputs: dict[str, dict[int, Arrays]] = {}
        self._errors: dict[str, str] = {}

    def file(self, path: str) -> tuple[str, bytes] | None:
        """The type and the bytes of a path; None where there is nothing."""
        name = path.rpartition("/")[2]
        if path == "/":
            return "text/html", b"<!doctype html><title>proof</title><script type=module src=page.js></script>"
        if path == "/page.js":
            return "text/javascript", (BUNDLE / "page.js").read_bytes()
        if path == "/jobs.json":
            return "application/json", json.dumps(self._jobs()).encode()
        if path.startswith("/samples/") and name.isdecimal() and int(name) < len(self.encoded):
            return "application/octet-stream", self.encoded[int(name)][1]
        base = {"/model/": self.folder, "/wasm/": BUNDLE / "wasm"}.get(path[: -len(name)])
        if base is None or not (base / name).is_file():
            return None
        return "application/wasm" if name.endswith(".wasm") else "application/octet-stream", (
            base / name
        ).read_bytes()

    def _jobs(self) -> dict[str, Any]:
        samples = [{"file": f"samples/{i}", "inputs": inputs} for i, (inputs, _) in enumerate(self.encoded)]
        return {"backends": BACKENDS, "samples": samples}

    def take(self, body: bytes) -> None:
        """An answer of the page: a line of JSON, and behind it the bytes of outputs."""
        line, _, data = body.partition(b"\n")
        answer = json.loads(line)
        if answer.get("end"):
            self.ended.set()
        elif "error" in answer:
            self._errors[answer["backend"]] = str(answer["error"]).removeprefix("Error: ")[:400]
        else:
            self._outputs.setdefault(answer["backend"], {})[answer["sample"]] = decode(answer["outputs"], data)

    def results(self) -> dict[str, list[Arrays] | str]:
        found: dict[str, list[Arrays] | str] = {
            backend: [outputs[index] for index in sorted(outputs)] for backend, outputs in self._outputs.items()
        }
        return {**found, **self._errors}


@contextmanager
def _serving(work: _Work) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = work.file(self.path.partition("?")[0])
            kind, data = found or ("text/plain", b"")
            self._answer(200 if found else 404, kind, data)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            if length <= _MAX_BODY:
                work.take(self.rfile.read(length))
            self._answer(200, "text/plain", b"")

        def _answer(self, status: int, kind: str, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def _chromium(address: str) -> Iterator[str]:
    """Chromium without a window, on the page at `address`, with a profile of its own."""
    program = find_program()
    if program is None:
        raise ConversionError(
            f"--browser needs Chromium or Chrome; install one, or name its program in {VARIABLE}"
        )
    with ExitStack() as stack:
        try:
            stack.enter_context(running(program, _FLAGS, address))
        except OSError as error:
            raise ConversionError(f"'{program}' cannot be started ({error})") from error
        yield program
