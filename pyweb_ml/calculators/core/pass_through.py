"""Passes every input to the output of the same tag and index."""

from pyweb_ml.graph.calculator_base import STOP, CalculatorBase, CalculatorContext, CalculatorContract, Status


class PassThroughCalculator(CalculatorBase):
    """Inputs and outputs have the same tags and indices; side packets pass too, where they have outputs."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        if contract.inputs.keys != contract.outputs.keys:
            raise ValueError("its inputs and its outputs must have the same tags and indices")
        sides = contract.output_side_packets.keys
        if sides and sides != contract.input_side_packets.keys:
            raise ValueError("its side packets in and out must have the same tags and indices")
        contract.set_timestamp_offset(0)

    def open(self, cc: CalculatorContext) -> None:
        for key in cc.output_side_packets.keys:
            cc.output_side_packets(*key).set(cc.input_side_packets(*key))

    def process(self, cc: CalculatorContext) -> Status | None:
        inputs = cc.inputs.all
        for source, target in zip(inputs, cc.outputs.all):  # noqa: B905  # get_contract compares them
            if not source.is_empty:
                target.add(cc.input_timestamp, source.value)
        return None if inputs else STOP
