"""Packets at a constant frame rate."""

import math
from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract

MICROSECONDS = 1_000_000
UNSUPPORTED = (
    "jitter", "jitter_with_reflection", "reproducible_sampling", "max_frame_rate", "use_input_frame_rate"
)  # fmt: skip
"""MediaPipe's open-source form has no secure random numbers, and refuses jitter too; a frame rate of the input
would stand in a stream's header, which streams do not have here.
"""


class PacketResamplerCalculator(CalculatorBase):
    """For each period of the frame rate the packet nearest to it, repeated or dropped as need be.

    Options: `frame_rate` (1/s, 0 to 1,000,000), `flush_last_packet` (True: at the end, the packet of a period
    that was begun), `base_timestamp` (µs: periods are counted from it, not from the first packet), `start_time`
    and `end_time` (µs, the latter excluded), `round_limits` (False: the limits widen by half a period). The stream
    is DATA, or the one without a tag. `output_header` has no effect: streams have no headers here. Source:
    mediapipe/calculators/core/packet_resampler_calculator.cc.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        rate = contract.options.get("frame_rate", -1.0)
        if not 0 < rate <= MICROSECONDS:
            raise ConfigError(f"its option 'frame_rate' is {rate}; it must be above 0 and at most {MICROSECONDS}")
        for name in UNSUPPORTED:
            if contract.options.get(name):
                raise ConfigError(f"its option '{name}' is not supported; leave it out")
        if len(contract.inputs) != 1 or len(contract.outputs) != 1:
            raise ConfigError("it takes one input, 'DATA' or without a tag, and gives one output")

    def open(self, cc: CalculatorContext) -> None:
        options = cc.options
        self._rate = float(options["frame_rate"])
        self._flushes = bool(options.get("flush_last_packet", True))
        self._base: int | None = options.get("base_timestamp")
        margin = int(MICROSECONDS / self._rate) // 2 if options.get("round_limits") else 0
        self._start = timestamp.add(int(options.get("start_time", timestamp.MIN)), -margin)
        self._end = timestamp.add(int(options.get("end_time", timestamp.MAX)), margin)
        self._first: int | None = None
        self._last: tuple[int, Any] | None = None
        self._period = 0

    def process(self, cc: CalculatorContext) -> None:
        if cc.input_timestamp == timestamp.PRE_STREAM:
            raise ValueError("a packet at Timestamp::PreStream() cannot be resampled")
        if self._first is None:
            self._first = self._aligned(cc.input_timestamp)
        if self._index(cc.input_timestamp) >= self._period:
            self._emit(cc)
        self._last = (cc.input_timestamp, cc.inputs.all[0].value)

    def close(self, cc: CalculatorContext) -> None:
        if cc.graph_failed or self._last is None or not self._flushes:
            return
        if self._index(self._last[0]) == self._period:
            self._add(cc, self._time(self._period), self._last[1])

    def _aligned(self, at: int) -> int:
        if self._base is None:
            return at
        index = rounded((at - self._base) / MICROSECONDS * self._rate)
        return self._base + rounded(index / self._rate * MICROSECONDS)

    def _emit(self, cc: CalculatorContext) -> None:
        now, value = cc.input_timestamp, cc.inputs.all[0].value
        while self._index(now) > self._period:
            if self._last is not None:
                self._add(cc, self._time(self._period), self._last[1])
            self._period += 1
        target = self._time(self._period)
        if now >= target:
            is_nearer = self._last is None or now - target <= target - self._last[0]
            self._add(cc, target, value if is_nearer or self._last is None else self._last[1])
            self._period += 1
        cc.outputs.all[0].set_next_timestamp_bound(self._time(self._period))

    def _add(self, cc: CalculatorContext, at: int, value: Any) -> None:
        if self._start <= at < self._end:
            cc.outputs.all[0].add(at, value)

    def _time(self, period: int) -> int:
        assert self._first is not None
        return self._first + rounded(period / self._rate * MICROSECONDS)

    def _index(self, at: int) -> int:
        assert self._first is not None
        return rounded((at - self._first) / MICROSECONDS * self._rate)


def rounded(value: float) -> int:
    """The nearest integer; halves away from zero, as MediaPipe's MathUtil::SafeRound has them."""
    whole = math.trunc(value)
    return whole + (abs(value - whole) >= 0.5) * (1 if value > 0 else -1)
