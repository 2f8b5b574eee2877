"""`CalculatorGraph`: what a script for MediaPipe's class of that name does, and what is refused."""

from typing import Any

import pytest

import pyweb_ml as pw
from pyweb_ml.calculator_graph import CancelledError
from pyweb_ml.graph.calculator_base import STOP, CalculatorBase, CalculatorContext, CalculatorContract, Status

TEXT = """
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
"""
JOIN: dict[str, Any] = {
    "input_stream": ["a", "b"],
    "node": [{"calculator": "MergeCalculator", "input_stream": ["a", "b"], "output_stream": ["out"]}],
}


class EndlessSource(CalculatorBase):
    """Counts for ever."""

    def open(self, cc: CalculatorContext) -> None:
        self.next = 0

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(self.next, self.next)
        self.next += 1


class StopsAtThree(CalculatorBase):
    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> Status | None:
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)
        return STOP if cc.input_timestamp == 3 else None


class ReadsTheClock(CalculatorBase):
    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp, cc.clock.now())


def seen(graph: pw.CalculatorGraph, stream: str, bounds: bool = False) -> list[tuple[int, Any]]:
    packets: list[tuple[int, Any]] = []

    def keep(name: str, packet: pw.Packet) -> None:
        assert name == stream
        packets.append((packet.timestamp, None if packet.is_empty() else packet.value))

    graph.observe_output_stream(stream, keep, observe_timestamp_bounds=bounds)
    return packets


def test_a_script_feeds_a_graph_and_observes_it() -> None:
    graph = pw.CalculatorGraph(graph_config=TEXT)
    packets: list[str] = []
    graph.observe_output_stream("out", lambda _, packet: packets.append(pw.packet_getter.get_str(packet)))
    graph.start_run()
    graph.add_packet_to_input_stream("in", pw.packet_creator.create_string("hello").at(0))
    graph.add_packet_to_input_stream("in", pw.packet_creator.create_string("world"), timestamp=1)
    graph.wait_until_idle()
    assert packets == ["hello", "world"]
    graph.close_all_packet_sources()
    graph.wait_until_done()
    assert not graph.has_error()


def test_a_graph_runs_again_with_new_calculators() -> None:
    graph = pw.CalculatorGraph(TEXT)
    packets = seen(graph, "out")
    for value in ("one", "two"):
        graph.start_run()
        graph.add_packet_to_input_stream("in", pw.packet_creator.create_string(value).at(0))
        graph.close()
    assert packets == [(0, "one"), (0, "two")]


def test_bounds_are_observed_as_empty_packets() -> None:
    graph = pw.CalculatorGraph(JOIN)
    packets = seen(graph, "out", bounds=True)
    graph.start_run()
    graph.set_input_stream_timestamp_bound("a", 5)
    graph.set_input_stream_timestamp_bound("b", 8)
    graph.wait_until_idle()
    assert packets == [(4, None)]


def test_one_error_names_the_node_the_stream_and_the_timestamp_and_every_later_call_raises_it() -> None:
    graph = pw.CalculatorGraph({**JOIN, "input_stream": ["a", "b"]})
    graph.start_run()
    graph.add_packet_to_input_stream("a", pw.Packet(1), 5)
    for _ in range(2):
        with pytest.raises(pw.ConfigError, match=r"timestamp 5 comes too late: the stream 'a' has passed 5"):
            graph.add_packet_to_input_stream("a", pw.Packet(1), 5)
    assert graph.has_error()
    assert "'a'" in graph.get_combined_error_message()


def test_a_source_that_never_ends_runs_until_a_node_after_it_stops_the_graph() -> None:
    source = {"calculator": "EndlessSource", "output_stream": ["count"]}
    stop = {"calculator": "StopsAtThree", "input_stream": ["count"], "output_stream": ["out"]}
    graph = pw.CalculatorGraph({"node": [source, stop]})
    packets = seen(graph, "out")
    graph.start_run()
    graph.wait_until_done()
    assert packets == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_a_script_waits_for_the_next_output_of_a_source() -> None:
    graph = pw.CalculatorGraph({"node": [{"calculator": "EndlessSource", "output_stream": ["count"]}]})
    packets = seen(graph, "count")
    graph.start_run()
    for wanted in (1, 2, 3):
        graph.wait_for_observed_output()
        assert len(packets) == wanted
    graph.cancel()
    with pytest.raises(CancelledError):
        graph.wait_until_done()


def test_calculators_ask_the_clock_that_the_script_gives() -> None:
    from pyweb_ml.runner.clock import SimulatedClock

    clock = SimulatedClock()
    node = {"calculator": "ReadsTheClock", "input_stream": ["in"], "output_stream": ["out"]}
    graph = pw.CalculatorGraph({"input_stream": ["in"], "node": [node]}, clock=clock)
    packets = seen(graph, "out")
    graph.start_run()
    for at in (0, 1):
        graph.add_packet_to_input_stream("in", pw.Packet("tick"), at)
        graph.wait_until_idle()
        clock.advance(40_000)
    assert packets == [(0, 0), (1, 40_000)]
    with pytest.raises(ValueError, match="a clock cannot be advanced by -1 µs"):
        clock.advance(-1)


