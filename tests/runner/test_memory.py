"""A run's memory does not grow with its packets."""

import gc
import tracemalloc
from typing import Any

import pytest

import pyweb_ml as pw
from tests.runner.graphs import node

LOOP = [
    node(
        "FlowLimiterCalculator",
        ["in", "FINISHED:out"],
        ["limited"],
        input_stream_info=[{"tag_index": "FINISHED", "back_edge": True}],
    ),
    node("PassThroughCalculator", ["limited"], ["passed"]),
    node("PreviousLoopbackCalculator", ["MAIN:limited", "LOOP:passed"], ["PREV_LOOP:previous"]),
    node("PassThroughCalculator", ["passed", "previous"], ["out", "before"]),
]
LOOP[2]["input_stream_info"] = [{"tag_index": "LOOP", "back_edge": True}]
JOIN = [
    node("PassThroughCalculator", ["in"], ["a"], max_in_flight=2),
    node("PassThroughCalculator", ["in"], ["b"]),
    node("PassThroughCalculator", ["a", "b"], ["out", "other"]),
]


def growth(nodes: list[dict[str, Any]], threads: int, packets: int) -> int:
    """Bytes by which Python's memory grows from the hundredth packet to the last."""
    graph = pw.CalculatorGraph({"input_stream": ["in"], "num_threads": threads, "node": nodes})
    seen = 0

    def count(_: str, __: pw.Packet) -> None:
        nonlocal seen
        seen += 1

    graph.observe_output_stream("out", count)
    graph.start_run()

    def feed(first: int, end: int) -> int:
        for at in range(first, end):
            graph.add_packet_to_input_stream("in", pw.Packet(bytes(100)), at)
            graph.wait_until_idle()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        grown = -feed(0, 100) + feed(100, packets)
    finally:
        tracemalloc.stop()
    graph.close()
    assert seen == packets
    return grown


@pytest.mark.parametrize("nodes", [LOOP, JOIN], ids=["a loop with a flow limiter", "a join"])
def test_memory_is_the_same_after_three_thousand_packets(nodes: list[dict[str, Any]]) -> None:
    # One object a packet that stayed behind would be 80,000 or more.
    assert growth(nodes, 1, 3_000) < 3_000


def test_memory_is_the_same_after_a_thousand_packets_on_threads() -> None:
    assert growth(JOIN, 4, 1_000) < 3_000
