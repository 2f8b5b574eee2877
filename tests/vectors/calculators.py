"""The calculators that only the vectors have: README.md says what each one does."""

import math
from typing import Any

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import STOP, CalculatorBase, CalculatorContext, CalculatorContract, Status
from tests.vectors.special import from_json, to_json


def payloads(cc: CalculatorContext) -> list[Any]:
    return [None if each.is_empty else each.value for each in cc.inputs]


class OffsetZero(CalculatorBase, register=False):
    """What all calculators with offset 0 share; its subclasses are the ones to use."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)


class JoinTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp, payloads(cc))


class LogTestCalculator(CalculatorBase):
    empty_calls = False

    def open(self, cc: CalculatorContext) -> None:
        self.calls = 0

    def process(self, cc: CalculatorContext) -> None:
        if self.empty_calls or not all(each.is_empty for each in cc.inputs):
            cc.outputs().add(self.calls, [to_json(cc.input_timestamp), payloads(cc)])
            self.calls += 1


class BoundLogTestCalculator(LogTestCalculator):
    empty_calls = True

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_process_timestamp_bounds(True)


class ImmediateLogTestCalculator(LogTestCalculator):
    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_input_stream_handler("ImmediateInputStreamHandler")


class LifeTestCalculator(CalculatorBase):
    def open(self, cc: CalculatorContext) -> None:
        self.calls = 0
        self.say(cc, "open")

    def process(self, cc: CalculatorContext) -> None:
        self.say(cc, ["process", to_json(cc.input_timestamp)])

    def close(self, cc: CalculatorContext) -> None:
        self.say(cc, "close")

    def say(self, cc: CalculatorContext, what: Any) -> None:
        cc.outputs().add(self.calls, what)
        self.calls += 1


class ClockTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp, cc.clock.now())


class EmptyTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> None:
        pass


class HoldTestCalculator(CalculatorBase):
    def process(self, cc: CalculatorContext) -> None:
        value = cc.inputs().value
        if isinstance(value, int) and value % 2 == 0:
            cc.outputs().add(cc.input_timestamp, value)


class EvenTestCalculator(HoldTestCalculator):
    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)


class SplitTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> None:
        value = cc.inputs().value
        cc.outputs("", value % 2).add(cc.input_timestamp, value)


class LaterTestCalculator(CalculatorBase):
    by = 10

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(10)

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp + self.by, cc.inputs().value)


class EarlierTestCalculator(LaterTestCalculator):
    by = -10

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(-10)


class BoundTestCalculator(CalculatorBase):
    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().set_next_timestamp_bound(from_json(cc.inputs().value))


class BoundOffsetTestCalculator(BoundTestCalculator):
    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)


class EmitTestCalculator(CalculatorBase):
    def process(self, cc: CalculatorContext) -> None:
        for at, value in cc.inputs().value:
            cc.outputs().add(from_json(at), value)


class EmitOffsetTestCalculator(EmitTestCalculator):
    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)


class OpenCloseTestCalculator(CalculatorBase):
    def open(self, cc: CalculatorContext) -> None:
        self.emit(cc, cc.options.get("open", []))

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)

    def close(self, cc: CalculatorContext) -> None:
        self.emit(cc, cc.options.get("close", []))

    def emit(self, cc: CalculatorContext, packets: list[Any]) -> None:
        for at, value in packets:
            cc.outputs().add(from_json(at), value)


class OpenCloseOffsetTestCalculator(OpenCloseTestCalculator):
    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)


class SummaryTestCalculator(CalculatorBase):
    def open(self, cc: CalculatorContext) -> None:
        self.seen: list[Any] = []

    def process(self, cc: CalculatorContext) -> None:
        self.seen.append(cc.inputs().value)

    def close(self, cc: CalculatorContext) -> None:
        cc.outputs().add(timestamp.MAX, self.seen)


class AddTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp, math.fsum(each for each in payloads(cc) if each is not None))


class ScaleTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp, cc.inputs().value * cc.options["by"])


class UnitDelayTestCalculator(CalculatorBase):
    def open(self, cc: CalculatorContext) -> None:
        cc.outputs().add(0, 0)

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp + 1, cc.inputs().value)


class CountTestCalculator(CalculatorBase):
    def open(self, cc: CalculatorContext) -> None:
        self.calls = 0

    def process(self, cc: CalculatorContext) -> Status | None:
        at, options = self.calls, cc.options
        if at == options["count"]:
            return STOP
        cc.outputs().add(options.get("first", 0) + at * options.get("step", 1), options.get("start", 1) + at)
        self.calls += 1
        return None


class StopTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> Status | None:
        if cc.inputs().value == "stop":
            return STOP
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)
        return None


class CloseOutputTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> None:
        if cc.inputs().value == "close":
            cc.outputs().close()
        else:
            cc.outputs().add(cc.input_timestamp, cc.inputs().value)


class FailTestCalculator(OffsetZero):
    def open(self, cc: CalculatorContext) -> None:
        self.fail_in(cc, "open")

    def process(self, cc: CalculatorContext) -> None:
        if cc.inputs().value == "fail":
            self.fail_in(cc, "process")
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)

    def close(self, cc: CalculatorContext) -> None:
        self.fail_in(cc, "close")

    def fail_in(self, cc: CalculatorContext, where: str) -> None:
        if cc.options["where"] == where:
            raise RuntimeError(f"it fails in {where} on purpose")


class SideTestCalculator(CalculatorBase):
    def open(self, cc: CalculatorContext) -> None:
        self.set_in(cc, "open")

    def process(self, cc: CalculatorContext) -> Status | None:
        self.set_in(cc, "process")
        return None if len(cc.inputs) else STOP

    def close(self, cc: CalculatorContext) -> None:
        self.set_in(cc, "close")

    def set_in(self, cc: CalculatorContext, where: str) -> None:
        for _ in range(cc.options.get("times", 1) if cc.options.get("where", "open") == where else 0):
            cc.output_side_packets().set(cc.options["value"])


class WithSideTestCalculator(OffsetZero):
    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp, [cc.inputs().value, cc.input_side_packets()])
