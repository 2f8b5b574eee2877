"""Runs cases through the desktop runtime, and says how what comes out differs from what a case expects."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tests.vectors.calculators  # noqa: F401 - makes the test calculators known
from pyweb_ml.calculator_graph import CalculatorGraph
from pyweb_ml.errors import PyWebMLError
from pyweb_ml.packet import Packet
from pyweb_ml.runner.clock import SimulatedClock
from tests.vectors.special import from_json, to_json
from tests.vectors.steps import still_open

Json = dict[str, Any]


def load(folder: Path) -> list[Json]:
    """All cases of a folder, in the order of its files."""
    return [
        case for path in sorted(folder.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))
    ]


def run(case: Json) -> Json:
    """What the runtime gives: of the form of `expect`, with `error` the message."""
    found: Json = {"packets": {}}
    clock = SimulatedClock()
    try:
        graph = CalculatorGraph(case["graph"], clock=clock, subgraphs=case.get("subgraphs", []))
        _observe(graph, case["expect"], found)
        graph.start_run(case.get("side_packets", {}))
        for step in case["steps"]:
            _take(graph, clock, step)
        for stream in still_open(case):
            graph.close_input_stream(stream)
        graph.wait_until_done()
        names = case["expect"].get("side_packets", {})
        found["side_packets"] = {name: graph.get_output_side_packet(name).value for name in names}
    except PyWebMLError as error:
        found["error"] = str(error)
    return found


def _observe(graph: CalculatorGraph, expect: Json, found: Json) -> None:
    bounds = expect.get("bounds", {})
    found["bounds"] = {name: [] for name in bounds}

    def keep(stream: str, packet: Packet) -> None:
        at = to_json(packet.timestamp)
        if packet.is_empty():
            found["bounds"][stream].append(at)
        else:
            found["packets"][stream].append([at, packet.value])

    for name in sorted({*expect.get("packets", {}), *bounds}):
        found["packets"][name] = []
        graph.observe_output_stream(name, keep, name in bounds)


def _take(graph: CalculatorGraph, clock: SimulatedClock, step: Json) -> None:
    ((kind, given),) = step.items()
    if kind == "packet":
        at = from_json(given["timestamp"])
        graph.add_packet_to_input_stream(given["stream"], Packet(given["value"]), at)
    elif kind == "bound":
        graph.set_input_stream_timestamp_bound(given["stream"], from_json(given["timestamp"]))
    elif kind == "close":
        graph.close_input_stream(given)
    elif kind == "close_all":
        graph.close_all_packet_sources()
    elif kind == "clock":
        clock.advance(given)
    elif kind == "cancel":
        graph.cancel()
    elif kind == "idle":
        graph.wait_until_idle()
    else:
        raise ValueError(f"'{kind}' is no step; README.md lists them")


def problems(case: Json, found: Json) -> Iterator[str]:
    """Each way in which what was found is not what the case expects, as a sentence."""
    expect = case["expect"]
    if "error" not in expect and "error" in found:
        yield f"it failed: {found['error']}"
    elif "error" in expect and "error" not in found:
        yield "it should have failed"
    elif "error" in expect:
        yield from (
            f"the error says not '{one}': {found['error']}" for one in expect["error"] if one not in found["error"]
        )
    for key in ("packets", "bounds", "side_packets"):
        for name, wanted in expect.get(key, {}).items():
            given = found.get(key, {}).get(name)
            if given != wanted:
                yield f"{key} of '{name}' are {json.dumps(given)}, expected {json.dumps(wanted)}"
