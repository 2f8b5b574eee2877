"""Several streams into one, as packets come; those that come too late are dropped."""

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


class ImmediateMuxCalculator(CalculatorBase):
    """A packet earlier than what was sent already is dropped; of one timestamp the first input's is sent.

    A second output has True for each packet that came. As in MediaPipe the contract names no input policy: give
    the node the ImmediateInputStreamHandler, or packets wait for each other as at any calculator. Source:
    mediapipe/calculators/core/immediate_mux_calculator.cc.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        if len(contract.outputs) not in (1, 2):
            raise ValueError("it gives one or two outputs")
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        target, *came = cc.outputs
        for source in cc.inputs:
            if source.is_empty:
                continue
            if source.timestamp >= target.next_timestamp_bound:
                target.add(source.timestamp, source.value)
            for output in came:
                output.add(max(cc.input_timestamp, output.next_timestamp_bound), True)
