"""Traces: Perfetto can open what is written, and both sides write the same."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.cli import main
from pyweb_ml.runner.media import write_image
from pyweb_ml.runner.profiler import TraceBuffer, TraceEvent
from pyweb_ml.trace import chrome_trace, recording
from tests.trace_format import problems, tracks

CASES = json.loads((Path(__file__).parent / "trace" / "cases.json").read_text())


def event(event_type: str, node_name: str, start: float, **fields: Any) -> TraceEvent:
    return TraceEvent(event_type, node_name, "SomeCalculator", start, 0, **fields)  # type: ignore[arg-type]


def call(node_name: str, start: float, duration: float, at: int = 0) -> TraceEvent:
    return event("PROCESS", node_name, start, duration=duration, input_timestamp=at)


def entries(ph: str, *events: TraceEvent) -> list[dict[str, Any]]:
    trace = chrome_trace(events)
    assert problems(trace) == []
    return [entry for entry in trace["traceEvents"] if entry["ph"] == ph]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_both_sides_write_the_same_trace(case: dict[str, Any]) -> None:
    """static/tests/trace.test.ts runs the same cases."""
    trace = chrome_trace([TraceEvent(**{"thread_id": 0, **one}) for one in case["events"]], case["name"])
    assert trace == case["trace"]
    assert problems(trace) == []


def run_of_two_nodes(packets: int) -> TraceBuffer:
    buffer = TraceBuffer()
    nodes = [
        {"name": name, "calculator": "PassThroughCalculator", "input_stream": [made], "output_stream": [given]}
        for name, made, given in (("first", "a", "b"), ("second", "b", "c"))
    ]
    graph = pw.CalculatorGraph({"input_stream": ["a"], "node": nodes}, profiler=buffer)
    graph.start_run()
    for at in range(packets):
        graph.add_packet_to_input_stream("a", pw.packet_creator.create_int(at).at(at))
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return buffer


def test_a_real_run_is_a_trace_that_perfetto_opens() -> None:
    trace = chrome_trace(run_of_two_nodes(3).events, "two nodes")
    assert problems(trace) == []
    assert tracks(trace) == ["graph inputs", "first", "second"]
    kinds = [entry["ph"] for entry in trace["traceEvents"]]
    calls, arrows, packets = 2 * (1 + 3 + 1), 3, 3
    counts = {ph: kinds.count(ph) for ph in "Xsfi"}
    assert counts == {"X": calls, "s": arrows, "f": arrows, "i": packets}


def test_calls_of_one_node_that_overlap_have_tracks_of_their_own() -> None:
    events = call("slow", 0, 10), call("slow", 5, 10, 1), call("slow", 10, 1, 2)
    assert [entry["tid"] for entry in entries("X", *events)] == [2000, 2001, 2000]
    assert tracks(chrome_trace(events)) == ["graph inputs", "slow", "slow #2"]


def test_a_call_that_begins_as_another_ends_is_on_the_same_track() -> None:
    third = 1 / 3
    one, other = entries("X", call("fast", 0, third), call("fast", third, third, 1))
    assert one["tid"] == other["tid"]
    assert other["ts"] == one["ts"] + one["dur"]


def test_a_packet_that_a_calculator_drops_does_not_change_the_queue() -> None:
    packet = {"stream": "in", "packet_timestamp": 7}
    events = (
        event("PACKET_QUEUED", "limiter", 1, queue_size=1, **packet),
        event("PACKET_TAKEN", "limiter", 2, queue_size=0, **packet),
        event("PACKET_DROPPED", "limiter", 3, **packet),
    )
    assert [entry["args"] for entry in entries("C", *events)] == [{"packets": 1}, {"packets": 0}]
    assert [entry["name"] for entry in entries("i", *events)] == ["dropped"]


def test_a_recording_is_written_also_when_the_run_fails(tmp_path: Path) -> None:
    def run() -> None:
        with recording(tmp_path / "trace.json") as profiler:
            assert profiler
            profiler.record(call("fails", 0, 1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        run()
    written = json.loads((tmp_path / "trace.json").read_text())
    assert tracks(written) == ["graph inputs", "fails"]


SLICE = {"ph": "X", "name": "a", "pid": 1, "tid": 1000, "ts": 0, "dur": 2, "cat": "PROCESS", "args": {}}
NAME = {"ph": "M", "name": "thread_name", "pid": 1, "tid": 1000, "ts": 0, "args": {"name": "a"}}
START = {"ph": "s", "name": "b", "pid": 1, "tid": 1000, "ts": 0, "cat": "packet", "id": 1}
WRONG: dict[str, list[dict[str, Any]]] = {
    "entry 1 has no 'ph' that is known": [NAME, {"name": "a"}],
    "entry 1, X: 'dur' is None": [NAME, {key: value for key, value in SLICE.items() if key != "dur"}],
    "entry 1, X: 'ts' is -1": [NAME, {**SLICE, "ts": -1}],
    "entry 0: a counter counts {'packets': 'many'}": [{**NAME, "ph": "C", "args": {"packets": "many"}}],
    "the entries are not in the order of their times": [NAME, {**SLICE, "ts": 5}, SLICE],
    "the slice 'a' at 1 overlaps 'a' on the track 1000": [NAME, SLICE, {**SLICE, "ts": 1}],
    "the arrow 1 does not end": [NAME, SLICE, START],
    "the arrow 1 meets no slice at 1": [NAME, SLICE, {**START, "ts": 1}],
    "the arrow 1 ends without having begun": [NAME, SLICE, {**START, "ph": "f", "bp": "e"}],
    "the track 1000 has no name": [SLICE],
}


@pytest.mark.parametrize("problem", WRONG)
def test_the_check_finds_what_is_wrong(problem: str) -> None:
    assert problem in problems({"traceEvents": WRONG[problem]})


def test_run_writes_a_trace_beside_its_output(tmp_path: Path) -> None:
    app, picture, trace = (tmp_path / name for name in ("app.py", "in.png", "trace.json"))
    app.write_text(
        "import pyweb_ml as pw\n\n@pw.app(title='Soft')\ndef app(frame: pw.Image) -> pw.Image:\n"
        "    return pw.gaussian_blur(frame, sigma=2)\n"
    )
    write_image(picture, np.zeros((8, 8, 3), np.uint8))
    asked = ["run", str(app), "--input", str(picture), "--output", str(tmp_path / "out.png")]
    assert main([*asked, "--trace", str(trace)]) == 0
    written = json.loads(trace.read_text())
    assert problems(written) == []
    assert tracks(written) == ["graph inputs", "gaussian_blur"]
