"""Lets packets pass, or not."""

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract

TAGS = ("ALLOW", "DISALLOW")
STATES = {"GATE_UNINITIALIZED": None, "GATE_ALLOW": True, "GATE_DISALLOW": False}


class GateCalculator(CalculatorBase):
    """Untagged inputs pass to the outputs of their index while the gate is open.

    ALLOW, or its opposite DISALLOW, is a stream or a side packet; without either the option `allow` (False) says
    it. Without a packet of the stream at a timestamp, `empty_packets_as_allow` (False) does. STATE_CHANGE has the
    gate's state whenever it changes: not for the first, unless `initial_gate_state` (GATE_UNINITIALIZED) says one.
    A side packet that shuts the gate closes the outputs. Source: mediapipe/calculators/core/gate_calculator.cc.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        ports = (contract.inputs, contract.input_side_packets)
        if sum(port.has(tag) for port in ports for tag in TAGS) > 1:
            raise ConfigError("it takes one of 'ALLOW' and 'DISALLOW', as a stream or as a side packet, not more")
        if contract.inputs.count("") != contract.outputs.count(""):
            raise ConfigError("it needs as many outputs without a tag as inputs without one")
        state = contract.options.get("initial_gate_state", "GATE_UNINITIALIZED")
        if state not in STATES:
            raise ConfigError(
                f"its option 'initial_gate_state' is '{state}'; it must be one of {', '.join(STATES)}"
            )
        contract.set_timestamp_offset(0)

    def open(self, cc: CalculatorContext) -> None:
        self._state = STATES[cc.options.get("initial_gate_state", "GATE_UNINITIALIZED")]
        self._stream = next((tag for tag in TAGS if cc.inputs.has(tag)), "")
        self._side = next((tag for tag in TAGS if cc.input_side_packets.has(tag)), "")
        self._fixed = bool(cc.options.get("allow", False))
        if self._side:
            self._fixed = bool(cc.input_side_packets(self._side)) is (self._side == "ALLOW")

    def process(self, cc: CalculatorContext) -> None:
        allow = self._allows(cc)
        if self._state is not None and self._state is not allow and cc.outputs.has("STATE_CHANGE"):
            cc.outputs("STATE_CHANGE").add(cc.input_timestamp, allow)
        self._state = allow
        for place in range(cc.inputs.count("")):
            source, target = cc.inputs("", place), cc.outputs("", place)
            if allow and not source.is_empty:
                target.add(cc.input_timestamp, source.value)
            elif not allow and self._side:
                target.close()

    def _allows(self, cc: CalculatorContext) -> bool:
        if not self._stream:
            return self._fixed
        control = cc.inputs(self._stream)
        if control.is_empty:
            return bool(cc.options.get("empty_packets_as_allow", False))
        return bool(control.value) is (self._stream == "ALLOW")
