"""The desktop runner: the same graph as in the page, in CPython with numpy and ai-edge-litert."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.authoring import App, Graph
from pyweb_ml.graph.controls import settings as settings_of
from pyweb_ml.progress import Progress, quiet
from pyweb_ml.runner.frame_feed import FrameFeed
from pyweb_ml.runner.frames import Frames, open_frames
from pyweb_ml.runner.profiler import Profiler
from pyweb_ml.runner.scheduler import Scheduler
from pyweb_ml.runner.sinks import check_output, open_sink
from pyweb_ml.runner.sound import open_sound

__all__ = ["Scheduler", "run_file"]


def run_file(
    app: App[Any, Any],
    input: Path | str,
    output: Path,
    progress: Progress = quiet,
    profiler: Profiler | None = None,
    limit: int | None = None,
    given: Mapping[str, object] | None = None,
) -> None:
    """Runs an app on a picture, a folder of pictures, a video or a camera; with an Audio input, on a sound.

    Writes its first Image output as a picture (the last one, of several) or a video, or all its packets as
    `.jsonl`, by the ending of the output's name. Calculators that ask for the time are told that of the frame, so
    that the output does not depend on the machine's speed; with a camera, the real time.

    Args:
        input: a file or a folder; or "camera", "camera:N" or "lavfi:GRAPH", which Ctrl-C ends.
        limit: how many frames at most.
        given: what the app's controls show, by name; the others show what they do at first.

    Raises:
        ControlError: there is no such control, or it cannot show its value.
        MediaError: a file cannot be read or written, or the app makes no picture.
        CalculatorError: a calculator failed.
    """
    graph = app.trace()
    check_output(output)
    settings = settings_of(graph.controls, given or {})
    frames = _open(app.name, graph, input)
    with _whole(output) as target:
        with open_sink(target, graph) as sink:
            feed = FrameFeed(graph, sink, profiler, live=frames.live, settings=settings)
            endless = frames.live and limit is None
            detail = f"{input} (Ctrl-C ends it)" if endless else Path(input).name
            feed.run(frames, limit, partial(progress, "run", detail))
        if not target.exists():
            raise MediaError("the app gave no picture to write; write its outputs with --output OUT.jsonl")


def _open(name: str, graph: Graph, input: Path | str) -> Frames:
    """The input as what the graph takes, one packet after the other."""
    match list(graph.sources.items()):
        case [(_, "Image")]:
            return open_frames(input)
        case [(stream, "Audio")]:
            return open_sound(Path(input), graph.audio[stream])
    wanted = "a file feeds an app that takes one Image, or one Audio, alone"
    raise MediaError(f"'{name}' takes {graph.sources}; {wanted}")


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file that appears only when it is whole: written beside its place, then moved there."""
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
