"""Runs a graph in CPython: packets in, packets out, in MediaPipe's order.

A node runs when its input policy finds it ready. Of all that can run, what opens goes first, then the nodes
nearest to the outputs (a frame is finished before another is begun), then the sources, the lowest layer first.
Source of the rules: mediapipe/framework/scheduler.cc, scheduler_queue.cc, calculator_node.cc.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import rules, timestamp
from pyweb_ml.runner.clock import Clock, RealClock
from pyweb_ml.runner.kind import known_calculators
from pyweb_ml.runner.loop import Loop
from pyweb_ml.runner.network import Network, Runnable
from pyweb_ml.runner.node_status import NodeStatus, node_status
from pyweb_ml.runner.pool import Pool, chosen_count
from pyweb_ml.runner.profiler import Profiler
from pyweb_ml.runner.stream import Observer, Stream, StreamObserver

T = TypeVar("T")


class Scheduler:
    """One run of a graph: `open`, then packets, then `close`; or use it as a context manager.

    Nothing runs but within `open`, `add`, `run_until_idle`, `run_until_done` and `close`. Each stream has the same
    packets in the same order each time, whatever the number of threads; with one thread, or where a policy is not
    determinate, so is the order of all packets. Observers are called on the thread that calls.

    Args:
        graph: what to run, such as a traced pipeline.
        side_packets: values of the graph's input side packets, by name.
        clock: what calculators that measure time ask.
        threads: how many calculators may run at once; with 1, on the thread that calls. Without it, as many as the
            machine has cores, for calculators whose calls take long enough (see `pyweb_ml.runner.pool`).
        profiler: who hears what happens in the run; see `pyweb_ml.runner.profiler`.

    Attributes:
        error: what ended the run, if something went wrong.
        done: whether the run has ended, and every calculator is closed.
    """

    def __init__(
        self,
        graph: Runnable,
        side_packets: Mapping[str, Any] | None = None,
        *,
        clock: Clock | None = None,
        threads: int | None = None,
        profiler: Profiler | None = None,
    ) -> None:
        rules.check(graph.config, known_calculators(graph.contracts))
        self._network = Network(graph, clock or RealClock(), profiler)
        self._loop = Loop(self._network, graph.config.report_deadlock)
        self._threads = threads
        self._pool: Pool | None = None
        self._in_order = not self._network.is_determinate
        self._given = dict(side_packets or {})
        self.error: Exception | None = None
        self.done = False
        self._raised = False

    @property
    def side_packets(self) -> dict[str, Any]:
        """Those given and those made so far, by name."""
        return self._loop.side_packets

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
        # Which bounds are seen depends on the order in which nodes run, even where no packet does.
        self._in_order = self._in_order or bounds

    def open(self) -> None:
        """Opens every calculator whose side packets are there.

        Raises:
            ConfigError: a side packet is neither given nor made by a node.
            CalculatorError: a calculator failed.
        """
        self._network.check_side_packets(self._given)
        threads = self._threads or chosen_count(self._network)
        if threads > 1:
            self._pool = Pool(self._loop, threads, in_order=self._in_order, always=self._threads is not None)
        self.side_packets.update(self._given)
        self._loop.open_able()
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
        while self._network.throttle.blocks(stream) and self.error is None:
            if not self._guard(self._runner.step):
                self._guard(self._loop.unthrottle)
        self._raise()
        self._record(source.send, ((at, payload),), timestamp.next_allowed_in_stream(at))

    def set_bound(self, stream: str, bound: int) -> None:
        """Promises that no further packet of a graph input is earlier than `bound` (µs).

        Raises:
            ConfigError: no such input, or the bound goes back.
        """
        source = self._input(stream)
        if not source.closed and bound != source.bound:
            self._record(source.send, (), bound)

    def close_input(self, stream: str) -> None:
        """Ends one graph input; a second time does nothing."""
        source = self._input(stream)
        self._record(source.close)

    def close_all_sources(self) -> None:
        """Ends all graph inputs, and the sources too."""
        self._record(self._loop.stop)

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
        if still and self.error is None and not self._loop.stopping:
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
        while condition() and self.error is None and (self._guard(self._runner.step) or self._finds_more()):
            pass
        self._raise()

    def input_names(self) -> list[str]:
        """The graph's input streams."""
        return list(self._network.inputs)

    def check_stream(self, name: str) -> None:
        """Raises ConfigError if there is no such stream."""
        self._network.stream(name)

    def node_status(self) -> list[NodeStatus]:
        """What each node does, or waits for, in topological order."""
        return node_status(self._network, self.side_packets)

    def cancel(self, error: Exception) -> None:
        """Ends the run with an error, as if a calculator had failed with it."""
        self._fail(error)

    @property
    def _runner(self) -> Pool | Loop:
        return self._pool or self._loop

    # Below: errors end the run, and are raised to the caller.

    def _run(self, idle: bool) -> None:
        self._guard(self._runner.run)
        while idle and self._finds_more():
            self._guard(self._runner.run)
        self._raise()

    def _finds_more(self) -> bool:
        return self.error is None and bool(self._guard(self._loop.on_idle))

    def _guard(self, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except Exception as error:
            self._fail(error)
            return None

    def _end(self) -> None:
        if self.done:
            return
        self.done = True
        if self._pool is not None:
            self._pool.close()
        failure = self._loop.end(failed=self.error is not None)
        if failure is not None:
            self._fail(failure)

    def _input(self, stream: str) -> Stream:
        if stream not in self._network.inputs:
            known = ", ".join(self._network.inputs) or "none"
            raise ConfigError(f"the graph has no input '{stream}'; it has {known}")
        return self._network.inputs[stream]

    def _record(self, work: Callable[..., None], *given: Any) -> None:
        """Does something to the graph's inputs; what becomes ready is taken at once, as in MediaPipe."""
        try:
            work(*given)
            self._loop.look()
        except Exception as error:
            self._fail(error)
            self._raise()

    def _fail(self, error: Exception) -> None:
        if self.error is None:
            self.error = error
        self._loop.halted = True

    def _raise(self) -> None:
        if self.error is not None:
            self._raised = True
            raise self.error
