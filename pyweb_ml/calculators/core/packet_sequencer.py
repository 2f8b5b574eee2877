"""Packets at the next timestamp that another stream leaves open."""

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract
from pyweb_ml.graph.timestamp import next_allowed_in_stream


class PacketSequencerCalculator(CalculatorBase):
    """OUTPUT:i is what INPUT:i gives, from the timestamp after the last TICK on; each TICK settles its timestamp.

    So a SwitchContainer knows for each of its packets which choice counts. Source:
    mediapipe/calculators/core/packet_sequencer_calculator.cc.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        if contract.inputs.count("INPUT") != contract.outputs.count("OUTPUT"):
            raise ValueError("it needs as many outputs 'OUTPUT' as inputs 'INPUT'")
        contract.set_input_stream_handler("ImmediateInputStreamHandler")

    def process(self, cc: CalculatorContext) -> None:
        outputs = [cc.outputs("OUTPUT", index) for index in range(cc.inputs.count("INPUT"))]
        for index, output in enumerate(outputs):
            given = cc.inputs("INPUT", index)
            if not given.is_empty:
                output.add(max(timestamp.MIN, output.next_timestamp_bound), given.value)
        ticks = [cc.inputs("TICK", index).timestamp for index in range(cc.inputs.count("TICK"))]
        tick = cc.input_timestamp if cc.input_timestamp in ticks else timestamp.MIN
        for output in outputs:
            if tick >= output.next_timestamp_bound:
                output.set_next_timestamp_bound(next_allowed_in_stream(tick))
