"""What a loop gave for the previous packet, beside the packet of now."""

from collections import deque
from typing import Any

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract, Input, Output


class PreviousLoopbackCalculator(CalculatorBase):
    """For a packet of MAIN, PREV_LOOP is the packet of LOOP that has the timestamp of MAIN's packet before it.

    The first packet of MAIN, an empty MAIN, and an empty LOOP move the bound of PREV_LOOP alone. LOOP is a back
    edge. Source: mediapipe/calculators/core/previous_loopback_calculator.cc.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        named = contract.inputs.has("MAIN") and contract.inputs.has("LOOP")
        if not named or not contract.outputs.has("PREV_LOOP"):
            raise ValueError("it needs the inputs 'MAIN' and 'LOOP' and an output 'PREV_LOOP'")
        contract.set_input_stream_handler("ImmediateInputStreamHandler")
        contract.set_process_timestamp_bounds(True)

    def open(self, cc: CalculatorContext) -> None:
        self._wanted: deque[tuple[int, int]] = deque()
        """For each timestamp of MAIN, that of the LOOP packet that belongs to it."""
        self._loops: deque[tuple[int, bool, Any]] = deque()
        self._last_main = timestamp.UNSTARTED
        self._last_packet = timestamp.UNSTARTED
        self._last_loop = timestamp.UNSET

    def process(self, cc: CalculatorContext) -> None:
        main, output = cc.inputs("MAIN"), cc.outputs("PREV_LOOP")
        self._note_main(main)
        self._note_loop(cc.inputs("LOOP"))
        while self._wanted and self._loops:
            self._match(output)
        if not self._wanted and main.is_done:
            output.close()

    def _note_main(self, main: Input) -> None:
        if main.timestamp <= self._last_main:
            return
        self._wanted.append((main.timestamp, timestamp.UNSET if main.is_empty else self._last_packet))
        if not main.is_empty:
            self._last_packet = main.timestamp
        self._last_main = main.timestamp

    def _note_loop(self, loop: Input) -> None:
        if loop.timestamp > self._last_loop:
            self._loops.append((loop.timestamp, loop.is_empty, loop.value))
            self._last_loop = loop.timestamp

    def _match(self, output: Output) -> None:
        at, wanted = self._wanted[0]
        came, is_empty, value = self._loops[0]
        if wanted > came:
            self._loops.popleft()
            return
        self._wanted.popleft()
        if wanted == came:
            self._loops.popleft()
        if wanted == came and not is_empty:
            output.add(at, value)
        else:
            output.set_next_timestamp_bound(timestamp.next_allowed_in_stream(at))
