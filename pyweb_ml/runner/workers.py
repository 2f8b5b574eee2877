"""Threads that make calls of calculators for the thread that owns a graph."""

import threading
import time
import weakref
from queue import SimpleQueue
from typing import Any, NamedTuple

from pyweb_ml.runner.task import Task


class Outcome(NamedTuple):
    """What a call gave, or the error that it raised, and the seconds that it took."""

    task: Task
    result: Any
    error: BaseException | None
    seconds: float

    def get(self) -> Any:
        """The result. Raises what the call raised."""
        if self.error is not None:
            raise self.error
        return self.result


def attempt(task: Task) -> Outcome:
    """Makes a task's call."""
    began = time.perf_counter()
    try:
        result, error = task.work(), None
    except BaseException as raised:
        result, error = None, raised
    return Outcome(task, result, error, time.perf_counter() - began)


class Workers:
    """Threads that begin when there is something to do, and end with this object, closed or not.

    Args:
        count: how many at most.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._threads: list[threading.Thread] = []
        self._given: SimpleQueue[Task | None] = SimpleQueue()
        self._ended: SimpleQueue[Outcome] = SimpleQueue()
        self.busy = 0
        # The threads know the queues alone, so that a run that nobody closes is forgotten all the same.
        weakref.finalize(self, _dismiss, self._given, self._threads)

    def begin(self, task: Task) -> None:
        """Has a thread make the call; tasks beyond the number of threads wait."""
        self.busy += 1
        if len(self._threads) < min(self.busy, self._count):
            name, queues = f"pyweb_ml_{len(self._threads)}", (self._given, self._ended)
            self._threads.append(threading.Thread(target=_serve, args=queues, name=name, daemon=True))
            self._threads[-1].start()
        self._given.put(task)

    def next(self) -> Outcome:
        """What ended first, of that which is busy; waits for it."""
        outcome = self._ended.get()
        self.busy -= 1
        return outcome

    def has_ended(self) -> bool:
        """Whether `next` would give something at once."""
        return not self._ended.empty()

    def close(self) -> None:
        """Ends the threads, once what they do is done."""
        while self.busy:
            self.next()
        _dismiss(self._given, self._threads)
        for thread in self._threads:
            thread.join()
        self._threads.clear()


def _serve(given: "SimpleQueue[Task | None]", ended: "SimpleQueue[Outcome]") -> None:
    while task := given.get():
        ended.put(attempt(task))
        del task  # while it waits for the next one, it keeps nothing alive


def _dismiss(given: "SimpleQueue[Task | None]", threads: list[threading.Thread]) -> None:
    for _ in threads:
        given.put(None)
