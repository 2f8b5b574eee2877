"""The calls of Process of a node that runs one at a time, which is nearly every node.

Its task and its context are made once and used for every packet; this is the hot path of the desktop runner.
"""

from heapq import heappush
from typing import Protocol

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import STOP, Status
from pyweb_ml.graph.timestamp import DONE, MAX, ONE_OVER_POST_STREAM
from pyweb_ml.runner import emission
from pyweb_ml.runner.input_policy import DefaultInputStreamHandler
from pyweb_ml.runner.input_queue import InputQueue
from pyweb_ml.runner.node import Node
from pyweb_ml.runner.sync_set import Readiness, fill_bound
from pyweb_ml.runner.task import Entry, Task


class Owner(Protocol):
    """The loop that runs the calls.

    Attributes:
        ready: a heap of what can run.
    """

    ready: list[Entry]

    def stop(self) -> None: ...

    def announce(self, node: Node) -> None: ...

    def push_close(self, node: Node) -> None: ...


class Call:
    """The calls of an opened node, under any input policy."""

    __slots__ = ("_context", "_entry", "_inputs", "_loop", "_makes", "_node", "_process", "_ready", "_settled")

    def __init__(self, node: Node, loop: Owner) -> None:
        self._node = node
        self._loop = loop
        self._ready = loop.ready
        self._context = node.context()
        self._inputs = tuple(self._context.inputs)
        self._process = node.calculator.process
        self._makes = len(node.made) > 0
        # Up to where the outputs' bounds have followed the inputs'.
        self._settled = timestamp.UNSET
        self._entry: Entry = ((1, -node.id, 0, 0), 0, Task(node, self._work, self._after, True))

    def prepare(self) -> None:
        """Takes the next input set, if there is one and the node is idle; else moves the outputs' bounds."""
        node, policy = self._node, self._node.policy
        if node.in_flight or policy is None:
            return
        readiness, at = policy.readiness()
        if readiness is Readiness.PROCESS:
            for one in self._inputs:
                one.clear()
            policy.take(at, self._inputs)
            self._push(at)
        elif readiness is Readiness.CLOSE:
            self._loop.push_close(node)
        elif at != self._settled:
            self._settled = at
            emission.move_bounds(node, at)

    def _push(self, at: int) -> None:
        context = self._context
        context.input_timestamp = at
        for output, stream in context.sends:
            output.next_timestamp_bound = stream.bound
            output.is_closed = stream.closed
        self._node.in_flight = 1
        heappush(self._ready, self._entry)

    def _work(self) -> Status | None:
        try:
            return self._process(self._context)
        except Exception as error:
            raise self._node.failure(self._context.input_timestamp, error) from error

    def _after(self, status: Status | None) -> None:
        node = self._node
        emission.send(node, self._context)
        if self._makes:
            self._loop.announce(node)
        # No payload outlives its call; the rest is set anew for the next one.
        for one in self._inputs:
            one.value = None
        if status is STOP:
            self._loop.stop()
        node.in_flight = 0
        self._look_again()

    def _look_again(self) -> None:
        if not self._node.touched:
            self._node.touch()


class SyncedCall(Call):
    """As `Call`, for the default policy, whose rules are written out here for speed: see `SyncSet`."""

    __slots__ = ("_pairs", "_queues")

    def __init__(self, node: Node, loop: Owner) -> None:
        super().__init__(node, loop)
        self._queues: tuple[InputQueue, ...] = tuple(node.queues)
        self._pairs = tuple(zip(self._inputs, self._queues, strict=True))

    @staticmethod
    def suits(node: Node) -> bool:
        """Whether the node is one of which this gives what `Call` does."""
        policy = node.policy
        plain = type(policy) is DefaultInputStreamHandler and not policy.process_bounds
        return plain and all(type(queue) is InputQueue for queue in node.queues)

    def prepare(self) -> None:
        if self._node.in_flight:
            return
        packet = bound = DONE
        for queue in self._queues:
            if queue.packets:
                at = queue.packets[0][0]
                if at < packet:
                    packet = at
            elif queue.bound < bound:
                bound = queue.bound
        if packet < bound:
            self._fill(packet)
            self._push(packet)
        elif bound >= ONE_OVER_POST_STREAM:
            self._loop.push_close(self._node)
        elif bound != self._settled:
            self._settled = bound
            emission.move_bounds(self._node, bound)

    def _look_again(self) -> None:
        after = self._context.input_timestamp + 1
        for queue in self._queues:
            # The node waits for this input, and its outputs' bounds are as far already: there is nothing to see.
            if queue.bound <= after <= MAX and not queue.packets:
                return
        super()._look_again()

    def _fill(self, at: int) -> None:
        for target, queue in self._pairs:
            packets = queue.packets
            if packets and packets[0][0] == at:
                target.value = packets.popleft()[1]
                target.is_empty = False
                target.timestamp = at
                target.is_done = queue.bound == DONE and not packets
                if len(packets) == queue.limit - 1:
                    queue.filled(queue)
            else:
                fill_bound(target, queue)
