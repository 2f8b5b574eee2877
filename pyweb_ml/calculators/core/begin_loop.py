"""A list's items one by one, at timestamps of the loop's own."""

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


class BeginLoopCalculator(CalculatorBase):
    """ITEM has the items of ITERABLE; BATCH_END, with the last of them, the timestamp that ITERABLE had.

    The loop's timestamps count on from 0; a timestamp without a list, or with an empty one, uses up one of them.
    CLONE inputs are repeated beside each item. EndLoopCalculator is the other end.
    Source: mediapipe/calculators/core/begin_loop_calculator.h.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        named = contract.inputs.has("ITERABLE") and contract.outputs.has("ITEM")
        if not named or not contract.outputs.has("BATCH_END"):
            raise ValueError("it needs an input 'ITERABLE' and the outputs 'ITEM' and 'BATCH_END'")
        if contract.inputs.count("CLONE") != contract.outputs.count("CLONE"):
            raise ValueError("it needs as many outputs 'CLONE' as inputs 'CLONE'")
        contract.set_process_timestamp_bounds(True)

    def open(self, cc: CalculatorContext) -> None:
        self._next = 0

    def process(self, cc: CalculatorContext) -> None:
        iterable = cc.inputs("ITERABLE")
        items = [] if iterable.is_empty else list(iterable.value)
        for item in items:
            cc.outputs("ITEM").add(self._next, item)
            self._clone(cc)
            self._next += 1
        if not items:
            self._next += 1
            for output in cc.outputs:
                output.set_next_timestamp_bound(self._next)
        cc.outputs("BATCH_END").add(self._next - 1, cc.input_timestamp)

    def _clone(self, cc: CalculatorContext) -> None:
        for place in range(cc.inputs.count("CLONE")):
            source = cc.inputs("CLONE", place)
            if not source.is_empty:
                cc.outputs("CLONE", place).add(self._next, source.value)
