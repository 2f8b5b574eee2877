"""The status of a graph's nodes says why it does not go on."""

from typing import Any

import pyweb_ml as pw
from pyweb_ml.graph.calculator_base import STOP, CalculatorBase, CalculatorContext, Status
from pyweb_ml.runner.node_status import NodeStatus, StreamRuntimeInfo
from tests.runner.graphs import node


class CountsToNine(CalculatorBase):
    """A source of 0 to 9."""

    def open(self, cc: CalculatorContext) -> None:
        self.at = 0

    def process(self, cc: CalculatorContext) -> Status | None:
        cc.outputs().add(self.at, self.at)
        self.at += 1
        return STOP if self.at == 10 else None


def started(nodes: list[dict[str, Any]], **fields: Any) -> pw.CalculatorGraph:
    graph = pw.CalculatorGraph({"node": nodes, **fields})
    graph.start_run()
    return graph


def only(graph: pw.CalculatorGraph) -> NodeStatus:
    (status,) = graph.node_status()
    return status


JOIN = node("PassThroughCalculator", ["a", "b"], ["x", "y"], name="join")


def test_a_node_waits_for_the_empty_input_that_is_settled_least_far() -> None:
    graph = started([JOIN], input_stream=["a", "b"])
    graph.add_packet_to_input_stream("a", pw.Packet("one"), 5)
    graph.set_input_stream_timestamp_bound("b", 3)
    graph.wait_until_idle()
    status = only(graph)
    assert (status.node_name, status.calculator, status.state) == ("join", "PassThroughCalculator", "opened")
    assert status.waits_for == ("b",)
    assert status.input_stream_infos == (
        StreamRuntimeInfo("a", 1, 5, is_full=False),
        StreamRuntimeInfo("b", 0, 3, is_full=False),
    )


def test_a_node_that_has_its_next_call_prepared_waits_for_nothing() -> None:
    graph = started([node("PassThroughCalculator", ["a"], ["x"])], input_stream=["a"])
    graph.add_packet_to_input_stream("a", pw.Packet("one"), 5)
    assert (only(graph).in_flight, only(graph).waits_for) == (1, ())


def test_a_barrier_waits_for_every_input_without_a_packet() -> None:
    handler = {"input_stream_handler": "BarrierInputStreamHandler"}
    graph = started([JOIN], input_stream=["a", "b"], input_stream_handler=handler)
    assert only(graph).waits_for == ("a", "b")
    graph.add_packet_to_input_stream("b", pw.Packet("one"), 5)
    assert only(graph).waits_for == ("a",)


def test_a_mux_waits_for_its_control_and_then_for_the_input_that_it_selects() -> None:
    mux = node("MuxCalculator", ["INPUT:0:a", "INPUT:1:b", "SELECT:select"], ["OUTPUT:out"])
    graph = started([mux], input_stream=["a", "b", "select"])
    assert only(graph).waits_for == ("select",)
    graph.add_packet_to_input_stream("select", pw.Packet(1), 5)
    assert only(graph).waits_for == ("b",)


def test_a_node_that_is_not_open_names_the_side_packets_that_it_misses() -> None:
    config = {
        "input_side_packet": ["given"],
        "node": [{**node("PassThroughCalculator", [], []), "input_side_packet": ["given"]}],
    }
    assert only(pw.CalculatorGraph(config)).missing_side_packets == ("given",)


def test_a_source_names_the_full_queue_that_throttles_it() -> None:
    # "late" holds the join back, so that what the source makes piles up.
    late = node("PassThroughCalculator", ["numbers", "late"], ["x", "y"], name="join")
    nodes = [node("CountsToNine", [], ["numbers"], name="source"), late]
    graph = pw.CalculatorGraph({"input_stream": ["late"], "max_queue_size": 3, "node": nodes})
    seen: list[tuple[tuple[str, ...], StreamRuntimeInfo]] = []

    def look(_: str, __: pw.Packet) -> None:
        source, join = graph.node_status()
        seen.append((source.throttled_by, join.input_stream_infos[0]))

    graph.observe_output_stream("numbers", look)
    graph.start_run()
    graph.wait_until_idle()
    assert seen[1:3] == [
        ((), StreamRuntimeInfo("numbers", 2, 0, is_full=False)),
        (("numbers",), StreamRuntimeInfo("numbers", 3, 0, is_full=True)),
    ]


def test_after_the_run_every_node_is_closed() -> None:
    graph = started([JOIN], input_stream=["a", "b"])
    graph.close()
    assert (only(graph).state, only(graph).waits_for) == ("closed", ())
