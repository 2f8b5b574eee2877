"""Runs what a loop has to do on several threads: a slow branch does not hold a fast one.

All bookkeeping stays on the thread that calls; the others run calculators alone. Under the default input policy
every stream has the same packets in the same order as on one thread.
"""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import GraphConfig
from pyweb_ml.runner.loop import Loop
from pyweb_ml.runner.task import Task


class Pool:
    """Threads for one run; use it as a context manager.

    Args:
        threads: how many calculators run at once, at least 1.
    """

    def __init__(self, loop: Loop, threads: int) -> None:
        self._loop = loop
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="pyweb_ml")
        self._flying: dict[Future[Any], Task] = {}

    def run(self) -> None:
        """Runs tasks until no node can run, or the loop is halted. Raises what goes wrong."""
        while not self._loop.halted and self.step():
            pass

    def step(self) -> bool:
        """Starts all that can run, and waits until one is done; False if nothing runs. Raises what goes wrong."""
        while len(self._flying) < self._threads and (task := self._loop.next()):
            self._flying[self._executor.submit(task.work)] = task
        if not self._flying:
            return False
        ended, _ = wait(self._flying, return_when=FIRST_COMPLETED)
        for future in [one for one in self._flying if self._is_next(one, ended)]:
            task = self._flying.pop(future)
            task.after(future.result())
        return True

    def _is_next(self, future: Future[Any], ended: set[Future[Any]]) -> bool:
        """Whether a call has ended, and all earlier ones of its node: what a node emits stays in order."""
        task = self._flying[future]
        before = [one for one, other in self._flying.items() if other.node is task.node]
        return all(one in ended for one in before[: before.index(future) + 1])

    def settle(self) -> None:
        """Waits for what still runs, whose outputs nobody takes any more."""
        wait(self._flying)
        self._flying.clear()

    def close(self) -> None:
        """Ends the threads, once what they do is done."""
        self.settle()
        self._executor.shutdown()


def thread_count(config: GraphConfig) -> int:
    """How many threads a config asks for: `num_threads`, or that option of the executor without a name; else 1.

    Executors with a name share those threads. Source: mediapipe/framework/thread_pool_executor.cc.

    Raises:
        ConfigError: a thread pool does not say how many threads it has.
    """
    for one in config.executor:
        if one.type == "ThreadPoolExecutor" and not one.options.get("num_threads"):
            raise ConfigError(
                f"the executor '{one.name}' is a ThreadPoolExecutor; give it the option 'num_threads'"
            )
    named = [int(one.options.get("num_threads", 0)) for one in config.executor if not one.name]
    return max(1, config.num_threads, *named)
