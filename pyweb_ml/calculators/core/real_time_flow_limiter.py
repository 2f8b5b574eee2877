"""Drops frames while enough are under way: MediaPipe's older limiter."""

from typing import Any

from pyweb_ml.calculators.core.flow_limiter import require_limiter
from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract, Input, Output


class RealTimeFlowLimiterCalculator(CalculatorBase):
    """Lets a timestamp pass while fewer than MAX_IN_FLIGHT (a side packet; 1 without it) are in flight.

    A packet of FINISHED, a back edge, ends one of those in flight, whatever its timestamp; each that passed must
    be finished. Several untagged streams pass or are dropped together. Nothing waits: what does not pass is
    dropped. ALLOW tells at 1, 2, … µs when the answer to "may the next one pass" changes. Source:
    mediapipe/calculators/core/real_time_flow_limiter_calculator.cc; FlowLimiterCalculator is its successor.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        require_limiter(contract)

    def open(self, cc: CalculatorContext) -> None:
        sides = cc.input_side_packets
        self._limit: Any = sides("MAX_IN_FLIGHT") if sides.has("MAX_IN_FLIGHT") else 1
        if not isinstance(self._limit, int) or self._limit < 1:
            raise ValueError(f"MAX_IN_FLIGHT is {self._limit!r}; it must be a whole number from 1")
        self._in_flight = 0
        self._bounds = [timestamp.UNSET] * cc.inputs.count("")
        self._passed: set[int] = set()
        self._last_dropped = timestamp.UNSET
        self._changes = 0

    def process(self, cc: CalculatorContext) -> None:
        allowed = self._allows()
        if not cc.inputs("FINISHED").is_empty:
            if not self._in_flight:
                raise ValueError("a packet of FINISHED came, but no frame is in flight; finish each frame once")
            self._in_flight -= 1
        for place in range(len(self._bounds)):
            self._take(place, cc.inputs("", place), cc.outputs("", place))
        settled = min(self._bounds)
        self._passed = {at for at in self._passed if at >= settled}
        if self._allows() != allowed and cc.outputs.has("ALLOW"):
            self._changes += 1
            cc.outputs("ALLOW").add(self._changes, self._allows())

    def _allows(self) -> bool:
        return bool(self._in_flight < self._limit)

    def _take(self, place: int, given: Input, output: Output) -> None:
        at = given.timestamp
        if given.is_empty:
            self._settle(place, at, output)
            if given.is_done:
                output.close()
        elif self._passes(at):
            output.add(at, given.value)
            self._bounds[place] = at + 1
        else:
            self._last_dropped = max(self._last_dropped, at)
            self._settle(place, at, output)

    def _settle(self, place: int, at: int, output: Output) -> None:
        if timestamp.is_range_value(at) and self._bounds[place] <= at:
            self._bounds[place] = at + 1
            if output.next_timestamp_bound < at + 1:
                output.set_next_timestamp_bound(min(at + 1, timestamp.ONE_OVER_POST_STREAM))

    def _passes(self, at: int) -> bool:
        """Whether a timestamp passes; the first stream that has it decides for the others."""
        if at not in self._passed and self._allows() and at > self._last_dropped:
            self._passed.add(at)
            self._in_flight += 1
        return at in self._passed
