"""Fewer packets: at most one a period."""

from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract

TYPES = ("ASYNC", "SYNC")


class PacketThinnerCalculator(CalculatorBase):
    """ASYNC: after a packet, nothing for a period. SYNC: of each period around start + n · period the nearest.

    Options, in microseconds: `thinner_type` (ASYNC), `period` (1; also a side packet PERIOD), `start_time` (the
    least timestamp; 0 for SYNC), `end_time` (excluded; the greatest timestamp), `sync_output_timestamps` (True:
    packets are moved to start + n · period). Source: mediapipe/calculators/core/packet_thinner_calculator.cc.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        kind = contract.options.get("thinner_type", "ASYNC")
        if kind not in TYPES:
            raise ConfigError(f"its option 'thinner_type' is '{kind}'; it must be ASYNC or SYNC")
        if len(contract.inputs) != 1 or len(contract.outputs) != 1:
            raise ConfigError("it takes one input and gives one output")
        if kind == "ASYNC":
            contract.set_timestamp_offset(0)

    def open(self, cc: CalculatorContext) -> None:
        self._sync = cc.options.get("thinner_type", "ASYNC") == "SYNC"
        by_side = cc.input_side_packets.has("PERIOD")
        self._period = int(cc.input_side_packets("PERIOD") if by_side else cc.options.get("period", 1))
        self._start = int(cc.options.get("start_time", 0 if self._sync else timestamp.MIN))
        self._end = int(cc.options.get("end_time", timestamp.MAX))
        self._moves = bool(cc.options.get("sync_output_timestamps", True))
        if self._period <= 0:
            raise ValueError(f"the period is {self._period} µs; it must be positive")
        if self._start >= self._end:
            raise ValueError(f"start_time is {self._start}; it must be earlier than end_time, {self._end}")
        self._next = self._start
        self._saved: tuple[int, Any] | None = None
        cc.outputs.all[0].set_next_timestamp_bound(self._start)

    def process(self, cc: CalculatorContext) -> None:
        if cc.input_timestamp < self._start:
            return
        if cc.input_timestamp >= self._end:
            cc.outputs.all[0].close()
        elif self._sync:
            self._process_sync(cc)
        elif cc.input_timestamp >= self._next:
            self._process_async(cc)

    def close(self, cc: CalculatorContext) -> None:
        if self._saved is not None and not cc.outputs.all[0].is_closed:
            self._emit(cc, *self._saved)

    def _process_async(self, cc: CalculatorContext) -> None:
        output = cc.outputs.all[0]
        output.add(cc.input_timestamp, cc.inputs.all[0].value)
        self._next = timestamp.add(cc.input_timestamp, self._period)
        output.set_next_timestamp_bound(self._next)

    def _process_sync(self, cc: CalculatorContext) -> None:
        now, packet = cc.input_timestamp, (cc.input_timestamp, cc.inputs.all[0].value)
        if self._saved is not None and self._nearest(self._saved[0]) == self._nearest(now):
            if self._distance(now) <= self._distance(self._saved[0]):
                self._saved = packet
            return
        if self._saved is not None:
            self._emit(cc, *self._saved)
        self._saved = packet
        cc.outputs.all[0].set_next_timestamp_bound(self._nearest(now) if self._moves else now)

    def _emit(self, cc: CalculatorContext, at: int, value: Any) -> None:
        cc.outputs.all[0].add(self._nearest(at) if self._moves else at, value)

    def _nearest(self, at: int) -> int:
        return (at - self._start + self._period // 2) // self._period * self._period + self._start

    def _distance(self, at: int) -> int:
        return abs(at - self._nearest(at))
