"""The latest packet of each stream, again at each tick."""

from typing import Any

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract, Input
from pyweb_ml.graph.timestamp import next_allowed_in_stream


class PacketClonerCalculator(CalculatorBase):
    """The input TICK, or else the last one, is the tick; the others have an output each.

    Options: `output_only_when_all_inputs_received` (False) drops ticks until every input had a packet;
    `output_packets_only_when_all_inputs_received` (False) moves the outputs' bounds at those ticks instead.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        if len(contract.outputs) != len(contract.inputs) - 1:
            raise ValueError("it needs one output for each input but the tick")

    def open(self, cc: CalculatorContext) -> None:
        self._latest: dict[int, Any] = {}
        self._tick = cc.inputs.keys.index(("TICK", 0)) if cc.inputs.has("TICK") else len(cc.inputs) - 1
        self._moves_bounds = bool(cc.options.get("output_packets_only_when_all_inputs_received", False))
        self._needs_all = self._moves_bounds or bool(cc.options.get("output_only_when_all_inputs_received", False))

    def process(self, cc: CalculatorContext) -> None:
        bases: list[Input] = [one for place, one in enumerate(cc.inputs) if place != self._tick]
        for place, base in enumerate(bases):
            if not base.is_empty:
                self._latest[place] = base.value
        if cc.inputs.all[self._tick].is_empty:
            return
        complete = len(self._latest) == len(bases)
        if self._needs_all and not complete and not self._moves_bounds:
            return
        for place, output in enumerate(cc.outputs):
            if place in self._latest and (complete or not self._needs_all):
                output.add(cc.input_timestamp, self._latest[place])
            else:
                output.set_next_timestamp_bound(next_allowed_in_stream(cc.input_timestamp))
