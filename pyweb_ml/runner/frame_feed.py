"""Feeds a graph with frames, and hands what comes out to a sink."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from pyweb_ml.graph.authoring import Graph
from pyweb_ml.graph.controls import Setting
from pyweb_ml.runner import interrupt
from pyweb_ml.runner.clock import RealClock, SimulatedClock
from pyweb_ml.runner.frames import Frames
from pyweb_ml.runner.profiler import Profiler
from pyweb_ml.runner.scheduler import Scheduler
from pyweb_ml.runner.sinks import Sink


class FrameFeed:
    """One run of a graph that takes one Image.

    Args:
        settings: what its controls show, by the inputs that they feed.
        live: the graph's time is the machine's, and not that of the frames.
    """

    def __init__(
        self,
        graph: Graph,
        sink: Sink,
        profiler: Profiler | None,
        *,
        live: bool,
        settings: Mapping[str, Setting] | None = None,
    ) -> None:
        self._input = next(iter(graph.sources))
        self._settings = settings or {}
        self._sink = sink
        self._clock = SimulatedClock()
        self._scheduler = Scheduler(graph, clock=RealClock() if live else self._clock, profiler=profiler)
        self._packets: list[tuple[int, int, Any]] = []
        for order, name in enumerate(sink.streams):
            self._scheduler.observe(name, partial(self._collect, order))

    def run(self, frames: Frames, limit: int | None, progress: Callable[[int, int], None]) -> None:
        """Runs until the frames end, there were `limit` of them, or, with a live source, Ctrl-C is pressed.

        Raises:
            MediaError: a frame cannot be read.
            CalculatorError: a calculator failed.
        """
        total = min(frames.total or limit or 0, limit or frames.total)
        with self._scheduler, interrupt.noted(frames.live) as pressed, _closed(frames):
            for index, (at, image) in enumerate(frames.frames, 1):
                self._clock.advance(at - self._clock.now())
                self._scheduler.add(at, {self._input: image, **self._settings})
                self._hand_over()
                progress(index, total)
                if pressed.asked or index == limit:
                    break
        self._hand_over()

    def _collect(self, order: int, at: int, payload: Any) -> None:
        self._packets.append((at, order, payload))

    def _hand_over(self) -> None:
        """By timestamp, and within one in the order of the outputs, whichever calculator was first."""
        for at, order, payload in sorted(self._packets, key=lambda packet: packet[:2]):
            self._sink.take(self._sink.streams[order], at, payload)
        self._packets.clear()


@contextmanager
def _closed(frames: Frames) -> Iterator[None]:
    """Closes the file or device at the end, though frames may be left in it."""
    try:
        yield
    finally:
        close = getattr(frames.frames, "close", None)
        if close:
            close()
