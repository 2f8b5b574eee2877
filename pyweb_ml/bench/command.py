"""`pywebml bench`: its arguments, and what it prints and writes."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from pyweb_ml.apps import load_app
from pyweb_ml.cache import write_whole
from pyweb_ml.console import TextConsole
from pyweb_ml.graph.backend import BACKENDS

if TYPE_CHECKING:
    from pyweb_ml.bench.run import Options

EXAMPLES = """\
pywebml bench faces                                 # every backend that this machine's browser offers
pywebml bench faces --backends litert-wasm tfjs-webgl --input talk.mp4 --html faces.html
pywebml bench faces --peer --json faces.json        # beside LiteRT.js, TF.js, MediaPipe by hand
pywebml bench faces --device                        # on a phone in the same network"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `pywebml bench` takes."""
    what = "a .py file, file.py:name, a folder with an app.py, or MediaPipe's .pbtxt"
    parser.add_argument("app", metavar="APP", help=what)
    parser.add_argument(
        "--backends", metavar="NAME", nargs="+", choices=BACKENDS, help=f"of {', '.join(BACKENDS)} (default: all)"
    )
    parser.add_argument("--frames", metavar="N", type=_count, default=300, help="measured frames (default: 300)")
    parser.add_argument("--input", metavar="FILE", help="a picture or a video (default: the app's first sample)")
    parser.add_argument("--peer", action="store_true", help="the rivals too, in turn with the app")
    parser.add_argument("--json", metavar="FILE", dest="json_file", help="write the report as JSON")
    parser.add_argument("--html", metavar="FILE", help="write the report as a page with plots")
    _add_browser_arguments(parser)
    _add_device_arguments(parser)


def _add_browser_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--browser", metavar="PATH", help="of Chromium, Chrome or Edge (default: as found)")
    parser.add_argument(
        "--browser-flag",
        metavar="FLAG",
        action="append",
        default=[],
        help="for the browser itself, as in --browser-flag=--use-angle=vulkan; may be repeated",
    )
    parser.add_argument("--window", action="store_true", help="show the browser")


def _add_device_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", action="store_true", help="run it on another device, in its browser")
    parser.add_argument("--port", type=_port, default=0, help="with --device; 0, the default, is any free one")
    parser.add_argument("--certificate", metavar="FILE", help="with --device: https, by this PEM with its key")


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of frames; give 1 or more")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port; give a number from 0 to 65535")
    return int(text)


def run(given: argparse.Namespace) -> int:
    """Measures, prints the table, writes what was asked for."""
    from pyweb_ml.bench.html import report_page
    from pyweb_ml.bench.run import run_bench
    from pyweb_ml.bench.table import table

    console = TextConsole()
    try:
        report = run_bench(load_app(given.app), _options(given), console.progress)
    finally:
        console.end()
    print(table(report))
    if given.json_file:
        write_whole(Path(given.json_file), json.dumps(report.to_json(), indent=1).encode())
    if given.html:
        write_whole(Path(given.html), report_page(report).encode())
    # Of what was to be measured, something was.
    return 0 if report.best else 1


def _options(given: argparse.Namespace) -> "Options":
    from pyweb_ml.bench.job import Settings
    from pyweb_ml.bench.run import Options

    return Options(
        backends=tuple(given.backends or ()),
        input=Path(given.input) if given.input else None,
        peer=given.peer,
        browser=given.browser,
        flags=tuple(given.browser_flag),
        window=given.window,
        device=given.device,
        port=given.port,
        certificate=Path(given.certificate) if given.certificate else None,
        settings=Settings(frames=given.frames, warm_up=min(50, given.frames)),
    )
