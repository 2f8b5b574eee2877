"""Several streams into one: of the packets of a timestamp, that of the first input."""

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


class MergeCalculator(CalculatorBase):
    """Any inputs, one output."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        if not len(contract.inputs) or len(contract.outputs) != 1:
            raise ValueError("it takes one input or more, and gives one output")
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        for source in cc.inputs:
            if not source.is_empty:
                cc.outputs.all[0].add(cc.input_timestamp, source.value)
                return
