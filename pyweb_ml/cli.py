"""The command line: `pywebml COMMAND`."""

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from pyweb_ml.console import JsonConsole, TextConsole, print_report, size_text
from pyweb_ml.errors import AppError, AuthoringError, PyWebMLError
from pyweb_ml.version import __version__

_APP = "a .py file, file.py:name, a folder with an app.py, or MediaPipe's .pbtxt"

_EXAMPLES = """\
A first app, in the browser:
  pywebml new blur
  pywebml serve blur

Then:
  pywebml build blur -o site                            a folder to put on any web server
  pywebml run blur --input photo.jpg --output out.png   the same pipeline, without a browser
  pywebml convert net.onnx -o web                       a model of yours for the browser, proved to be the same
  pywebml doctor                                        when something does not work

'pywebml COMMAND --help' says more of each. Exit status: 0 done, 1 failed, 2 wrong usage.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives the exit status: 0 done, 1 failed with one line on standard error.

    Wrong usage ends the process with status 2.
    """
    given = _parser().parse_args(arguments)
    try:
        status: int = given.command(given)
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:
        return _fail(given, error)


def _fail(given: argparse.Namespace, error: Exception) -> int:
    message = _one_line(error)
    if getattr(given, "json", False):
        JsonConsole().error(message, "".join(traceback.format_exception(error)))
    if given.debug:
        traceback.print_exception(error)
    print(f"pywebml: {message}", file=sys.stderr)
    return 1


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, PyWebMLError):
        return text
    if isinstance(error, OSError):
        return f"the system refuses: {text}"
    return f"an error of PyWebML itself, {type(error).__name__}: {text}; run it again with --debug and report it"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pywebml",
        description="Write an ML pipeline in Python; it runs in anybody's browser, as a folder of static files.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pywebml {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_new(commands)
    _add_serve(commands)
    _add_build(commands)
    _add_run(commands)
    _add_convert(commands)
    _add_graph(commands)
    _add_bench(commands)
    _add_doctor(commands)
    return parser


_Commands = argparse._SubParsersAction  # the type that add_subparsers gives; argparse has no public name for it


