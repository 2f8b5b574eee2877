"""Drops frames that a slow part of the graph has no time for."""

from bisect import bisect_right
from collections import deque
from typing import Any

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract, Output
from pyweb_ml.graph.timestamp import next_allowed_in_stream

DEFAULTS = {"max_in_flight": 1, "max_in_queue": 0, "in_flight_timeout": 0}


def require_limiter(contract: CalculatorContract) -> None:
    """What every flow limiter has: frames in and out, and FINISHED.

    Raises:
        ValueError: one of them is missing.
    """
    frames = contract.inputs.count("")
    if not frames or frames != contract.outputs.count(""):
        raise ValueError("it needs as many outputs without a tag as inputs without one, at least one")
    if not contract.inputs.has("FINISHED"):
        raise ValueError("it needs an input 'FINISHED', a back edge from the end of what it limits")
    contract.set_input_stream_handler("ImmediateInputStreamHandler")


class FlowLimiterCalculator(CalculatorBase):
    """Lets a frame pass while fewer than `max_in_flight` are between its output and FINISHED, a back edge.

    A frame is finished by a packet or a bound of FINISHED at its timestamp or later, or after `in_flight_timeout`
    (µs of the main stream's timestamps; 0: never). Up to `max_in_queue` frames wait; the oldest are dropped first.
    The main stream is the untagged input 0; other untagged ones follow what was let pass of it. ALLOW tells of
    each frame whether it passed. A side packet MAX_IN_FLIGHT, and a stream or side packet OPTIONS (an object of
    option values), override the options. Source: mediapipe/calculators/core/flow_limiter_calculator.proto.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        require_limiter(contract)
        contract.set_process_timestamp_bounds(True)

    def open(self, cc: CalculatorContext) -> None:
        self._options: dict[str, Any] = {**DEFAULTS, **cc.options}
        if cc.input_side_packets.has("OPTIONS"):
            self._options.update(cc.input_side_packets("OPTIONS"))
        if cc.input_side_packets.has("MAX_IN_FLIGHT"):
            self._options["max_in_flight"] = cc.input_side_packets("MAX_IN_FLIGHT")
        self._in_flight: deque[int] = deque()
        self._queues: list[deque[tuple[int, Any]]] = [deque() for _ in range(cc.inputs.count(""))]
        # From each timestamp on, whether frames pass: for the auxiliary streams, which may lag behind.
        self._since = [timestamp.UNSET]
        self._passes = [True]

    def process(self, cc: CalculatorContext) -> None:
        self._finish(cc)
        for place, queue in enumerate(self._queues):
            source = cc.inputs("", place)
            if not source.is_empty:
                queue.append((source.timestamp, source.value))
        self._abandon(cc)
        self._release(cc)
        self._move_bounds(cc)
        for place in range(1, len(self._queues)):
            self._follow(cc, place)
        self._forget(cc)

    def _finish(self, cc: CalculatorContext) -> None:
        if cc.inputs.has("OPTIONS") and not cc.inputs("OPTIONS").is_empty:
            self._options.update(cc.inputs("OPTIONS").value)
        finished = cc.inputs("FINISHED").timestamp
        if finished == cc.input_timestamp:
            while self._in_flight and self._in_flight[0] <= finished:
                self._in_flight.popleft()

    def _abandon(self, cc: CalculatorContext) -> None:
        timeout = int(self._options["in_flight_timeout"])
        latest = cc.inputs().timestamp
        if timeout > 0 and latest == cc.input_timestamp and latest < timestamp.MAX:
            while self._in_flight and latest - self._in_flight[0] > timeout:
                self._in_flight.popleft()

    def _release(self, cc: CalculatorContext) -> None:
        queue = self._queues[0]
        while queue and len(self._in_flight) < self._options["max_in_flight"]:
            at, value = queue.popleft()
            cc.outputs().add(at, value)
            self._in_flight.append(at)
            self._tell(cc, at, True)
        while len(queue) > self._options["max_in_queue"]:
            at, _ = queue.popleft()
            self._tell(cc, at, False)
            cc.on_drop(cc.inputs().name, at)

    def _tell(self, cc: CalculatorContext, at: int, passes: bool) -> None:
        if cc.outputs.has("ALLOW"):
            cc.outputs("ALLOW").add(at, passes)
        if self._passes[-1] != passes:
            self._since.append(at)
            self._passes.append(passes)

    def _move_bounds(self, cc: CalculatorContext) -> None:
        bound = self._bound(cc, 0)
        _advance(cc.outputs(), bound)
        if cc.outputs.has("ALLOW") and not self._queues[0]:
            _advance(cc.outputs("ALLOW"), bound)

    def _bound(self, cc: CalculatorContext, place: int) -> int:
        queue = self._queues[place]
        return queue[0][0] if queue else next_allowed_in_stream(cc.inputs("", place).timestamp)

    def _follow(self, cc: CalculatorContext, place: int) -> None:
        settled, queue, output = cc.outputs().next_timestamp_bound, self._queues[place], cc.outputs("", place)
        while queue and queue[0][0] < settled:
            at, value = queue.popleft()
            if self._passes[bisect_right(self._since, at) - 1]:
                output.add(at, value)
            else:
                cc.on_drop(cc.inputs("", place).name, at)
        _advance(output, self._bound(cc, place))

    def _forget(self, cc: CalculatorContext) -> None:
        oldest = min(self._bound(cc, place) for place in range(len(self._queues)))
        first = bisect_right(self._since, oldest) - 1
        del self._since[:first], self._passes[:first]


def _advance(output: Output, bound: int) -> None:
    # Beyond the last timestamp there is nothing to promise: the stream ends, and with it what waits for it.
    if bound > timestamp.POST_STREAM:
        output.close()
    elif bound > output.next_timestamp_bound:
        output.set_next_timestamp_bound(bound)
