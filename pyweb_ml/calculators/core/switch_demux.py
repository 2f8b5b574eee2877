"""Streams to one of several channels."""

from pyweb_ml.calculators.core.channels import channel_tag, queued, relay, require_channels, split_channel_tag
from pyweb_ml.calculators.core.switch import Switch
from pyweb_ml.graph.calculator_base import CalculatorContext, CalculatorContract
from pyweb_ml.graph.timestamp import DONE, previous_allowed_in_stream


class SwitchDemuxCalculator(Switch):
    """Each packet of TAG:i goes to Cn__TAG:i, where n is the channel that is active at its timestamp.

    A stream SELECT (int) or ENABLE (bool: channel 0 or 1) says the active channel from its packet's timestamp on;
    packets wait until it is known. Before, it is that of the side packet of that name, else of the option `select`
    or `enable`, else 0. Input side packets go to all channels. Half of a SwitchContainer. Source:
    mediapipe/framework/tool/switch_demux_calculator.cc.
    """

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        require_channels("output", contract.outputs.keys, contract.inputs.keys)
        require_channels("output side packet", contract.output_side_packets.keys, contract.input_side_packets.keys)
        Switch.get_contract(contract)

    def open(self, cc: CalculatorContext) -> None:
        super().open(cc)
        for tag, index in cc.output_side_packets.keys:
            split = split_channel_tag(tag)
            assert split is not None
            cc.output_side_packets(tag, index).set(cc.input_side_packets(split[1], index))

    def process(self, cc: CalculatorContext) -> None:
        queued(cc, self._queues)
        self._history.record(cc)
        settled = self._history.settled(cc)
        for (tag, index), queue in self._queues.items():
            while queue and queue[0][0] <= settled:
                packet = queue.popleft()
                target = channel_tag(tag, self._history.at(packet[0]))
                if cc.outputs.has(target, index):
                    relay(cc.outputs(target, index), packet)
        self._history.drop_before(self._least(cc))

    def _least(self, cc: CalculatorContext) -> int:
        """The least timestamp that a packet may still have, or has while it waits."""
        waiting = [previous_allowed_in_stream(queue[0][0]) for queue in self._queues.values() if queue]
        return min([cc.inputs(*key).timestamp for key in self._queues] + waiting, default=DONE)
