"""What each node of a run does, or waits for: why a graph does not go on.

Names as in MediaPipe's GraphRuntimeInfo (mediapipe/framework/calculator.proto and graph_runtime_info.cc).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyweb_ml.runner.input_queue import InputQueue
from pyweb_ml.runner.network import Network
from pyweb_ml.runner.node import Node, State


@dataclass(frozen=True)
class StreamRuntimeInfo:
    """One input stream of a node.

    Attributes:
        queue_size: packets that wait.
        minimum_timestamp_or_bound: µs; of the first packet, or where there is none the stream's bound.
        is_full: the queue has reached its limit, and holds back what feeds it.
    """

    stream_name: str
    queue_size: int
    minimum_timestamp_or_bound: int
    is_full: bool


@dataclass(frozen=True)
class NodeStatus:
    """One node, in topological order of the graph.

    Attributes:
        state: "prepared" (not opened yet), "opened" or "closed".
        in_flight: calls of the calculator that are running, or prepared.
        input_stream_infos: in MediaPipe's order of inputs.
        waits_for: the input streams that keep an opened node from its next call; empty while it has one in flight.
        missing_side_packets: those that keep it from opening.
        throttled_by: of a source, the streams with full queues downstream.
    """

    node_name: str
    calculator: str
    state: str
    in_flight: int
    input_stream_infos: tuple[StreamRuntimeInfo, ...]
    waits_for: tuple[str, ...]
    missing_side_packets: tuple[str, ...]
    throttled_by: tuple[str, ...]


def node_status(network: Network, side_packets: Mapping[str, Any]) -> list[NodeStatus]:
    """The status of every node; `side_packets` are those that there are."""
    return [_status(network, node, side_packets) for node in network.nodes]


def _status(network: Network, node: Node, side_packets: Mapping[str, Any]) -> NodeStatus:
    wanted = node.kind.contract.input_side_packets
    opens = node.state is State.PREPARED
    waits = node.state is State.OPENED and not node.in_flight and not node.closing and node.policy
    full = [queue.name for queue in network.throttle.full() if node.id in network.throttle.feeders(queue)]
    return NodeStatus(
        node.name,
        node.config.calculator,
        node.state.value,
        node.in_flight,
        tuple(_info(queue) for queue in node.queues),
        tuple(queue.name for queue in node.policy.missing()) if waits and node.policy else (),
        tuple(name for name in wanted if name not in side_packets) if opens else (),
        tuple(full),
    )


def _info(queue: InputQueue) -> StreamRuntimeInfo:
    size = len(queue.packets)
    return StreamRuntimeInfo(queue.name, size, queue.settled(), size >= queue.limit)