def _add(
    commands: "_Commands[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    examples: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog="examples:\n" + "\n".join("  " + line for line in examples.splitlines()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser.set_defaults(command=run)
    return parser


def _add_new(commands: "_Commands[argparse.ArgumentParser]") -> None:
    parser = _add(commands, "new", _new, "write a small working app to start from", "pywebml new blur")
    parser.add_argument("folder", metavar="DIR", help="a new or empty folder")


def _new(given: argparse.Namespace) -> int:
    from pyweb_ml.scaffold import write_scaffold

    files = write_scaffold(Path(given.folder))
    print(*(f"wrote {file}" for file in files), sep="\n")
    print(f"see it with: pywebml serve {given.folder}")
    return 0


def _add_serve(commands: "_Commands[argparse.ArgumentParser]") -> None:
    examples = "pywebml serve blur\npywebml serve examples             # a gallery of all apps in a folder\n"
    examples += "pywebml serve blur --host 0.0.0.0  # for others in the network too"
    summary = "show an app in the browser, and again whenever its files change"
    parser = _add(commands, "serve", _serve, summary, examples)
    parser.add_argument("app", metavar="APP|FOLDER", help=f"{_APP}; or a folder of such folders")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument(
        "--port", type=_port, default=8000, help="port; 0 takes any free one (default: %(default)s)"
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port; give a number from 0 to 65535")
    return int(text)


def _serve(given: argparse.Namespace) -> int:
    from pyweb_ml.server import serve

    serve(given.app, given.host, given.port)
    return 0


def _add_build(commands: "_Commands[argparse.ArgumentParser]") -> None:
    examples = "pywebml build blur -o site\npywebml build blur/app.py:background_blur -o site --budget 5MB\n"
    examples += "pywebml build blur -o site --backends litert-wasm,tfjs-webgl  # a site that carries only these"
    parser = _add(commands, "build", _build, "build an app into a folder of static files", examples)
    parser.add_argument("app", metavar="APP", help=_APP)
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="a new folder, or a former build")
    parser.add_argument("--json", action="store_true", help="progress and outcome as JSON lines, for programs")
    budget = "fail if the first result needs more than this, as gzip, such as 5MB; Python comes after it"
    parser.add_argument("--budget", metavar="SIZE", type=_size, help=budget)
    twins = "write .gz and .br beside the files, for hosts that send those, such as nginx with gzip_static"
    parser.add_argument("--compress", action="store_true", help=twins)
    backends = "carry these only, whatever the app says; the first that can be had begins; see docs/backends.md"
    parser.add_argument("--backends", metavar="NAME[,NAME]", type=_backends, help=backends)


def _backends(text: str) -> tuple[str, ...]:
    from pyweb_ml.graph.backend import backend_names

    try:
        return backend_names([name for part in text.split(",") if (name := part.strip())])
    except AuthoringError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _size(text: str) -> int:
    number, unit = text[:-2].strip(), text[-2:].upper()
    if unit not in ("KB", "MB") or not number.replace(".", "", 1).isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no size; write it like 5MB or 800KB")
    return int(float(number) * (1_000_000 if unit == "MB" else 1000))


def _build(given: argparse.Namespace) -> int:
    from pyweb_ml.apps import load_app
    from pyweb_ml.bundle import build_site

    console = JsonConsole() if given.json else TextConsole()
    with redirect_stdout(sys.stderr):  # what the app itself prints is no message of ours
        console.progress("app", given.app, 0, 1)
        app = load_app(given.app)
        if given.backends is not None:
            app = replace(app, backends=given.backends)
        out, options = Path(given.output), {"budget": given.budget, "twins": given.compress}
        report = build_site(app, out, console.progress, **options)
    if isinstance(console, JsonConsole):
        console.done(report)
    else:
        console.end()
        print_report(report)
    return 0


def _add_run(commands: "_Commands[argparse.ArgumentParser]") -> None:
    examples = "pywebml run blur --input photo.jpg --output blurred.png\n"
    examples += "pywebml run blur --input photo.jpg --output blurred.png --set strength=4  # as with its slider\n"
    examples += "pywebml run blur --input talk.mp4 --output blurred.mp4\n"
    examples += "pywebml run faces --input photos/ --output faces.jsonl  # one packet a line\n"
    examples += "pywebml run blur --input talk.mp4 --output blurred.mp4 --trace blur.json  # for ui.perfetto.dev\n"
    examples += "pywebml run blur --input camera --output blurred.mp4  # until Ctrl-C; camera:1 is the second\n"
    examples += "pywebml run blur --input lavfi:testsrc=size=640x480:rate=20 --frames 100 --output test.mp4"
    summary = "run an app on a file or a camera, here and without a browser"
    parser = _add(commands, "run", _run, summary, examples)
    parser.add_argument("app", metavar="APP", help=_APP)
    parser.add_argument(
        "--input",
        metavar="FILE|camera[:N]",
        required=True,
        help="a picture, a folder of them, a video, a sound, a camera, or FFmpeg's test pictures (lavfi:GRAPH)",
    )
    parser.add_argument("--frames", metavar="N", type=_count, help="end after so many frames")
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="what a control shows; may be repeated"
    )
    parser.add_argument(
        "--output", metavar="FILE", required=True, help="a picture, a video (.mp4, .webm) or .jsonl"
    )
    parser.add_argument(
        "--trace", metavar="FILE", help="write what each calculator did when, as Perfetto opens it"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of frames; give 1 or more")
    return int(text)


def _run(given: argparse.Namespace) -> int:
    from pyweb_ml.apps import load_app, trace_app
    from pyweb_ml.graph.controls import read_settings
    from pyweb_ml.runner import run_file
    from pyweb_ml.trace import recording

    console = TextConsole()
    trace = Path(given.trace) if given.trace else None
    try:
        app = load_app(given.app)
        shown = read_settings(trace_app(app).controls, given.set) if given.set else {}
        with recording(trace, app.title) as profiler:
            run_file(app, given.input, Path(given.output), console.progress, profiler, given.frames, shown)
    finally:
        console.end()
    if trace:
        print(f"wrote {trace} ({size_text(trace.stat().st_size)}); open it at https://ui.perfetto.dev")
    return 0


def _add_convert(commands: "_Commands[argparse.ArgumentParser]") -> None:
    from pyweb_ml.converter import command

    summary = "convert a model to .tflite and TF.js, and prove that it is still the same model"
    command.add_arguments(_add(commands, "convert", command.run, summary, command.EXAMPLES))


_GRAPH_FORMATS = ("json", "pbtxt", "svg")


def _add_graph(commands: "_Commands[argparse.ArgumentParser]") -> None:
    examples = "pywebml graph blur -o blur.svg     # a picture\n"
    examples += "pywebml graph blur --format pbtxt  # MediaPipe's text\n"
    examples += "pywebml graph faces.pbtxt -o faces.json --expand"
    parser = _add(
        commands, "graph", _graph, "show an app's graph: MediaPipe's graph config, or a picture", examples
    )
    parser.add_argument("app", metavar="APP", help=_APP)
    parser.add_argument("-o", "--output", metavar="FILE", help="write it to a .json, .pbtxt or .svg file")
    parser.add_argument("--format", choices=_GRAPH_FORMATS, help="default: as FILE ends, or json")
    parser.add_argument("--expand", action="store_true", help="with the nodes of subgraphs in their place")
    parser.add_argument("--fold", action="store_true", help="in a picture, with each subgraph as one box")


def _graph(given: argparse.Namespace) -> int:
    from pyweb_ml.apps import load_app
    from pyweb_ml.cache import write_whole
    from pyweb_ml.graph_text import graph_text

    output = Path(given.output) if given.output else None
    form = given.format or (output.suffix.lower()[1:] if output else "json")
    if form not in _GRAPH_FORMATS:
        raise AppError(
            f"'{output}': a graph is written as .json, .pbtxt or .svg; end its name so, or give --format"
        )
    text = graph_text(load_app(given.app), form, expand=given.expand, fold=given.fold)
    if output:
        write_whole(output, text.encode())
        print(f"wrote {output} ({size_text(len(text.encode()))})")
    else:
        print(text, end="")
    return 0


def _add_bench(commands: "_Commands[argparse.ArgumentParser]") -> None:
    from pyweb_ml.bench import command

    summary = "measure an app in a real browser, on all backends, beside its rivals, or on a phone"
    command.add_arguments(_add(commands, "bench", command.run, summary, command.EXAMPLES))


def _add_doctor(commands: "_Commands[argparse.ArgumentParser]") -> None:
    parser = _add(commands, "doctor", _doctor, "say what is installed here and what is missing", "pywebml doctor")
    parser.set_defaults(json=False)


def _doctor(given: argparse.Namespace) -> int:
    from pyweb_ml.doctor import examine

    findings = list(examine())
    print(*findings, sep="\n")
    return 0 if all(finding.good for finding in findings) else 1
