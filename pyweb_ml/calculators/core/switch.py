"""What both halves of a SwitchContainer have."""

from collections import deque

from pyweb_ml.calculators.core.channels import CHOICES, History, Key, Relayed
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


class Switch(CalculatorBase, register=False):
    """Knows which channel is active when, and keeps what waits for that."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_input_stream_handler("ImmediateInputStreamHandler")
        contract.set_process_timestamp_bounds(True)

    def open(self, cc: CalculatorContext) -> None:
        self._history = History(cc)
        self._queues: dict[Key, deque[Relayed]] = {key: deque() for key in cc.inputs.keys if key[0] not in CHOICES}
