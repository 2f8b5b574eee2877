"""Small graphs and calculators that the runner's tests share."""

from typing import Any

import pyweb_ml as pw
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract
from pyweb_ml.runner.profiler import Profiler

Json = dict[str, Any]
Packets = dict[str, list[tuple[int, Any]]]


class FailsAtOne(CalculatorBase):
    """Passes every packet but that at timestamp 1, at which it fails."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        if cc.input_timestamp == 1:
            raise RuntimeError("on purpose")
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)


def node(calculator: str, inputs: list[str], outputs: list[str], **fields: Any) -> Json:
    return {"calculator": calculator, "input_stream": inputs, "output_stream": outputs, **fields}


FLOW_LIMITER: Json = {
    "input_stream": ["in", "finished"],
    "node": [
        node(
            "FlowLimiterCalculator",
            ["in", "FINISHED:finished"],
            ["out"],
            name="limiter",
            input_stream_info=[{"tag_index": "FINISHED", "back_edge": True}],
        )
    ],
}
"""Its FINISHED stream comes from the test: a frame is in flight until it says otherwise."""


def run_graph(config: Json, packets: list[tuple[str, int, Any]], profiler: Profiler | None = None) -> Packets:
    """What comes out of each stream that a node makes, by timestamp, for packets (stream, timestamp, value)."""
    graph = pw.CalculatorGraph(config, profiler=profiler)
    found: Packets = {name: [] for one in config["node"] for name in one["output_stream"]}
    for name in found:
        graph.observe_output_stream(name, lambda name, one: found[name].append((one.timestamp, one.value)))
    graph.start_run()
    for stream, at, value in packets:
        graph.add_packet_to_input_stream(stream, pw.Packet(value), at)
    graph.close_all_packet_sources()
    graph.wait_until_done()
    return found
