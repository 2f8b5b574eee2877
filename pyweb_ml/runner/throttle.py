"""Queue limits: which sources and graph inputs wait because a queue that they feed is full.

Source of the rules: mediapipe/framework/calculator_graph.cc (UpdateThrottledNodes, UnthrottleSources).
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from pyweb_ml.runner.input_queue import UNLIMITED, InputQueue

Feeder = str | int
"""A graph input, by name, or a source, by its node's id."""


class Throttle:
    """Watches the queues of a graph.

    Args:
        feeders: for each stream's name, the graph inputs and sources that feed it.
    """

    def __init__(self, feeders: Mapping[str, frozenset[Feeder]]) -> None:
        self._feeders = feeders
        self._full: list[InputQueue] = []
        self._waiting: Counter[Feeder] = Counter()

    def watch(self, queues: Iterable[InputQueue], limit: int) -> None:
        """Gives queues their limit in packets; -1 is none."""
        for queue in queues:
            queue.limit = UNLIMITED if limit == -1 else limit
            queue.filled = self._update

    def blocks(self, feeder: Feeder) -> bool:
        """Whether a full queue keeps a source, or a graph input, from going on."""
        return self._waiting[feeder] > 0

    def unthrottle(self) -> list[InputQueue]:
        """Raises the limit of every full queue by one packet; gives them."""
        full = list(self._full)
        for queue in full:
            queue.limit = len(queue.packets) + 1
            self._update(queue)
        return full

    def feeders(self, queue: InputQueue) -> frozenset[Feeder]:
        """The graph inputs and sources that a queue holds back when it is full."""
        return self._feeders.get(queue.name, frozenset())

    def full(self) -> list[InputQueue]:
        """The queues that are full now."""
        return list(self._full)

    def _update(self, queue: InputQueue) -> None:
        is_full = len(queue.packets) >= queue.limit
        if is_full == (queue in self._full):
            return
        if is_full:
            self._full.append(queue)
        else:
            self._full.remove(queue)
        queue.throttles(is_full)
        for feeder in self.feeders(queue):
            self._waiting[feeder] += 1 if is_full else -1
