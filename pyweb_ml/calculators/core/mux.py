"""One stream out of several, chosen packet by packet."""

from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


class MuxCalculator(CalculatorBase):
    """OUTPUT is the packet of INPUT:n at each timestamp of SELECT, whose payload n is; or SELECT a side packet."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        by_stream, by_side = contract.inputs.has("SELECT"), contract.input_side_packets.has("SELECT")
        if by_stream == by_side or not contract.inputs.has("INPUT") or not contract.outputs.has("OUTPUT"):
            raise ValueError(
                "it needs 'INPUT:0', …, an output 'OUTPUT', and one of a stream or side packet 'SELECT'"
            )
        if by_stream:
            contract.set_input_stream_handler("MuxInputStreamHandler")
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        by_stream = cc.inputs.has("SELECT")
        select = cc.inputs("SELECT").value if by_stream else cc.input_side_packets("SELECT")
        count = cc.inputs.count("INPUT")
        if not isinstance(select, int) or not 0 <= select < count:
            raise ValueError(f"SELECT is {select!r}; it must be one of 0 to {count - 1}")
        chosen = cc.inputs("INPUT", select)
        if not chosen.is_empty:
            cc.outputs("OUTPUT").add(cc.input_timestamp, chosen.value)
