"""Side packets whose values the config states."""

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.calculator_base import STOP, CalculatorBase, CalculatorContext, CalculatorContract, Status


class ConstantSidePacketCalculator(CalculatorBase):
    """The side packet PACKET:n is the value of the nth entry of the option `packet`, such as {"int_value": 1}."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        stated = contract.options.get("packet", [])
        wanted = contract.output_side_packets.count("PACKET")
        if len(stated) != wanted or not wanted:
            raise ConfigError(
                f"it has {wanted} side packets 'PACKET', but its option 'packet' states {len(stated)}"
            )
        for place, one in enumerate(stated):
            if len(one) != 1:
                raise ConfigError(f"its option 'packet', entry {place}, must state one value, not {sorted(one)}")

    def open(self, cc: CalculatorContext) -> None:
        for place, one in enumerate(cc.options["packet"]):
            (value,) = one.values()
            cc.output_side_packets("PACKET", place).set(value)

    def process(self, cc: CalculatorContext) -> Status:
        return STOP
