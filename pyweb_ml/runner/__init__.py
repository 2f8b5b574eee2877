"""The desktop runner: the same graph as in the page, in CPython with numpy and ai-edge-litert."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.authoring import App
from pyweb_ml.progress import Progress, quiet
from pyweb_ml.runner.frames import open_frames
from pyweb_ml.runner.profiler import Profiler
from pyweb_ml.runner.scheduler import Scheduler
from pyweb_ml.runner.sinks import Sink, check_output, open_sink

__all__ = ["Scheduler", "run_file"]


def run_file(
    app: App[Any, Any],
    input: Path,
    output: Path,
    progress: Progress = quiet,
    profiler: Profiler | None = None,
) -> None:
    """Runs an app on a picture, a folder of pictures or a video.

    Writes its first Image output as a picture (the last one, of several) or a video, or all its packets as
    `.jsonl`, by the ending of the output's name.

    Raises:
        MediaError: a file cannot be read or written, or the app makes no picture.
        CalculatorError: a calculator failed.
    """
    graph = app.trace()
    check_output(output)
    if list(graph.inputs.values()) != ["Image"]:
        raise MediaError(f"'{app.name}' takes {graph.inputs}; a picture feeds an app that takes one Image alone")
    frames = open_frames(input)
    with _whole(output) as target:
        with open_sink(target, graph) as sink, Scheduler(graph, profiler=profiler) as scheduler:
            packets: list[tuple[int, int, Any]] = []
            for order, name in enumerate(sink.streams):
                scheduler.observe(name, partial(_collect, packets, order))
            for index, (at, image) in enumerate(frames.frames):
                scheduler.add(at, {next(iter(graph.inputs)): image})
                _hand_over(packets, sink)
                progress("run", input.name, index + 1, frames.total)
        if not target.exists():
            raise MediaError("the app gave no picture to write; write its outputs with --output OUT.jsonl")


def _collect(packets: list[tuple[int, int, Any]], order: int, at: int, payload: Any) -> None:
    packets.append((at, order, payload))


def _hand_over(packets: list[tuple[int, int, Any]], sink: Sink) -> None:
    """By timestamp, and within one in the order of the outputs, whichever calculator was first."""
    for at, order, payload in sorted(packets, key=lambda packet: packet[:2]):
        sink.take(sink.streams[order], at, payload)
    packets.clear()


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file that appears only when it is whole: written beside its place, then moved there."""
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
