"""Runs what a loop has to do on several threads: a slow branch does not hold a fast one.

All bookkeeping stays on the thread that calls; the others run Process alone. What comes out of a graph does not
depend on the threads. Where every input policy is determinate (see `InputPolicy.determinate`), each stream has the
same packets in whatever order calls end, and each call is handed on as soon as it ends. Elsewhere (a flow limiter,
an immediate policy, a source) calls are made ahead, but handed on in the order of one thread.
"""

import os
import time
from heapq import heappop

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import GraphConfig
from pyweb_ml.runner.loop import Loop
from pyweb_ml.runner.network import Network
from pyweb_ml.runner.node import Node
from pyweb_ml.runner.task import Entry, Task
from pyweb_ml.runner.workers import Outcome, Workers

WORTH_SECONDS = 200e-6
"""Calls that take less are made where they are: handing one to a thread and back takes about 15 µs, measured with
Python 3.11 on two cores by benchmarks/branches.py."""


class Pool:
    """Threads for one run.

    Args:
        threads: how many calculators run at once, at least 1.
        in_order: calls are handed on in the order of one thread.
        always: every Process may go to a thread, however short it is.
    """

    def __init__(self, loop: Loop, threads: int, *, in_order: bool, always: bool) -> None:
        self._loop = loop
        self._threads = threads
        self._in_order = in_order
        self._always = always
        # With calls handed on as they end, the thread that calls has no time for one.
        self._workers = Workers(threads - 1 if in_order else threads)
        self._begun: dict[Task, Outcome | None] = {}
        self._seconds: dict[Node, float] = {}

    def run(self) -> None:
        """Runs tasks until no node can run, or the loop is halted. Raises what goes wrong."""
        while not self._loop.halted and self.step():
            pass

    def step(self) -> bool:
        """Begins or ends a task; False if there is none. Raises what goes wrong."""
        self._loop.look()
        return self._step_in_order() if self._in_order else self._step_as_they_end()

    def close(self) -> None:
        """Ends the threads, once what they do is done; nobody takes it any more."""
        self._workers.close()
        self._begun.clear()

    def _step_in_order(self) -> bool:
        ready = self._loop.ready
        if not ready:
            return False
        if len(ready) > 1 and self._workers.busy < self._threads - 1:
            for task in self._others(ready[1 : self._threads]):
                self._begin(task)
        task = heappop(ready)[2]
        while task in self._begun and self._begun[task] is None:
            self._take()
        outcome = self._begun.pop(task, None)
        task.after(outcome.get() if outcome else self._made_here(task))
        return True

    def _step_as_they_end(self) -> bool:
        ready = self._loop.ready
        if ready:
            task = heappop(ready)[2]
            if self._is_worth_it(task) and (self._begun or self._others(ready[: self._threads])):
                self._begin(task)
            else:
                task.after(self._made_here(task))
        elif not self._begun:
            return False
        if not self._loop.ready or self._workers.has_ended():
            self._hand_on()
        return True

    def _hand_on(self) -> None:
        """Waits for a call to end; hands on what has ended, of each node in the order in which it began."""
        if not self._begun:
            return
        self._take()
        held: set[Node] = set()
        for task, outcome in list(self._begun.items()):
            if outcome is None or task.node in held:
                held.add(task.node)
            else:
                del self._begun[task]
                task.after(outcome.get())

    def _others(self, ready: list[Entry]) -> list[Task]:
        """Of what is ready, that which a thread can begin with."""
        return [task for _, _, task in ready if task not in self._begun and self._is_worth_it(task)]

    def _is_worth_it(self, task: Task) -> bool:
        if self._always:
            return task.is_process
        return task.is_work and self._seconds.get(task.node, WORTH_SECONDS) >= WORTH_SECONDS

    def _begin(self, task: Task) -> None:
        self._begun[task] = None
        self._workers.begin(task)

    def _take(self) -> None:
        outcome = self._workers.next()
        self._begun[outcome.task] = outcome
        self._note(outcome.task.node, outcome.seconds)

    def _made_here(self, task: Task) -> object:
        if not task.is_work:
            return task.work()
        began = time.perf_counter()
        result = task.work()
        self._note(task.node, time.perf_counter() - began)
        return result

    def _note(self, node: Node, seconds: float) -> None:
        self._seconds[node] = (self._seconds.get(node, seconds) + seconds) / 2


def thread_count(config: GraphConfig) -> int | None:
    """How many threads a config asks for: `num_threads`, or that option of the executor without a name.

    None if it asks for none. Executors with a name share those threads. Source:
    mediapipe/framework/thread_pool_executor.cc.

    Raises:
        ConfigError: a thread pool does not say how many threads it has.
    """
    for one in config.executor:
        if one.type == "ThreadPoolExecutor" and not one.options.get("num_threads"):
            raise ConfigError(
                f"the executor '{one.name}' is a ThreadPoolExecutor; give it the option 'num_threads'"
            )
    named = [int(one.options.get("num_threads", 0)) for one in config.executor if not one.name]
    return max(config.num_threads, *named, 0) or None


def chosen_count(network: Network) -> int:
    """Where nothing is asked for: as many threads as there are cores, as in MediaPipe, and work for them."""
    work = sum(not node.kind.moves_packets for node in network.nodes)
    return min(os.cpu_count() or 1, work)
