"""The items of a loop, gathered into a list again."""

from typing import Any

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract
from pyweb_ml.graph.timestamp import next_allowed_in_stream


class EndLoopCalculator(CalculatorBase):
    """Gathers ITEM until BATCH_END comes, and gives the list at the timestamp that BATCH_END's payload is.

    Without items it moves the bound of ITERABLE alone. Source: mediapipe/calculators/core/end_loop_calculator.h.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        named = contract.inputs.has("ITEM") and contract.inputs.has("BATCH_END")
        if not named or not contract.outputs.has("ITERABLE"):
            raise ValueError("it needs the inputs 'ITEM' and 'BATCH_END' and an output 'ITERABLE'")

    def open(self, cc: CalculatorContext) -> None:
        self._items: list[Any] = []

    def process(self, cc: CalculatorContext) -> None:
        item, end, output = cc.inputs("ITEM"), cc.inputs("BATCH_END"), cc.outputs("ITERABLE")
        if not item.is_empty:
            self._items.append(item.value)
        if end.is_empty:
            return
        if self._items:
            output.add(end.value, self._items)
            self._items = []
        else:
            output.set_next_timestamp_bound(next_allowed_in_stream(end.value))
