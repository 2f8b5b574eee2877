"""Where a graph's packets go on the desktop: a picture, a video, or JSON lines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.authoring import Graph
from pyweb_ml.runner.media import IMAGE_SUFFIXES, write_image
from pyweb_ml.runner.packets import packet_line
from pyweb_ml.runner.video import CODECS, VideoWriter


class Sink(Protocol):
    """Takes the packets of `streams`, in the order in which they come."""

    streams: list[str]

    def take(self, stream: str, at: int, payload: Any) -> None: ...

    def close(self) -> None: ...


def check_output(path: Path) -> None:
    """Refuses a name whose ending says nothing that can be written, and a folder that there is not."""
    known = sorted({".jsonl", *IMAGE_SUFFIXES, *CODECS})
    if path.suffix.lower() not in known:
        raise MediaError(f"cannot write '{path}': its name must end in {', '.join(known[:-1])} or {known[-1]}")
    if not path.parent.is_dir():
        raise MediaError(f"cannot write '{path}': there is no folder '{path.parent}'")


@contextmanager
def open_sink(path: Path, graph: Graph) -> Iterator[Sink]:
    """The sink of the kind that the name's ending says; closed at the end, after a failure too."""
    sink: Sink = _KINDS.get(path.suffix.lower(), _Picture)(path, graph)
    try:
        yield sink
    finally:
        sink.close()


def _shown(graph: Graph) -> str:
    images = [name for name, type in graph.outputs.items() if type == "Image"]
    if not images:
        raise MediaError("the app gives no picture to write; write its outputs with --output OUT.jsonl")
    return images[0]


class _Lines:
    """Every packet of every output as a line of JSON."""

    def __init__(self, path: Path, graph: Graph) -> None:
        self.streams = list(graph.outputs)
        self._types = graph.outputs
        self._file = path.open("w", encoding="utf-8")

    def take(self, stream: str, at: int, payload: Any) -> None:
        self._file.write(packet_line(at, stream, self._types[stream], payload) + "\n")

    def close(self) -> None:
        self._file.close()


class _Picture:
    """The first Image output; of several packets the last."""

    def __init__(self, path: Path, graph: Graph) -> None:
        self.streams = [_shown(graph)]
        self._path = path
        self._last: Any = None

    def take(self, stream: str, at: int, payload: Any) -> None:
        self._last = payload

    def close(self) -> None:
        if self._last is not None:
            write_image(self._path, self._last)


class _Video:
    """The first Image output, frame by frame."""

    def __init__(self, path: Path, graph: Graph) -> None:
        self.streams = [_shown(graph)]
        self._writer = VideoWriter(path)

    def take(self, stream: str, at: int, payload: Any) -> None:
        self._writer.write(at, payload)

    def close(self) -> None:
        self._writer.close()


_KINDS: dict[str, Callable[[Path, Graph], Sink]] = {".jsonl": _Lines, **dict.fromkeys(CODECS, _Video)}
