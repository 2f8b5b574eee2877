"""What happens in a run, told event by event to whoever asked for it: `Scheduler(graph, profiler=…)`.

Names as in MediaPipe's GraphProfile (mediapipe/framework/calculator_profile.proto); PACKET_CREATED, PACKET_TAKEN
and PACKET_DROPPED are ours. A run without a profiler has none of this in it: the classes here take the place of
the plain ones when the run is set up.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, Status
from pyweb_ml.graph.timestamp import UNSET
from pyweb_ml.runner.input_queue import Consumer, InputQueue
from pyweb_ml.runner.stream import Stream

EventType = Literal[
    "OPEN",
    "PROCESS",
    "CLOSE",
    "PACKET_CREATED",
    "PACKET_QUEUED",
    "PACKET_TAKEN",
    "PACKET_DROPPED",
    "THROTTLED",
    "UNTHROTTLED",
]


class TraceEvent(NamedTuple):
    """One thing that happened.

    | event_type | of | its fields beside node_name, calculator, start_time, thread_id |
    |---|---|---|
    | OPEN, PROCESS, CLOSE | one call of a calculator | duration, input_timestamp |
    | PACKET_CREATED | a packet that left its producer | stream, packet_timestamp |
    | PACKET_QUEUED | a packet that reached a consumer's queue | stream, packet_timestamp, queue_size |
    | PACKET_TAKEN | a packet that left it for the next Process | stream, packet_timestamp, queue_size |
    | PACKET_DROPPED | a packet that no Process sees | stream, packet_timestamp, queue_size |
    | THROTTLED, UNTHROTTLED | a queue that became full, and no longer is | stream, queue_size |

    PACKET_CREATED names the producer ("" for both where it is the graph's own input), the others of packets and
    queues name the consumer. PACKET_DROPPED is told by a queue (a fixed-size policy, a mux, a closed node) and by
    FlowLimiterCalculator, whose input stream it names.

    Attributes:
        node_name: the node's name in the graph; several nodes of one calculator have different ones.
        start_time: µs, with fractions, by `time.perf_counter_ns`, an origin without meaning; one clock for all.
        duration: µs, with fractions; 0 for what is no call.
        input_timestamp: µs; Timestamp::Unstarted() in OPEN, Timestamp::Done() in CLOSE, 0 in a source.
        thread_id: `threading.get_native_id()` of the thread that did it.
        queue_size: packets in the queue once it has happened.
    """

    event_type: EventType
    node_name: str
    calculator: str
    start_time: float
    thread_id: int
    duration: float = 0.0
    input_timestamp: int = UNSET
    stream: str = ""
    packet_timestamp: int = UNSET
    queue_size: int = 0


class Profiler(Protocol):
    """Takes the events of a run, in the order in which they end; calls overlap where the run has threads."""

    def record(self, event: TraceEvent) -> None:
        """Called on the thread where it happened, between two calculators: be quick, and safe to call at once."""


class TraceBuffer:
    """Keeps the latest events.

    Args:
        capacity: how many; MediaPipe's `trace_log_capacity` is 20,000 without being set.
    """

    def __init__(self, capacity: int = 20_000) -> None:
        self.events: deque[TraceEvent] = deque(maxlen=capacity)
        self.record = self.events.append


class Recorder:
    """Tells a profiler what one node does."""

    def __init__(self, profiler: Profiler, node_name: str, calculator: str) -> None:
        self._profiler = profiler
        self._name = node_name
        self._calculator = calculator

    def call(self, event_type: EventType, began: int, input_timestamp: int) -> None:
        """A call of the calculator that began at `began` (ns) and ends now."""
        duration = (time.perf_counter_ns() - began) / 1000
        self._record(event_type, began, duration=duration, input_timestamp=input_timestamp)

    def packet(self, event_type: EventType, stream: str, packet_timestamp: int, queue_size: int = 0) -> None:
        """What happens now to a packet, or a queue, of a stream."""
        now = time.perf_counter_ns()
        self._record(event_type, now, stream=stream, packet_timestamp=packet_timestamp, queue_size=queue_size)

    def dropped(self, stream: str, packet_timestamp: int) -> None:
        """The calculator itself has dropped a packet of an input."""
        self.packet("PACKET_DROPPED", stream, packet_timestamp)

    def _record(self, event_type: EventType, start: int, **fields: Any) -> None:
        thread = threading.get_native_id()
        event = TraceEvent(event_type, self._name, self._calculator, start / 1000, thread, **fields)
        self._profiler.record(event)


class ProfiledCalculator(CalculatorBase, register=False):
    """A calculator whose calls are timed."""

    def __init__(self, calculator: CalculatorBase, recorder: Recorder) -> None:
        self._calculator = calculator
        self._recorder = recorder

    def open(self, cc: CalculatorContext) -> None:
        began = time.perf_counter_ns()
        try:
            self._calculator.open(cc)
        finally:
            self._recorder.call("OPEN", began, cc.input_timestamp)

    def process(self, cc: CalculatorContext) -> Status | None:
        cc.on_drop = self._recorder.dropped
        began = time.perf_counter_ns()
        try:
            return self._calculator.process(cc)
        finally:
            self._recorder.call("PROCESS", began, cc.input_timestamp)

    def close(self, cc: CalculatorContext) -> None:
        began = time.perf_counter_ns()
        try:
            self._calculator.close(cc)
        finally:
            self._recorder.call("CLOSE", began, cc.input_timestamp)


class ProfiledQueue(InputQueue):
    """A queue that tells what comes, and what is dropped."""

    __slots__ = ("_recorder",)

    def __init__(self, name: str, owner: Consumer, recorder: Recorder) -> None:
        super().__init__(name, owner)
        self._recorder = recorder
        self._plain = False

    def add(self, at: int, payload: Any) -> None:
        closed = self.closed
        # One that is closed takes nothing, and what `super` may cut off comes after what it has taken.
        if not closed:
            self._recorder.packet("PACKET_QUEUED", self.name, at, len(self.packets) + 1)
        super().add(at, payload)
        if closed:
            self._recorder.packet("PACKET_DROPPED", self.name, at, 0)

    def pop(self) -> tuple[int, Any]:
        return self._leave("PACKET_TAKEN")

    def drop_before(self, at: int) -> None:
        while self.packets and self.packets[0][0] < at:
            self._leave("PACKET_DROPPED")

    def close(self) -> None:
        while self.packets:
            self._leave("PACKET_DROPPED")
        super().close()

    def _leave(self, event_type: EventType) -> tuple[int, Any]:
        packet = super().pop()
        self._recorder.packet(event_type, self.name, packet[0], len(self.packets))
        return packet

    def throttles(self, full: bool) -> None:
        kind: EventType = "THROTTLED" if full else "UNTHROTTLED"
        self._recorder.packet(kind, self.name, UNSET, len(self.packets))


class ProfiledStream(Stream):
    """A stream that tells what its producer sends."""

    __slots__ = ("_recorder",)

    def __init__(self, name: str, recorder: Recorder) -> None:
        super().__init__(name)
        self._recorder = recorder

    def send(self, packets: Sequence[tuple[int, Any]], bound: int) -> None:
        for at, _ in packets:
            self._recorder.packet("PACKET_CREATED", self.name, at)
        super().send(packets, bound)
