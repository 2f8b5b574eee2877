"""Runs a graph in CPython: packets in, packets out, in MediaPipe's order.

A node runs when its input policy finds it ready. Of all that can run, what opens goes first, then the nodes
nearest to the outputs (a frame is finished before another is begun), then the sources, the lowest layer first.
Source of the rules: mediapipe/framework/scheduler.cc, scheduler_queue.cc, calculator_node.cc.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import rules, timestamp
from pyweb_ml.graph.calculator_base import STOP, CalculatorContext
from pyweb_ml.runner import outputs
from pyweb_ml.runner.clock import Clock, RealClock
from pyweb_ml.runner.input_policy import Readiness
from pyweb_ml.runner.kind import known_calculators
from pyweb_ml.runner.network import Network, Runnable
from pyweb_ml.runner.node import Node, State
from pyweb_ml.runner.stream import Observer, StreamObserver
from pyweb_ml.runner.task import Task


class Scheduler:
    """One run of a graph: `open`, then packets, then `close`; or use it as a context manager.

    Nothing runs but within `open`, `add`, `run_until_idle`, `run_until_done` and `close`, so the order of all
    calls is the same each time.

    Args:
        graph: what to run, such as a traced pipeline.
        side_packets: values of the graph's input side packets, by name.
        clock: what calculators that measure time ask.

    Attributes:
        side_packets: those given and those made so far, by name.
        error: what ended the run, if something went wrong.
        done: whether the run has ended, and every calculator is closed.
    """

    def __init__(
        self, graph: Runnable, side_packets: Mapping[str, Any] | None = None, *, clock: Clock | None = None
    ) -> None:
        rules.check(graph.config, known_calculators(graph.contracts))
        self._network = Network(graph, clock or RealClock())
        self._given = dict(side_packets or {})
        self.side_packets: dict[str, Any] = {}
        self.error: Exception | None = None
        self.done = False
        self._raised = False
        self._stopping = False
        self._report_deadlock = graph.config.report_deadlock
        self._throttle = self._network.throttle
        self._touched: deque[Node] = deque()
        self._ready: list[Task] = []
        self._sources: list[Node] = []
        self._active: list[Node] = []
        self._unopened = list(self._network.nodes)
        self._numbers = itertools.count()
        for node in self._network.nodes:
            node.on_touch = self._touched.append

    def __enter__(self) -> "Scheduler":
        self.open()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._end()
        self.close()

    def observe(self, stream: str, observer: Observer, *, bounds: bool = False) -> None:
        """Calls `observer(timestamp, payload)` for every packet of a stream.

        With `bounds` also, with `EMPTY` for a payload, for each timestamp up to which it is settled without one.

        Raises:
            ConfigError: there is no such stream.
        """
        self._network.stream(stream).observers.append(StreamObserver(observer, bounds))

    def open(self) -> None:
        """Opens every calculator whose side packets are there.

        Raises:
            ConfigError: a side packet is neither given nor made by a node.
            CalculatorError: a calculator failed.
        """
        self._network.check_side_packets(self._given)
        for name, value in self._given.items():
            self.side_packets[name] = value
        self._open_able()
        self._run(idle=False)

    def add(self, at: int, payloads: Mapping[str, Any]) -> None:
        """Feeds the graph's inputs at one timestamp (microseconds) and runs until nothing is left to do.

        Raises:
            ConfigError: no such input, or the timestamp is not later than the last one.
            CalculatorError: a calculator failed.
        """
        for name, payload in payloads.items():
            self.add_packet(name, at, payload)
        for name in self._network.inputs:
            self.set_bound(name, timestamp.next_allowed_in_stream(at))
        self.run_until_idle()

    def add_packet(self, stream: str, at: int, payload: Any) -> None:
        """Adds a packet to a graph input; while a full queue keeps it out, the graph runs.

        Raises:
            ConfigError: no such input, it is closed, or the timestamp is not later than the last one.
            CalculatorError: a calculator failed before.
        """
        source = self._input(stream)
        if source.closed:
            raise ConfigError(f"the graph's input '{stream}' is closed: it takes no packet at timestamp {at}")
        if not timestamp.is_allowed_in_stream(at):
            wrong = timestamp.describe(at)
            raise ConfigError(f"a packet in the stream '{stream}' cannot have the timestamp {wrong}")
        while self._throttle.blocks(stream) and self.error is None:
            self._step() or self._unthrottle()
        self._raise()
        self._record(lambda: source.send(((at, payload),), timestamp.next_allowed_in_stream(at)))

    def set_bound(self, stream: str, bound: int) -> None:
        """Promises that no further packet of a graph input is earlier than `bound` (µs).

        Raises:
            ConfigError: no such input, or the bound goes back.
        """
        source = self._input(stream)
        if not source.closed and bound != source.bound:
            self._record(lambda: source.send((), bound))

    def close_input(self, stream: str) -> None:
        """Ends one graph input; a second time does nothing."""
        source = self._input(stream)
        self._record(source.close)

    def close_all_sources(self) -> None:
        """Ends all graph inputs, and the sources too."""
        self._stopping = True
        for stream in self._network.inputs.values():
            self._record(stream.close)

    def run_until_idle(self) -> None:
        """Runs until nothing is left to do, the sources to their end.

        Raises:
            CalculatorError: a calculator failed.
        """
        self._run(idle=True)

    def run_until_done(self) -> None:
        """Runs to the end: until the sources have ended, when the graph's inputs are closed; then closes.

        Raises:
            ConfigError: a graph input is still open.
            CalculatorError: a calculator failed.
        """
        still = [name for name, stream in self._network.inputs.items() if not stream.closed]
        if still and self.error is None and not self._stopping:
            raise ConfigError(
                f"the graph's input '{still[0]}' is still open; close it before you wait for the end"
            )
        try:
            self._run(idle=True)
        finally:
            self._end()
        self._raise()

    def close(self) -> None:
        """Ends all inputs, runs what is left, and closes every calculator that was opened."""
        if self.done:
            return
        if self.error is None:
            self.close_all_sources()
        if self._raised:
            self._end()
        else:
            self.run_until_done()

    def run_while(self, condition: Callable[[], bool]) -> None:
        """Runs until `condition` is False, or nothing is left to do.

        Raises:
            CalculatorError: a calculator failed.
        """
        while condition() and self.error is None and (self._step() or self._on_idle()):
            pass
        self._raise()

    def input_names(self) -> list[str]:
        """The graph's input streams."""
        return list(self._network.inputs)

    def check_stream(self, name: str) -> None:
        """Raises ConfigError if there is no such stream."""
        self._network.stream(name)

    def cancel(self, error: Exception) -> None:
        """Ends the run with an error, as if a calculator had failed with it."""
        self._fail(error)

    # Below: the loop.

    def _run(self, idle: bool) -> None:
        while self.error is None and (self._step() or (idle and self._on_idle())):
            pass
        self._raise()

    def _step(self) -> bool:
        self._look()
        if not self._ready or self.error is not None:
            return False
        task = heapq.heappop(self._ready)
        try:
            task.run()
        except Exception as error:
            self._fail(error)
        return True

    def _look(self) -> None:
        while self._touched and self.error is None:
            node = self._touched.popleft()
            node.touched = False
            try:
                self._prepare(node)
            except Exception as error:
                self._fail(node.failure(timestamp.UNSET, error))

    def _prepare(self, node: Node) -> None:
        """Takes the input sets that a node can run on now; where there is none, moves its outputs' bounds."""
        policy = node.policy
        while policy and node.state is State.OPENED and not node.closing and node.in_flight < node.max_in_flight:
            readiness, at = policy.readiness()
            if readiness is Readiness.WAIT:
                outputs.move_bounds(node, node.batch[0].input_timestamp if node.batch else at)
                return
            if readiness is Readiness.CLOSE:
                if not node.in_flight:
                    self._push_close(node)
                return
            context = node.context()
            context.input_timestamp = at
            policy.take(at, context.inputs.all)
            node.batch.append(context)
            if len(node.batch) >= policy.batch_size:
                self._push_batch(node)

    def _push_batch(self, node: Node) -> None:
        batch, node.batch = node.batch, []
        node.in_flight += 1
        self._push((1, -node.id, 0, 0), lambda: self._process_all(node, batch))

    def _push_close(self, node: Node) -> None:
        if node.batch:
            self._push_batch(node)
            return
        node.closing = True
        self._push((1, -node.id, 0, 0), lambda: self._close_node(node))

    def _push(self, priority: tuple[int, int, int, int], run: Any) -> None:
        heapq.heappush(self._ready, Task(priority, next(self._numbers), run))

    def _process_all(self, node: Node, batch: list[CalculatorContext]) -> None:
        for context in batch:
            status = node.process(context)
            self._finish(node, context)
            if status is STOP:
                self.close_all_sources()
        node.in_flight -= 1
        node.touch()

    def _finish(self, node: Node, context: CalculatorContext) -> None:
        outputs.send(node, context)
        self._announce(node)
        node.give_back(context)

    # Below: Open and Close.

    def _open_able(self) -> None:
        able = [node for node in self._unopened if self._network.can_open(node, self.side_packets)]
        for node in able:
            self._unopened.remove(node)
            self._push((0, node.id, 0, 0), lambda node=node: self._open_node(node))

    def _open_node(self, node: Node) -> None:
        node.side = self._network.side_inputs(node, self.side_packets)
        context = node.context()
        node.open(context)
        node.state = State.OPENED
        self._finish(node, context)
        if node.is_source:
            self._sources.append(node)
        node.touch()
        if self._unopened:
            self._open_able()

    def _announce(self, node: Node) -> None:
        """Gives the side packets that a node has just set to those that wait for them."""
        fresh = [one for one in node.made if one.is_set and not one.announced]
        for one in fresh:
            one.announced = True
            self.side_packets[one.name] = one.value
        if fresh and self._unopened:
            self._open_able()

    def _close_node(self, node: Node) -> None:
        for queue in node.queues:
            queue.close()
        if node.offset is not None and len(node.queues):
            # The promise of an offset ends with the inputs: nothing is left for Close to emit.
            for stream in node.streams:
                stream.close()
        context = node.context()
        node.close(context)
        outputs.send(node, context)
        self._announce(node)
        for stream in node.streams:
            stream.close()

    def _end(self) -> None:
        """Closes every node that is still open; nobody hears any more what they emit."""
        if self.done:
            return
        self.done = True
        for node in self._network.nodes:
            if node.state is State.OPENED:
                context = node.context()
                context.graph_failed = self.error is not None
                try:
                    node.close(context)
                except Exception as error:
                    self._fail(error)
                self._keep_side_packets(node)

    def _keep_side_packets(self, node: Node) -> None:
        self.side_packets.update({one.name: one.value for one in node.made if one.is_set})

    # Below: sources, limits, failures.

    def _on_idle(self) -> bool:
        """Finds more to do when no node can run; says whether there is."""
        self._active = [node for node in self._active if node.state is State.OPENED]
        if self._active and self._stopping:
            return self._schedule_sources()
        if not self._active and self._sources:
            lowest = min(node.config.source_layer for node in self._sources)
            self._active = [node for node in self._sources if node.config.source_layer == lowest]
            self._sources = [node for node in self._sources if node.config.source_layer != lowest]
        if self._schedule_sources():
            return True
        return bool(self._active) and self._unthrottle()

    def _schedule_sources(self) -> bool:
        scheduled = [self._schedule_source(node) for node in self._active]
        return any(scheduled)

    def _schedule_source(self, node: Node) -> bool:
        if node.in_flight or node.state is not State.OPENED:
            return False
        if self._throttle.blocks(node.id) and not self._stopping:
            return False
        node.in_flight = 1
        order = min((stream.bound for stream in node.streams), default=0)
        self._push((2, node.config.source_layer, order, node.id), lambda: self._run_source(node))
        return True

    def _run_source(self, node: Node) -> None:
        node.in_flight = 0
        if self._stopping:
            self._close_node(node)
            return
        context = node.context()
        context.input_timestamp = 0
        status = node.process(context)
        self._finish(node, context)
        if status is STOP:
            self._close_node(node)
        else:
            self._schedule_source(node)

    def _unthrottle(self) -> bool:
        full = self._throttle.full()
        if full and self._report_deadlock:
            names = ", ".join(f"'{queue.name}' ({len(queue.packets)} packets)" for queue in full)
            self._fail(ConfigError(f"the graph is stuck: these queues are full, and no node can run: {names}; "
                                   "raise 'max_queue_size', or leave out 'report_deadlock'"))  # fmt: skip
            return False
        return bool(self._throttle.unthrottle())

    def _input(self, stream: str) -> Any:
        if stream not in self._network.inputs:
            known = ", ".join(self._network.inputs) or "none"
            raise ConfigError(f"the graph has no input '{stream}'; it has {known}")
        return self._network.inputs[stream]

    def _record(self, work: Any) -> None:
        try:
            work()
        except Exception as error:
            self._fail(error)
            self._raise()

    def _fail(self, error: Exception) -> None:
        if self.error is None:
            self.error = error

    def _raise(self) -> None:
        if self.error is not None:
            self._raised = True
            raise self.error
