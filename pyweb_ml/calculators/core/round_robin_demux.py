"""One stream to several, a packet to each in turn."""

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


class RoundRobinDemuxCalculator(CalculatorBase):
    """The nth packet goes to OUTPUT:n; which one, to SELECT if it is there. Its counterpart is MuxCalculator."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        if len(contract.inputs) != 1 or not contract.outputs.has("OUTPUT"):
            raise ValueError("it takes one input, and gives the outputs 'OUTPUT:0', 'OUTPUT:1', …")

    def open(self, cc: CalculatorContext) -> None:
        self._next = 0

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs("OUTPUT", self._next).add(cc.input_timestamp, cc.inputs.all[0].value)
        if cc.outputs.has("SELECT"):
            cc.outputs("SELECT").add(cc.input_timestamp, self._next)
        self._next = (self._next + 1) % cc.outputs.count("OUTPUT")
