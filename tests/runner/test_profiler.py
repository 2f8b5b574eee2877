"""A profiler hears each call and each packet of a run, and changes nothing."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

import pyweb_ml as pw
from pyweb_ml.runner.profiler import TraceBuffer, TraceEvent
from tests.fuzz.graphs import stepped_case, timeless_case
from tests.runner.graphs import FLOW_LIMITER, node, run_graph
from tests.vectors import run as vectors

CASES = vectors.load(Path(vectors.__file__).parent)


def traced(config: dict[str, Any], packets: list[tuple[str, int, Any]]) -> list[TraceEvent]:
    buffer = TraceBuffer()
    run_graph(config, packets, profiler=buffer)
    return list(buffer.events)


def named(events: list[TraceEvent], *kinds: str) -> list[tuple[str, str, int]]:
    return [(one.event_type, one.node_name, one.input_timestamp) for one in events if one.event_type in kinds]


def packets_of(events: list[TraceEvent], kind: str) -> list[tuple[str, str, int]]:
    return [(one.node_name, one.stream, one.packet_timestamp) for one in events if one.event_type == kind]


ONE = {"input_stream": ["in"], "node": [node("PassThroughCalculator", ["in"], ["out"], name="pass")]}


def test_each_call_of_a_calculator_is_told_with_its_node_and_input_timestamp() -> None:
    events = traced(ONE, [("in", 5, "a"), ("in", 7, "b")])
    assert named(events, "OPEN", "PROCESS", "CLOSE") == [
        ("OPEN", "pass", pw.Timestamp.UNSTARTED),
        ("PROCESS", "pass", 5),
        ("PROCESS", "pass", 7),
        ("CLOSE", "pass", pw.Timestamp.DONE),
    ]
    calls = [one for one in events if one.event_type == "PROCESS"]
    assert {one.calculator for one in calls} == {"PassThroughCalculator"}
    assert all(one.duration > 0 and one.start_time > 0 and one.thread_id > 0 for one in calls)


def test_a_packets_way_is_told_from_its_producer_through_the_queue_to_process() -> None:
    events = traced(ONE, [("in", 5, "a")])
    way = [one.event_type for one in events if 5 in (one.packet_timestamp, one.input_timestamp)]
    assert way == ["PACKET_CREATED", "PACKET_QUEUED", "PACKET_TAKEN", "PROCESS", "PACKET_CREATED"]
    assert packets_of(events, "PACKET_CREATED") == [("", "in", 5), ("pass", "out", 5)]
    assert packets_of(events, "PACKET_QUEUED") == [("pass", "in", 5)]


def test_the_size_of_a_queue_is_told_whenever_it_changes() -> None:
    # The second input stays behind, so that what comes on the first one waits.
    join = {"input_stream": ["a", "b"], "node": [node("PassThroughCalculator", ["a", "b"], ["x", "y"])]}
    events = traced(join, [("a", 1, 0), ("a", 2, 0), ("b", 1, 0), ("b", 2, 0)])
    sizes = [(one.event_type, one.queue_size) for one in events if one.stream == "a"]
    assert sizes == [
        ("PACKET_CREATED", 0),
        ("PACKET_QUEUED", 1),
        ("PACKET_CREATED", 0),
        ("PACKET_QUEUED", 2),
        ("PACKET_TAKEN", 1),
        ("PACKET_TAKEN", 0),
    ]


def test_what_a_fixed_size_queue_drops_is_told() -> None:
    policy = {"input_stream_handler": "FixedSizeInputStreamHandler"}
    config = {
        "input_stream": ["a", "b"],
        "node": [node("PassThroughCalculator", ["a", "b"], ["x", "y"], input_stream_handler=policy)],
    }
    packets = [("a", at, at) for at in range(3)] + [("b", at, at) for at in range(3)]
    dropped = packets_of(traced(config, packets), "PACKET_DROPPED")
    assert dropped == [("PassThroughCalculator", name, at) for name in "ab" for at in (0, 1)]


def test_what_a_flow_limiter_drops_is_told() -> None:
    events = traced(FLOW_LIMITER, [("in", 0, 0), ("in", 1, 1), ("in", 2, 2)])
    assert packets_of(events, "PACKET_DROPPED") == [("limiter", "in", 1), ("limiter", "in", 2)]


def test_a_full_queue_is_told_and_so_is_that_it_is_full_no_longer() -> None:
    events = traced({**ONE, "max_queue_size": 1}, [("in", 0, 0)])
    states = [(one.event_type, one.queue_size) for one in events if "THROTTLED" in one.event_type]
    assert states == [("THROTTLED", 1), ("UNTHROTTLED", 0)]


def test_a_call_that_fails_is_told_too() -> None:
    buffer = TraceBuffer()
    failing = {"input_stream": ["in"], "node": [node("FailsAtOne", ["in"], ["out"])]}
    with pytest.raises(pw.CalculatorError, match="'FailsAtOne' failed at timestamp 1"):
        run_graph(failing, [("in", 0, 0), ("in", 1, 1)], profiler=buffer)
    assert [at for _, _, at in named(list(buffer.events), "PROCESS")] == [0, 1]


@pytest.fixture
def profiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs of vectors are profiled. Their nodes then run by `Call` and `SyncSet`, and not by `SyncedCall`."""
    monkeypatch.setattr(vectors, "CalculatorGraph", partial(pw.CalculatorGraph, profiler=TraceBuffer()))


@pytest.mark.usefixtures("profiled")
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_vector_gives_the_same_with_a_profiler(case: vectors.Json) -> None:
    assert list(vectors.problems(case, vectors.run(case))) == []


@pytest.mark.parametrize("make", [stepped_case, timeless_case])
def test_a_random_graph_gives_the_same_with_a_profiler(make: Any, request: pytest.FixtureRequest) -> None:
    cases = [make(seed) for seed in range(150)]
    plain = [vectors.run(case) for case in cases]
    request.getfixturevalue("profiled")
    assert [vectors.run(case) for case in cases] == plain


def test_a_trace_buffer_keeps_the_latest_events() -> None:
    buffer = TraceBuffer(capacity=2)
    run_graph(ONE, [("in", 0, 0)], profiler=buffer)
    assert [one.event_type for one in buffer.events] == ["PACKET_CREATED", "CLOSE"]
