"""A graph's nodes and streams, connected, for one run."""

from collections.abc import Mapping
from typing import Any, Protocol

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_name
from pyweb_ml.graph.contract import Contract
from pyweb_ml.graph.name_rules import node_names
from pyweb_ml.runner.clock import Clock
from pyweb_ml.runner.kind import kind_of
from pyweb_ml.runner.node import Node, State
from pyweb_ml.runner.profiler import ProfiledStream, Profiler, Recorder
from pyweb_ml.runner.stream import Stream
from pyweb_ml.runner.throttle import Throttle
from pyweb_ml.runner.topology import back_edges, feeders, topological

QUEUE_SIZE = 100
"""MediaPipe's `max_queue_size` where a config says none."""


class Runnable(Protocol):
    """What a scheduler runs; `pyweb_ml.graph.authoring.Graph` is one."""

    config: GraphConfig
    models: dict[str, Model]
    contracts: dict[str, Contract]


class Network:
    """The nodes in topological order, the graph's inputs by name, and the limits of all queues.

    Raises:
        ConfigError: a node is none that its calculator or its input policy can be.
    """

    def __init__(self, graph: Runnable, clock: Clock, profiler: Profiler | None = None) -> None:
        self._config = graph.config
        self._clock = clock
        self._profiler = profiler
        called = {
            id(config): name for config, name in zip(graph.config.node, node_names(graph.config), strict=True)
        }
        order = topological(graph.config)
        self.nodes = [self._node(at, graph, config, called[id(config)]) for at, config in enumerate(order)]
        inputs = [split_name(entry)[1] for entry in graph.config.input_stream]
        self.inputs = {name: self._input(name) for name in inputs}
        self._streams = dict(self.inputs)
        for node in self.nodes:
            self._streams.update({stream.name: stream for stream in node.streams})
        for node in self.nodes:
            for queue in node.queues:
                self._streams[queue.name].readers.append(queue)
        maker = {stream.name: node for node in self.nodes for stream in node.streams}
        self._upstream = {node.id: _makers(node, maker) for node in self.nodes}
        self._downstream: dict[int, list[Node]] = {}
        for node in self.nodes:
            for one in self._upstream[node.id]:
                self._downstream.setdefault(one.id, []).append(node)
        self.throttle = self._throttle(inputs)

    def _node(self, at: int, graph: Runnable, config: NodeConfig, name: str) -> Node:
        kind = kind_of(config, name, graph.contracts, graph.models)
        handler = config.input_stream_handler or graph.config.input_stream_handler
        return Node(at, config, name, kind, handler, self._clock, self._profiler)

    def _input(self, name: str) -> Stream:
        return ProfiledStream(name, Recorder(self._profiler, "", "")) if self._profiler else Stream(name)

    def _throttle(self, inputs: list[str]) -> Throttle:
        throttle = Throttle(feeders(inputs, [node.config for node in self.nodes]))
        for node in self.nodes:
            limit = self._config.max_queue_size or QUEUE_SIZE
            hint = node.config.buffer_size_hint
            throttle.watch(node.queues, limit if limit == -1 else max(limit, hint))
        return throttle

    def stream(self, name: str) -> Stream:
        """A stream by its name.

        Raises:
            ConfigError: there is none.
        """
        if name not in self._streams:
            raise ConfigError(f"the graph has no stream '{name}'; it has {', '.join(sorted(self._streams))}")
        return self._streams[name]

    @property
    def is_determinate(self) -> bool:
        """Whether each stream has the same packets in whatever order nodes run."""
        policies = [node.policy for node in self.nodes]
        return all(one and one.determinate and not one.process_bounds for one in policies)

    def check_side_packets(self, given: Mapping[str, Any]) -> None:
        """Proves that each side packet that a node takes is given, or made by a node, and not both."""
        made = {name: node for node in self.nodes for name in node.kind.contract.output_side_packets}
        for name in given:
            if name in made:
                raise ConfigError(f"the side packet '{name}' is given, but the node '{made[name].name}' makes it")
        for node in self.nodes:
            for name in node.kind.contract.input_side_packets:
                if name not in made and name not in given:
                    raise ConfigError(f"the node '{node.name}' needs the side packet '{name}'; give it to the run")

    def can_open(self, node: Node, side_packets: Mapping[str, Any]) -> bool:
        """Whether a node's side packets are there, and those that it reads from are open."""
        wanted = node.kind.contract.input_side_packets
        opened = all(one.state is not State.PREPARED for one in self._upstream[node.id])
        return opened and all(name in side_packets for name in wanted)

    def readers(self, node: Node) -> list[Node]:
        """The nodes that can open no sooner than this one."""
        return self._downstream.get(node.id, [])

    def side_inputs(self, node: Node, side_packets: Mapping[str, Any]) -> dict[tuple[str, int], Any]:
        """A node's input side packets, by tag and index."""
        ports = node.kind.contract.input_side_packets
        return {key: side_packets[ports(*key)] for key in ports.keys}


def _makers(node: Node, maker: Mapping[str, Node]) -> list[Node]:
    """The nodes that must be open before this one: those that it reads from, save over back edges."""
    back = back_edges(node.config)
    names = [node.queues(*key).name for key in node.queues.keys if key not in back]
    return [maker[name] for name in names if name in maker]
