"""A benchmark from the app to the report."""

import copy
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from pyweb_ml.apps import AnyApp, trace_app
from pyweb_ml.bench.browser import browser, find_browser
from pyweb_ml.bench.device import addresses, invitation
from pyweb_ml.bench.frames import write_frames
from pyweb_ml.bench.job import BenchError, Settings, Subject, job_json
from pyweb_ml.bench.machine import Machine, load
from pyweb_ml.bench.memory import PeakMemory
from pyweb_ml.bench.report import Report, read_report
from pyweb_ml.bench.rivals import Given, prepare
from pyweb_ml.bench.server import PAGE, Exchange, serving
from pyweb_ml.bench.work import NoWorkError, inference_nodes, read_recipe
from pyweb_ml.bundle import build_site
from pyweb_ml.errors import BuildError
from pyweb_ml.graph.backend import BACKENDS
from pyweb_ml.models import fetch
from pyweb_ml.progress import Progress

SILENCE = 300
"""Seconds without a word from the page after which it is given up: four times what one of its steps may take."""


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Attributes:
        backends: by name; none for all.
        input: a picture or a video; None for the app's first sample.
        peer: whether the rivals run too.
        browser: the browser's program; None for the one that is found.
        flags: the browser's own options.
        window: whether the browser shows itself.
        device: whether another device runs it, in place of a browser here.
        port: of `device`; 0 for any free one.
        certificate: of `device`, for https: a PEM file with its key.
    """

    backends: tuple[str, ...] = ()
    input: Path | None = None
    peer: bool = False
    browser: str | None = None
    flags: tuple[str, ...] = ()
    window: bool = False
    device: bool = False
    port: int = 0
    certificate: Path | None = None
    settings: Settings = field(default_factory=Settings)


def run_bench(app: AnyApp, options: Options, progress: Progress) -> Report:
    """Measures an app.

    Raises:
        BenchError: nothing can be measured.
        PyWebMLError: the app cannot be built.
    """
    before = load()
    _check_page()
    program = "" if options.device else find_browser(options.browser)
    with tempfile.TemporaryDirectory(prefix="pywebml-bench-") as folder:
        work = Path(folder)
        source = options.input or _sample(app)
        for name in ("frames", "rivals"):
            (work / name).mkdir()
        shutil.copytree(PAGE, work / "page")  # as it is now, whatever is built anew meanwhile
        frames = [f"frames/{name}" for name in write_frames(source, work / "frames")]
        subjects, left_out = _build(app, options, work / "app", progress)
        if options.peer:
            rivals, others = _rivals(app, work, progress)
            subjects, left_out = [*subjects, *rivals], [*left_out, *others]
        exchange = Exchange(
            job_json(app.title, frames, options.settings, subjects),
            work,
            lambda what, done, total: progress("bench", what, done, total),
        )
        _measure(exchange, options, program)
        machine = None if options.device else Machine.now(before)
        nodes = inference_nodes(work / "app")
        return read_report(exchange, app.title, source.name, options.settings, subjects, left_out, nodes, machine)


def _check_page() -> None:
    if not (PAGE / "main.js").is_file():
        raise BenchError(
            f"the benchmark's page is not built in '{PAGE}'; in a checkout, make it with 'python "
            "static/hatch_build.py'; otherwise install pywebml again"
        )


def _sample(app: AnyApp) -> Path:
    if not app.samples:
        raise BenchError(f"the app '{app.name}' has no samples; give a picture or a video as --input")
    return app.file.parent / app.samples[0]


def _build(
    app: AnyApp, options: Options, site: Path, progress: Progress
) -> tuple[list[Subject], list[tuple[str, str]]]:
    """Builds the app with the wanted backends; gives a subject for each, and why others are left out."""
    wanted, left_out = options.backends or BACKENDS, []
    try:
        build_site(_on(app, wanted), site, progress)
    except BuildError as error:
        rest = tuple(name for name in wanted if not name.startswith("tfjs-"))
        if options.backends or rest == wanted:
            raise
        left_out = [(name, str(error)) for name in wanted if name not in rest]
        build_site(_on(app, rest), site, progress)
        wanted = rest
    (script,) = site.glob("page/*/worker.js")
    address = f"app/{script.relative_to(site).as_posix()}"
    names = wanted if trace_app(app).models else ("auto",)
    return [Subject(f"PyWebML, {name}", backend=name, script=address) for name in names], left_out


def _on(app: AnyApp, backends: tuple[str, ...]) -> AnyApp:
    """The same app, for these backends."""
    other = copy.copy(app)
    other.backends = backends
    return other


def _rivals(app: AnyApp, work: Path, progress: Progress) -> tuple[list[Subject], list[tuple[str, str]]]:
    try:
        recipe = read_recipe(work / "app")
    except NoWorkError as error:
        return [], [("the rivals", str(error))]
    model = trace_app(app).models[recipe.model]
    return prepare(Given(model, fetch(model), recipe, work / "rivals", progress))


def _measure(exchange: Exchange, options: Options, program: str) -> None:
    host = "0.0.0.0" if options.device else "127.0.0.1"
    with serving(exchange, host, options.port if options.device else 0, options.certificate) as port:
        if options.device:
            scheme = "https" if options.certificate else "http"
            print(invitation([f"{scheme}://{one}:{port}/{exchange.token}/" for one in addresses()]), flush=True)
            exchange.ended.wait()
        else:
            address = f"http://127.0.0.1:{port}/{exchange.token}/"
            with browser(program, address, options.flags, window=options.window) as child:
                peak = PeakMemory(child.pid)
                exchange.begun, exchange.memory = peak.begin, peak.grown
                with peak.watching():
                    _wait(exchange, child)
    if exchange.failure:
        raise BenchError(f"the benchmark's page has failed: {exchange.failure}")


def _wait(exchange: Exchange, child: "subprocess.Popen[bytes]") -> None:
    while not exchange.ended.wait(0.5):
        if child.poll() is not None:
            raise BenchError(f"the browser has ended by itself (status {child.returncode}); give another one")
        if time.monotonic() - exchange.heard > SILENCE:
            raise BenchError(f"the page has said nothing for {SILENCE} s; try --window to see why")
