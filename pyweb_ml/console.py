"""What commands print while they work and when they are done."""

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pyweb_ml.bundle.first_visit import FetchedFile, first_visit
from pyweb_ml.bundle.report import BuildReport, PartSize


def size_text(count: int) -> str:
    """A number of bytes for a person, in powers of 1000, as `--budget` and the page count: "13.5 MB"."""
    size = float(count)
    for unit in ("B", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


STAGES = {
    "read": "reading",
    "prove": "proving",
    "write": "writing",
    "measure": "measuring",
    "convert": "converting",
    "environment": "making the environment",
    "app": "loading",
    "graph": "tracing the pipeline",
    "model": "fetching the model",
    "python": "fetching",
    "packages": "fetching the package",
    "run": "running on",
    "site": "writing",
}
"""What each stage is called in words, before its detail."""


class TextConsole:
    """Progress for a person: one line a stage; a bar too where the output is a terminal."""

    def __init__(self) -> None:
        self._last = ("", "")
        self._out = sys.stdout
        self._bar = sys.stdout.isatty()
        self._open = False

    def progress(self, stage: str, detail: str, done: int, total: int) -> None:
        if (stage, detail) != self._last:
            self.end()
            self._print(f"{STAGES.get(stage, stage)} {detail}", "" if self._bar else "\n")
            self._last, self._open = (stage, detail), self._bar
        if self._bar and total > 1:
            filled = 20 * done // total
            self._print(f"\r{STAGES.get(stage, stage)} {detail} [{'#' * filled:<20}]", "")

    def end(self) -> None:
        """Closes the line that is being written."""
        if self._open:
            self._print("", "\n")
            self._open = False

    def _print(self, text: str, end: str) -> None:
        print(text, end=end, file=self._out, flush=True)


class JsonConsole:
    """Progress for a program: one JSON object a line, with a "type" of progress, done or error."""

    def __init__(self) -> None:
        self._out = sys.stdout

    def progress(self, stage: str, detail: str, done: int, total: int) -> None:
        self._say(type="progress", stage=stage, detail=detail, done=done, total=total)

    def done(self, report: BuildReport) -> None:
        """`parts` are those of the printed table, in bytes; `first_result` is what `--budget` limits."""
        parts = [asdict(part) for part in report.sizes()]
        files = first_visit(report.out)
        first = {"files": len(files), **_sums(files)}
        self._say(type="done", title=report.title, out=str(report.out), parts=parts, first_result=first)

    def error(self, message: str, trace: str) -> None:
        self._say(type="error", message=message, traceback=trace)

    def _say(self, **fields: Any) -> None:
        print(json.dumps(fields), file=self._out, flush=True)


def _sums(sizes: Sequence[PartSize] | Sequence[FetchedFile]) -> dict[str, int]:
    return {"bytes": sum(one.bytes for one in sizes), "gzip": sum(one.gzip for one in sizes)}


def print_report(report: BuildReport) -> None:
    """What a build has written by part, which packages went in, how to look at it and how to put it online."""
    sizes, first = report.sizes(), first_visit(report.out)
    print(f"\n{'part':<16}{'files':>6}{'size':>12}{'gzip':>12}")
    for one in sizes:
        _print_row(one.part, one.files, one.bytes, one.gzip)
    _print_row("all", sum(one.files for one in sizes), **_sums(sizes))
    _print_row("first result", len(first), **_sums(first))
    for package in report.packages:
        print(f"{package.name}=={package.version} sha256:{package.sha256} from {package.source}")
    for note in report.notes:
        print(f"note: {note}")
    print(f"\nlook at it: python -m http.server -d {shlex.quote(str(report.out))}, then http://localhost:8000/")
    print(f"put it online: copy the folder to any host of static files; {report.out / 'hosting' / 'README.txt'}")


def _print_row(part: str, files: int, bytes: int, gzip: int) -> None:
    print(f"{part:<16}{files:>6}{size_text(bytes):>12}{size_text(gzip):>12}")
