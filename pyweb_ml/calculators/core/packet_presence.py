"""Whether there is a packet, at each settled timestamp."""

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


class PacketPresenceCalculator(CalculatorBase):
    """PRESENCE is True at the timestamps of PACKET, and False where PACKET is settled without a packet."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        if not contract.inputs.has("PACKET") or not contract.outputs.has("PRESENCE"):
            raise ValueError("it needs an input 'PACKET' and an output 'PRESENCE'")
        contract.set_process_timestamp_bounds(True)
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs("PRESENCE").add(cc.input_timestamp, not cc.inputs("PACKET").is_empty)
