"""The loop of a scheduler: of all that a graph's nodes can do, which is done next.

Source of the order: mediapipe/framework/scheduler_queue.cc; of a node's life: calculator_node.cc.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import STOP, Status
from pyweb_ml.runner import emission
from pyweb_ml.runner.call import Call, SyncedCall
from pyweb_ml.runner.network import Network
from pyweb_ml.runner.node import Node, NodeContext, State
from pyweb_ml.runner.source_layers import SourceLayers
from pyweb_ml.runner.sync_set import Readiness
from pyweb_ml.runner.task import Entry, Priority, Task


class Loop:
    """Runs the nodes of a network, a task at a time.

    Attributes:
        side_packets: those given and those made so far, by name.
        stopping: the sources are to close, rather than to run again.
        halted: the run has failed: no further task begins.
        ready: a heap of what can run.
    """

    def __init__(self, network: Network, report_deadlock: bool) -> None:
        self._network = network
        self._report_deadlock = report_deadlock
        self.side_packets: dict[str, Any] = {}
        self.stopping = False
        self.halted = False
        self._touched: deque[Node] = deque()
        self.ready: list[Entry] = []
        self._sources = SourceLayers(network.throttle, self._push_source)
        self._unopened = {node.id: node for node in network.nodes}
        self._numbers = itertools.count()
        for node in network.nodes:
            node.on_touch = self._touched.append

    def next(self) -> Task | None:
        """The task that comes first, which is the caller's to run; None if no node can run."""
        self.look()
        return heapq.heappop(self.ready)[2] if self.ready else None

    def step(self) -> bool:
        """Runs the task that comes first; False if no node can run. Raises what goes wrong."""
        task = self.next()
        if task is None:
            return False
        task.after(task.work())
        return True

    def run(self) -> None:
        """Runs tasks until no node can run, or the loop is halted. Raises what goes wrong."""
        ready, touched = self.ready, self._touched
        while not self.halted:
            if touched:
                self.look()
            if not ready:
                return
            task = heapq.heappop(ready)[2]
            task.after(task.work())

    def look(self) -> None:
        """Takes the input sets that have become ready; moves bounds where there is none."""
        touched = self._touched
        while touched:
            node = touched.popleft()
            node.touched = False
            try:
                node.look()
            except ConfigError as error:
                raise node.failure(timestamp.UNSET, error) from error

    def stop(self) -> None:
        """Closes all graph inputs, and has the sources close when their turn comes."""
        self.stopping = True
        for stream in self._network.inputs.values():
            stream.close()

    def _take_inputs(self, node: Node) -> None:
        """What `Call.prepare` does, for a node that gathers input sets, or of which several may run at once."""
        policy = node.policy
        while policy and not node.closing and node.in_flight < node.max_in_flight:
            readiness, at = policy.readiness()
            if readiness is Readiness.WAIT:
                # What is in flight may still emit: the bounds move when it has ended, which looks here again.
                if not node.in_flight:
                    emission.move_bounds(node, node.batch[0].input_timestamp if node.batch else at)
                return
            if readiness is Readiness.CLOSE:
                if not node.in_flight:
                    self.push_close(node)
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
        work: Callable[[], Any] = partial(_process, node, batch)
        task = Task(node, work, partial(self._processed, node, batch), is_process=True)
        heapq.heappush(self.ready, ((1, -node.id, 0, 0), next(self._numbers), task))

    def push_close(self, node: Node) -> None:
        """Has a node closed, once what it has gathered is processed."""
        if node.batch:
            self._push_batch(node)
            return
        node.closing, node.look = True, _nothing
        for queue in node.queues:
            queue.close()
        context = node.context()
        closed = partial(self._closed, node, context)
        self._push((1, -node.id, 0, 0), node, partial(node.close, context), closed)

    def _push(self, priority: Priority, node: Node, work: Callable[[], Any], after: Callable[[Any], None]) -> None:
        heapq.heappush(self.ready, (priority, next(self._numbers), Task(node, work, after)))

    def _processed(self, node: Node, batch: list[NodeContext], statuses: list[Status | None]) -> None:
        for context in batch:
            self._finish(node, context)
        if STOP in statuses:
            self.stop()
        node.in_flight -= 1
        node.touch()

    def _finish(self, node: Node, context: NodeContext) -> None:
        emission.send(node, context)
        if node.made.all:
            self.announce(node)
        node.give_back(context)

    def open_able(self) -> None:
        """Has every node opened whose side packets are there, and whose upstream nodes are open."""
        self._open_of(list(self._unopened.values()))

    def _open_of(self, nodes: list[Node]) -> None:
        for node in nodes:
            if node.id not in self._unopened or not self._network.can_open(node, self.side_packets):
                continue
            del self._unopened[node.id]
            node.side = self._network.side_inputs(node, self.side_packets)
            context = node.context()
            opened = partial(self._opened, node, context)
            self._push((0, node.id, 0, 0), node, partial(node.open, context), opened)

    def _opened(self, node: Node, context: NodeContext, _: None) -> None:
        node.state = State.OPENED
        self._finish(node, context)
        if node.is_source:
            self._sources.add(node)
        else:
            node.look = self._looker(node)
        node.touch()
        self._open_of(self._network.readers(node))

    def _looker(self, node: Node) -> Callable[[], None]:
        if node.policy is None or node.max_in_flight > 1 or node.policy.batch_size > 1:
            return partial(self._take_inputs, node)
        call = SyncedCall(node, self) if SyncedCall.suits(node) else Call(node, self)
        return call.prepare

    def announce(self, node: Node) -> None:
        """Gives the side packets that a node has just set to those that wait for them."""
        fresh = [one for one in node.made if one.is_set and not one.announced]
        for one in fresh:
            one.announced = True
            self.side_packets[one.name] = one.value
        if fresh and self._unopened:
            self.open_able()

    def _closed(self, node: Node, context: NodeContext, _: None) -> None:
        emission.send(node, context)
        self.announce(node)
        for stream in node.streams:
            stream.close()

    def end(self, failed: bool) -> Exception | None:
        """Closes every node that is still open, whatever fails; nobody hears any more what they emit.

        Gives the first failure.
        """
        first: Exception | None = None
        for node in self._network.nodes:
            if node.state is State.OPENED:
                context = node.context()
                context.graph_failed = failed or first is not None
                try:
                    node.close(context)
                except Exception as error:
                    first = first or error
                self.side_packets.update({one.name: one.value for one in node.made if one.is_set})
        return first

    def on_idle(self) -> bool:
        """Finds more to do when no node can run; says whether there is."""
        self._sources.next_layer()
        if self._sources.schedule(self.stopping):
            return True
        return self._sources.are_active and not self.stopping and self.unthrottle()

    def _push_source(self, node: Node) -> None:
        if self.stopping:
            self.push_close(node)
            return
        node.in_flight = 1
        context = node.context()
        context.input_timestamp = 0
        order = min((stream.bound for stream in node.streams), default=0)
        priority = (2, node.config.source_layer, order, node.id)
        self._push(
            priority, node, partial(self._run_source, node, context), partial(self._source_ran, node, context)
        )

    def _run_source(self, node: Node, context: NodeContext) -> Status | None:
        return STOP if self.stopping else node.process(context)

    def _source_ran(self, node: Node, context: NodeContext, status: Status | None) -> None:
        node.in_flight = 0
        self._finish(node, context)
        if status is STOP:
            self.push_close(node)
        else:
            self._sources.schedule_one(node, self.stopping)

    def unthrottle(self) -> bool:
        """Lets full queues grow by one packet, or raises ConfigError where the config wants deadlocks reported."""
        full = self._network.throttle.full()
        if full and self._report_deadlock:
            names = ", ".join(f"'{queue.name}' ({len(queue.packets)} packets)" for queue in full)
            stuck = f"the graph is stuck: these queues are full, and no node can run: {names}"
            raise ConfigError(f"{stuck}; raise 'max_queue_size', or leave out 'report_deadlock'")
        return bool(self._network.throttle.unthrottle())


def _nothing() -> None:
    pass


def _process(node: Node, batch: list[NodeContext]) -> list[Status | None]:
    return [node.process(context) for context in batch]
