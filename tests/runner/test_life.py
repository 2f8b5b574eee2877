"""The life of calculators: Open, Process, Close, and what errors do to it."""

import contextlib
from typing import Any, ClassVar

import pytest

import pyweb_ml as pw
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


class Noted(CalculatorBase, register=False):
    """Notes its calls, and fails in the one that its option names."""

    calls: ClassVar[list[str]] = []

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)

    def open(self, cc: CalculatorContext) -> None:
        self.note(cc, "open")

    def process(self, cc: CalculatorContext) -> None:
        self.note(cc, "process")
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)

    def close(self, cc: CalculatorContext) -> None:
        self.note(cc, "close, failed" if cc.graph_failed else "close")

    def note(self, cc: CalculatorContext, what: str) -> None:
        self.calls.append(f"{cc.node_name} {what}")
        if cc.options.get("fails") == what:
            raise RuntimeError("on purpose")


class NotedNode(Noted):
    pass


class EmitsBackwards(CalculatorBase):
    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(-cc.input_timestamp, cc.inputs().value)


def node(calculator: str, source: str, target: str, **options: Any) -> dict[str, Any]:
    stated = [{"@type": f"type.googleapis.com/pywebml.{calculator}Options", **options}] if options else []
    return {
        "name": target,
        "calculator": calculator,
        "input_stream": [source],
        "output_stream": [target],
        "node_options": stated,
    }


def chain(fails: str = "") -> dict[str, Any]:
    second = node("NotedNode", "first", "second", **({"fails": fails} if fails else {}))
    return {"input_stream": ["in"], "node": [second, node("NotedNode", "in", "first")]}


def run(config: dict[str, Any], count: int = 1) -> list[str]:
    Noted.calls.clear()
    graph = pw.CalculatorGraph(config)
    graph.start_run()
    for at in range(count):
        graph.add_packet_to_input_stream("in", pw.Packet(at), at)
    graph.close_input_stream("in")
    graph.wait_until_done()
    return list(Noted.calls)


def test_nodes_open_and_close_in_the_order_of_the_graph_not_of_the_config() -> None:
    assert run(chain()) == [
        "first open",
        "second open",
        "first process",
        "second process",
        "first close",
        "second close",
    ]


def test_a_frame_is_finished_before_another_is_begun() -> None:
    calls = [call for call in run(chain(), count=2) if "process" in call]
    assert calls == ["first process", "second process"] * 2


@pytest.mark.parametrize(
    ("fails", "at"),
    [("open", r"Timestamp::Unstarted\(\)"), ("process", "0"), ("close", r"Timestamp::Done\(\)")],
)
def test_an_error_names_the_node_and_the_timestamp(fails: str, at: str) -> None:
    message = rf"'second' failed at timestamp {at}: RuntimeError: on purpose \(test_life.py:\d+\)"
    with pytest.raises(pw.CalculatorError, match=message):
        run(chain(fails))


@pytest.mark.parametrize(
    ("fails", "closed"),
    [("open", ["first close, failed"]), ("process", ["first close, failed", "second close, failed"])],
)
def test_after_an_error_every_opened_calculator_is_closed_and_told_so(fails: str, closed: list[str]) -> None:
    graph = pw.CalculatorGraph(chain(fails))
    Noted.calls.clear()
    with contextlib.suppress(pw.CalculatorError):
        graph.start_run()
        graph.add_packet_to_input_stream("in", pw.Packet(0), 0)
    with pytest.raises(pw.CalculatorError):
        graph.wait_until_idle()
    graph.close()
    assert [call for call in Noted.calls if "close" in call] == closed


def test_a_timestamp_that_does_not_rise_names_node_stream_and_timestamp() -> None:
    config = {
        "input_stream": ["in"],
        "node": [node("EmitsBackwards", "in", "back"), node("PassThroughCalculator", "back", "out")],
    }
    with pytest.raises(
        pw.CalculatorError, match=r"'back' failed at timestamp 1: .*the stream 'back' has passed 0"
    ):
        run(config, count=2)


def test_adding_to_a_full_queue_runs_the_graph_until_there_is_room() -> None:
    graph = pw.CalculatorGraph(
        {"input_stream": ["in"], "max_queue_size": 1, "node": [node("NotedNode", "in", "out")]}
    )
    Noted.calls.clear()
    graph.start_run()
    for at in range(4):
        graph.add_packet_to_input_stream("in", pw.Packet(at), at)
    # One packet is taken at once, one waits in the queue; the two before them had to be processed.
    assert Noted.calls.count("out process") == 2


def test_a_stuck_graph_is_an_error_where_the_config_wants_it_reported() -> None:
    merge = {"calculator": "MergeCalculator", "input_stream": ["a", "b"], "output_stream": ["out"]}
    config = {"input_stream": ["a", "b"], "max_queue_size": 2, "report_deadlock": True, "node": [merge]}
    graph = pw.CalculatorGraph(config)
    graph.start_run()
    graph.add_packet_to_input_stream("a", pw.Packet(0), 0)
    graph.add_packet_to_input_stream("a", pw.Packet(1), 1)
    with pytest.raises(pw.ConfigError, match=r"the graph is stuck: .* 'a' \(2 packets\); raise 'max_queue_size'"):
        graph.add_packet_to_input_stream("a", pw.Packet(2), 2)
