"""Runs a graph in CPython: packets in, packets out, one calculator at a time.

A node runs when a timestamp is settled on all of its inputs and one of them has a packet there; a node that
emits nothing at a timestamp still moves its outputs' bound, so that what waits for it can go on.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import rules, timestamp
from pyweb_ml.graph.authoring import Graph
from pyweb_ml.graph.config import split_name
from pyweb_ml.graph.contract import REGISTRY
from pyweb_ml.runner.node import Node
from pyweb_ml.runner.stream import InputQueue, ready_timestamp

Observer = Callable[[int, Any], None]


class Scheduler:
    """One run of a graph: `open`, then packets, then `close`; or use it as a context manager."""

    def __init__(self, graph: Graph) -> None:
        contracts = {**REGISTRY, **graph.contracts}
        rules.check(graph.config, contracts)
        self._nodes = [Node(config, contracts[config.calculator], graph.models) for config in graph.config.node]
        self._inputs = {name: InputQueue() for name in graph.inputs}
        self._readers: dict[str, list[InputQueue]] = {}
        self._observers: dict[str, list[Observer]] = {}
        self._opened: list[Node] = []
        for node in self._nodes:
            for stream, _, queue in node.inputs:
                self._readers.setdefault(stream, []).append(queue)

    def __enter__(self) -> "Scheduler":
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def observe(self, stream: str, observer: Observer) -> None:
        """Calls `observer(timestamp, payload)` for every packet of a stream."""
        self._observers.setdefault(stream, []).append(observer)

    def open(self) -> None:
        """Makes the side packets and opens every calculator."""
        side: dict[str, Any] = {}
        waiting = list(self._nodes)
        while waiting:
            able = [node for node in waiting if _side_inputs(node) <= side.keys()]
            for node in able:
                node.open(side)
                self._opened.append(node)
                if node.config.output_side_packet:
                    side.update(node.side_packets())
            waiting = [node for node in waiting if node not in able]

    def add(self, at: int, payloads: Mapping[str, Any]) -> None:
        """Feeds the graph's inputs at one timestamp (microseconds) and runs until nothing is left to do.

        Raises:
            ConfigError: no such input, or the timestamp is not later than the last one.
            CalculatorError: a calculator failed.
        """
        for name, payload in payloads.items():
            if name not in self._inputs:
                raise ConfigError(f"the graph has no input '{name}'; it has {', '.join(self._inputs)}")
            self._inputs[name].add(at, payload)
            self._emit(name, at, payload)
        for name in self._inputs:
            self._advance(name, timestamp.next_allowed_in_stream(at))
        self._run_until_idle()

    def close(self) -> None:
        """Closes every calculator that was opened."""
        while self._opened:
            self._opened.pop().close()

    def _run_until_idle(self) -> None:
        # Nodes nearer to the outputs go first, as in MediaPipe: a frame is finished before another is begun.
        while any(self._step(node) for node in reversed(self._nodes)):
            pass

    def _step(self, node: Node) -> bool:
        if not node.inputs:
            return False
        at = ready_timestamp(node.queues)
        if at is not None:
            for name, payload in node.process(at).items():
                self._emit(name, at, payload)
        return self._propagate(node) or at is not None

    def _propagate(self, node: Node) -> bool:
        bound = min(queue.settled() for queue in node.queues)
        if bound <= node.bound:
            return False
        node.bound = bound
        for name in node.outputs:
            self._advance(name, bound)
        return True

    def _emit(self, stream: str, at: int, payload: Any) -> None:
        for queue in self._readers.get(stream, ()):
            queue.add(at, payload)
        for observer in self._observers.get(stream, ()):
            observer(at, payload)

    def _advance(self, stream: str, bound: int) -> None:
        for queue in self._readers.get(stream, ()):
            queue.advance(bound)


def _side_inputs(node: Node) -> set[str]:
    return {split_name(entry)[1] for entry in node.config.input_side_packet}
