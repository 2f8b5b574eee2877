"""A stream while its graph runs: its producer's end, and who observes it.

Source of the rules: mediapipe/framework/output_stream_manager.h.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.timestamp import next_allowed_in_stream
from pyweb_ml.runner.input_queue import InputQueue, check_bound, check_rising

EMPTY: Final = object()
"""The payload of an observed bound: no packet came, and none will come up to that timestamp."""

Observer = Callable[[int, Any], None]


class StreamObserver:
    """Calls an observer for each packet, and if it wants bounds, for each timestamp settled without one."""

    def __init__(self, observer: Observer, bounds: bool) -> None:
        self._observer = observer
        self._bounds = bounds
        self._last = timestamp.UNSTARTED

    def packet(self, at: int, payload: Any) -> None:
        self._last = at
        self._observer(at, payload)

    def bound(self, bound: int) -> None:
        if not self._bounds or bound >= timestamp.DONE:
            return
        is_post = bound == timestamp.POST_STREAM
        settled = bound if is_post else timestamp.previous_allowed_in_stream(bound)
        if settled > self._last:
            self._last = settled
            self._observer(settled, EMPTY)


class Stream:
    """The producer's end of a stream.

    Attributes:
        bound: the least timestamp that a further packet may have.
    """

    __slots__ = ("_any", "bound", "closed", "name", "observers", "readers")

    def __init__(self, name: str) -> None:
        self.name = name
        self.readers: list[InputQueue] = []
        self.observers: list[StreamObserver] = []
        self.bound: int = timestamp.PRE_STREAM
        self.closed = False
        self._any = False

    def send(self, packets: Sequence[tuple[int, Any]], bound: int) -> None:
        """Hands packets, then the bound, to every consumer.

        Raises:
            ConfigError: a consumer cannot take them; see `InputQueue`.
        """
        if not self.readers:
            self._check(packets, bound)
        for queue in self.readers:
            queue.receive(packets, bound)
        self.bound = bound
        for observer in self.observers:
            for at, payload in packets:
                observer.packet(at, payload)
            observer.bound(bound)

    def _check(self, packets: Sequence[tuple[int, Any]], bound: int) -> None:
        """What the queues of readers prove, where there is none."""
        least = self.bound
        for at, _ in packets:
            check_rising(self.name, at, least, self._any)
            least, self._any = next_allowed_in_stream(at), True
        check_bound(self.name, bound, least)

    def close(self, packets: Sequence[tuple[int, Any]] = ()) -> None:
        """Ends the stream, after some last packets; a second time does nothing."""
        if not self.closed:
            self.closed = True
            self.send(packets, timestamp.DONE)
