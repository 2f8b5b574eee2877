"""One of several channels to streams."""

from pyweb_ml.calculators.core.channels import CHOICES, channel_tag, queued, relay, require_channels
from pyweb_ml.calculators.core.switch import Switch
from pyweb_ml.graph.calculator_base import CalculatorContext, CalculatorContract
from pyweb_ml.graph.timestamp import DONE, next_allowed_in_stream


class SwitchMuxCalculator(Switch):
    """TAG:i is what Cn__TAG:i gives, where n is the channel that is active at each timestamp.

    The active channel is said as to SwitchDemuxCalculator; packets of the others are dropped. The output side
    packet TAG:i is that of the channel that is active at the start. Half of a SwitchContainer. Source:
    mediapipe/framework/tool/switch_mux_calculator.cc.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        data = [key for key in contract.inputs.keys if key[0] not in CHOICES]
        sides = [key for key in contract.input_side_packets.keys if key[0] not in CHOICES]
        require_channels("input", data, contract.outputs.keys)
        require_channels("input side packet", sides, contract.output_side_packets.keys)
        Switch.get_contract(contract)

    def open(self, cc: CalculatorContext) -> None:
        super().open(cc)
        channel, *_ = self._history.first(cc)
        for tag, index in cc.output_side_packets.keys:
            source = channel_tag(tag, channel)
            if not cc.input_side_packets.has(source, index):
                raise ValueError(f"the channel {channel} is selected, which does not exist")
            cc.output_side_packets(tag, index).set(cc.input_side_packets(source, index))

    def process(self, cc: CalculatorContext) -> None:
        self._history.record(cc)
        queued(cc, self._queues)
        while True:
            channel, start, end, is_last = self._history.first(cc)
            settled = self._send(cc, channel, start, end)
            if is_last or next_allowed_in_stream(settled) < end:
                return
            for queue in self._queues.values():
                while queue and queue[0][0] < end:
                    queue.popleft()
            self._history.drop_first()

    def _send(self, cc: CalculatorContext, channel: int, start: int, end: int) -> int:
        """Sends what a channel has from `start` to before `end`; gives up to where its inputs are settled."""
        settled = DONE
        for tag, index in cc.outputs.keys:
            key = (channel_tag(tag, channel), index)
            if key not in self._queues:
                continue
            queue = self._queues[key]
            while queue and queue[0][0] < end:
                packet = queue.popleft()
                if packet[0] >= start:
                    relay(cc.outputs(tag, index), packet)
            settled = min(settled, cc.inputs(*key).timestamp)
        return settled
