"""A run's events as a trace that Perfetto and chrome://tracing open; static/src/trace.ts writes the same.

The form is Chrome's Trace Event Format, its JSON object with `traceEvents`; times in µs from the first event.

| ph | is |
|---|---|
| X | one call of a calculator: on its node's track, by its node's name; `cat` is OPEN, PROCESS or CLOSE |
| C | how many packets wait in an input queue |
| s, f | an arrow from the call that made a packet to the call that took it, at one timestamp |
| i | a packet that came into the graph, or was dropped; a queue that became full, and no longer is |
| M | names and order of the tracks |

Source: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU and
https://perfetto.dev/docs/getting-started/other-formats
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from pyweb_ml.cache import write_whole
from pyweb_ml.graph import timestamp
from pyweb_ml.runner.profiler import TraceBuffer, TraceEvent

CAPACITY: Final = 500_000
"""Events that a recording keeps, the latest ones; a packet makes about four on its way through a node."""

_CALLS: Final = ("OPEN", "PROCESS", "CLOSE")
_MARKS: Final = {"PACKET_DROPPED": "dropped", "THROTTLED": "throttled", "UNTHROTTLED": "unthrottled"}
_PID: Final = 1
_LANES: Final = 1000
"""More than any node has calls at once."""

_Entry = dict[str, Any]


def chrome_trace(events: Iterable[TraceEvent], title: str = "") -> dict[str, Any]:
    """The trace as a JSON object.

    Args:
        events: of one run, in any order.
        title: what the tracks together are called.
    """
    ordered = sorted(events, key=lambda event: event.start_time)  # what happens at once stays as it was recorded
    clock = _Clock(ordered[0].start_time if ordered else 0)
    tracks = _Tracks(clock)
    calls = [_Call(event, tracks.lane(event)) for event in ordered if event.event_type in _CALLS]
    _connect(calls, ordered)
    entries = [entry for call in calls for entry in call.entries(clock)]
    entries += [entry for event in ordered for entry in _marks(event, tracks, clock)]
    entries += _queue_sizes(ordered, clock)
    entries.sort(key=lambda entry: entry["ts"])
    return {"traceEvents": [*tracks.names(title), *entries], "displayTimeUnit": "ms"}


@contextmanager
def recording(path: Path | None, title: str = "") -> Iterator[TraceBuffer | None]:
    """Gives a profiler, and writes what it has kept to a file when the block is over, however it ends.

    Args:
        path: without one, nobody records.
    """
    if path is None:
        yield None
        return
    buffer = TraceBuffer(CAPACITY)
    try:
        yield buffer
    finally:
        text = json.dumps(chrome_trace(buffer.events, title), separators=(",", ":"))
        write_whole(path, text.encode())


class _Clock:
    """Whole nanoseconds, as Perfetto counts: so that what follows upon another does not overlap it."""

    def __init__(self, zero: float) -> None:
        self._zero = zero

    def ns(self, time: float) -> int:
        return round((time - self._zero) * 1000)

    def us(self, time: float) -> float:
        return self.ns(time) / 1000

    def ends(self, call: TraceEvent) -> int:
        return self.ns(call.start_time + call.duration)


class _Tracks:
    """A track for the graph's inputs and one for each node, as they come; more where calls of a node overlap."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock
        self._nodes: dict[str, list[int]] = {"": []}

    def lane(self, call: TraceEvent) -> int:
        """The track of a call; calls are to come in the order of their starts."""
        ends = self._nodes.setdefault(call.node_name, [])  # of the last call on each of its tracks
        start, end = self._clock.ns(call.start_time), self._clock.ends(call)
        lane = next((at for at, last in enumerate(ends) if last <= start), len(ends))
        ends[lane : lane + 1] = [end]
        return self._id(call.node_name, lane)

    def first(self, node_name: str) -> int:
        self._nodes.setdefault(node_name, [])
        return self._id(node_name, 0)

    def _id(self, node_name: str, lane: int) -> int:
        return (list(self._nodes).index(node_name) + 1) * _LANES + lane

    def names(self, title: str) -> Iterator[_Entry]:
        yield _entry("M", "process_name", 0, args={"name": title or "graph"})
        for node_name, ends in self._nodes.items():
            for lane in range(max(1, len(ends))):
                tid = self._id(node_name, lane)
                name = (node_name or "graph inputs") + (f" #{lane + 1}" if lane else "")
                yield _entry("M", "thread_name", tid, args={"name": name})
                yield _entry("M", "thread_sort_index", tid, args={"sort_index": tid})