def test_a_side_packet_made_by_a_node_is_the_graphs() -> None:
    made = {
        "calculator": "ConstantSidePacketCalculator",
        "output_side_packet": ["PACKET:answer"],
        "node_options": [
            {
                "@type": "type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions",
                "packet": [{"int_value": 42}],
            }
        ],
    }
    graph = pw.CalculatorGraph({"node": [made]})
    graph.start_run()
    graph.wait_until_done()
    assert pw.packet_getter.get_int(graph.get_output_side_packet("answer")) == 42
    with pytest.raises(pw.ConfigError, match="the side packet 'question' is not made; those made are 'answer'"):
        graph.get_output_side_packet("question")


def test_what_a_script_does_at_the_wrong_time_is_refused() -> None:
    graph = pw.CalculatorGraph(TEXT)
    with pytest.raises(pw.ConfigError, match=r"the graph is not started; call start_run\(\) first"):
        graph.wait_until_idle()
    with pytest.raises(pw.ConfigError, match="the graph has no stream 'nowhere'; it has in, out"):
        graph.observe_output_stream("nowhere", lambda *_: None)
    graph.start_run()
    with pytest.raises(pw.ConfigError, match="observe the stream 'out' before the graph starts"):
        graph.observe_output_stream("out", lambda *_: None)
    with pytest.raises(pw.ConfigError, match="the graph's input 'in' is still open; close it"):
        graph.wait_until_done()


def test_a_packet_after_the_close_of_its_stream_is_refused() -> None:
    graph = pw.CalculatorGraph(TEXT)
    graph.start_run()
    graph.close_input_stream("in")
    with pytest.raises(pw.ConfigError, match="'in' is closed: it takes no packet at timestamp 1"):
        graph.add_packet_to_input_stream("in", pw.Packet(1), 1)


def test_a_packet_needs_a_timestamp_and_a_payload() -> None:
    graph = pw.CalculatorGraph(TEXT)
    graph.start_run()
    with pytest.raises(pw.ConfigError, match=r"'in' cannot have the timestamp Timestamp::Unset\(\)"):
        graph.add_packet_to_input_stream("in", pw.packet_creator.create_int(1))
    with pytest.raises(pw.ConfigError, match="an empty packet cannot be added to the stream 'in'"):
        graph.add_packet_to_input_stream("in", pw.Packet(), 1)


def test_what_an_observer_raises_ends_the_run_as_it_is() -> None:
    graph = pw.CalculatorGraph(TEXT)

    def fail(*_: object) -> None:
        raise LookupError("the script's own")

    graph.observe_output_stream("out", fail)
    graph.start_run()
    graph.add_packet_to_input_stream("in", pw.Packet(1), 1)
    with pytest.raises(LookupError, match="the script's own"):
        graph.wait_until_idle()


@pytest.mark.parametrize(
    ("create", "get", "value"),
    [
        ("create_string", "get_str", "text"),
        ("create_bool", "get_bool", True),
        ("create_int", "get_int", -7),
        ("create_uint64", "get_uint", 2**64 - 1),
        ("create_float", "get_float", 1.5),
        ("create_double", "get_float", 0.1),
        ("create_int_vector", "get_int_list", [1, 2]),
        ("create_bool_vector", "get_bool_list", [True, False]),
        ("create_float_vector", "get_float_list", [0.5]),
        ("create_string_vector", "get_str_list", ["a"]),
        ("create_packet_vector", "get_packet_list", [pw.Packet(1)]),
        ("create_string_to_packet_map", "get_str_to_packet_dict", {"a": pw.Packet(1)}),
    ],
)
def test_what_is_put_into_a_packet_comes_out_of_it(create: str, get: str, value: Any) -> None:
    packet = getattr(pw.packet_creator, create)(value)
    assert getattr(pw.packet_getter, get)(packet) == value


def test_a_packet_of_another_type_or_range_is_refused() -> None:
    with pytest.raises(OverflowError, match="256 is out of range: the type holds 0 to 255"):
        pw.packet_creator.create_uint8(256)
    with pytest.raises(TypeError, match="'x' is no integer"):
        pw.packet_creator.create_int("x")  # type: ignore[arg-type]  # the mistake
    with pytest.raises(TypeError, match="the packet at 3 holds a value of type 'str', not int"):
        pw.packet_getter.get_int(pw.Packet("x").at(3))
    with pytest.raises(ValueError, match="the packet at 3 is empty"):
        pw.packet_getter.get_str(pw.Packet().at(3))


def test_a_graph_with_a_shipped_subgraph_is_taken_as_it_stands() -> None:
    graph = pw.CalculatorGraph("""
        input_stream: "image"
        output_stream: "faces"
        node {
          calculator: "FaceDetectionShortRangeCpu"
          input_stream: "IMAGE:image"
          output_stream: "DETECTIONS:faces"
        }
    """)
    assert graph.has_input_stream("image")
    assert not graph.has_input_stream("faces")


def test_a_thread_pool_says_how_many_threads_it_has() -> None:
    config = {**JOIN, "executor": [{"name": "mine", "type": "ThreadPoolExecutor"}]}
    with pytest.raises(pw.ConfigError, match=r"the executor 'mine' is a ThreadPoolExecutor; .* 'num_threads'"):
        pw.CalculatorGraph(config)
