"""Calculators that direct packets of any kind; importing this makes them known to configs by name."""

from pyweb_ml.calculators.core.begin_loop import BeginLoopCalculator
from pyweb_ml.calculators.core.constant_side_packet import ConstantSidePacketCalculator
from pyweb_ml.calculators.core.end_loop import EndLoopCalculator
from pyweb_ml.calculators.core.flow_limiter import FlowLimiterCalculator
from pyweb_ml.calculators.core.gate import GateCalculator
from pyweb_ml.calculators.core.immediate_mux import ImmediateMuxCalculator
from pyweb_ml.calculators.core.merge import MergeCalculator
from pyweb_ml.calculators.core.mux import MuxCalculator
from pyweb_ml.calculators.core.packet_cloner import PacketClonerCalculator
from pyweb_ml.calculators.core.packet_presence import PacketPresenceCalculator
from pyweb_ml.calculators.core.packet_resampler import PacketResamplerCalculator
from pyweb_ml.calculators.core.packet_sequencer import PacketSequencerCalculator
from pyweb_ml.calculators.core.packet_thinner import PacketThinnerCalculator
from pyweb_ml.calculators.core.pass_through import PassThroughCalculator
from pyweb_ml.calculators.core.previous_loopback import PreviousLoopbackCalculator
from pyweb_ml.calculators.core.real_time_flow_limiter import RealTimeFlowLimiterCalculator
from pyweb_ml.calculators.core.round_robin_demux import RoundRobinDemuxCalculator
from pyweb_ml.calculators.core.switch_demux import SwitchDemuxCalculator
from pyweb_ml.calculators.core.switch_mux import SwitchMuxCalculator

__all__ = [
    "BeginLoopCalculator",
    "ConstantSidePacketCalculator",
    "EndLoopCalculator",
    "FlowLimiterCalculator",
    "GateCalculator",
    "ImmediateMuxCalculator",
    "MergeCalculator",
    "MuxCalculator",
    "PacketClonerCalculator",
    "PacketPresenceCalculator",
    "PacketResamplerCalculator",
    "PacketSequencerCalculator",
    "PacketThinnerCalculator",
    "PassThroughCalculator",
    "PreviousLoopbackCalculator",
    "RealTimeFlowLimiterCalculator",
    "RoundRobinDemuxCalculator",
    "SwitchDemuxCalculator",
    "SwitchMuxCalculator",
]