@dataclass
class _Call:
    """A call of a calculator, and the arrows that come to it and leave it: (id, stream)."""

    event: TraceEvent
    tid: int
    arrows_in: list[tuple[int, str]] = field(default_factory=list)
    arrows_out: list[tuple[int, str]] = field(default_factory=list)

    def entries(self, clock: _Clock) -> Iterator[_Entry]:
        """The slice first: an arrow belongs to the slice that is open where it is told."""
        event = self.event
        ts = clock.us(event.start_time)
        args = {"calculator": event.calculator, **_timestamp(event.input_timestamp)}
        if event.thread_id:
            args["thread"] = event.thread_id
        dur = (clock.ends(event) - clock.ns(event.start_time)) / 1000
        yield _entry("X", event.node_name, self.tid, ts=ts, dur=dur, cat=event.event_type, args=args)
        for id, stream in self.arrows_in:
            yield _entry("f", stream, self.tid, ts=ts, cat="packet", id=id, bp="e")
        for id, stream in self.arrows_out:
            yield _entry("s", stream, self.tid, ts=ts, cat="packet", id=id)


def _connect(calls: list[_Call], ordered: list[TraceEvent]) -> None:
    """Draws an arrow from the call that made a packet to each call that took it."""
    known = _CallsByTimestamp(calls)
    made: dict[tuple[str, int], _Call] = {}
    ids = count(1)
    for event in ordered:
        packet = event.stream, event.packet_timestamp
        if event.event_type == "PACKET_CREATED" and (maker := known.before(event)):
            made[packet] = maker
        elif event.event_type == "PACKET_TAKEN" and packet in made and (taker := known.after(event)):
            arrow = next(ids), event.stream
            made[packet].arrows_out.append(arrow)
            taker.arrows_in.append(arrow)


class _CallsByTimestamp:
    """Which call made a packet, or took it: its node's at its timestamp; of a source, the last one before it."""

    def __init__(self, calls: list[_Call]) -> None:
        self._calls: dict[tuple[str, int], list[_Call]] = {}
        for call in calls:
            key = call.event.node_name, call.event.input_timestamp
            self._calls.setdefault(key, []).append(call)

    def before(self, event: TraceEvent) -> _Call | None:
        of_source = self._calls.get((event.node_name, 0), [])
        found = self._calls.get((event.node_name, event.packet_timestamp), of_source)
        return next((call for call in reversed(found) if call.event.start_time <= event.start_time), None)

    def after(self, event: TraceEvent) -> _Call | None:
        found = self._calls.get((event.node_name, event.packet_timestamp), [])
        return next((call for call in found if call.event.start_time >= event.start_time), None)


def _marks(event: TraceEvent, tracks: _Tracks, clock: _Clock) -> Iterator[_Entry]:
    comes_in = event.event_type == "PACKET_CREATED" and not event.node_name
    name = "packet" if comes_in else _MARKS.get(event.event_type)
    if name:
        args = {"stream": event.stream, **_timestamp(event.packet_timestamp)}
        ts = clock.us(event.start_time)
        yield _entry("i", name, tracks.first(event.node_name), ts=ts, cat=event.event_type, s="t", args=args)


def _queue_sizes(ordered: list[TraceEvent], clock: _Clock) -> Iterator[_Entry]:
    waiting: set[tuple[str, str, int]] = set()
    for event in ordered:
        packet = event.node_name, event.stream, event.packet_timestamp
        if event.event_type == "PACKET_QUEUED":
            waiting.add(packet)
        # What a calculator drops has left its queue before.
        elif event.event_type == "PACKET_TAKEN" or (event.event_type == "PACKET_DROPPED" and packet in waiting):
            waiting.discard(packet)
        else:
            continue
        name = f"{event.node_name}: {event.stream}"
        yield _entry("C", name, 0, ts=clock.us(event.start_time), args={"packets": event.queue_size})


def _timestamp(at: int) -> dict[str, Any]:
    return {"timestamp": at} if timestamp.is_range_value(at) else {}


def _entry(ph: str, name: str, tid: int, **fields: Any) -> _Entry:
    return {"ph": ph, "name": name, "pid": _PID, "tid": tid, "ts": 0, **fields}
