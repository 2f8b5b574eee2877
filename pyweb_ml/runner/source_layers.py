"""Sources in the order in which they may run: a layer begins when all sources of the one before are closed.

Source of the rules: mediapipe/framework/scheduler.cc (HandleIdle, ScheduleUnthrottledReadyNodes).
"""

from collections.abc import Callable

from pyweb_ml.runner.node import Node, State
from pyweb_ml.runner.throttle import Throttle


class SourceLayers:
    """The open sources of a run.

    Args:
        throttle: says which of them wait for a full queue; those are run again when nothing else can.
        push: has a source run once, or close.
    """

    def __init__(self, throttle: Throttle, push: Callable[[Node], None]) -> None:
        self._throttle = throttle
        self._push = push
        self._waiting: list[Node] = []
        self._active: list[Node] = []

    def add(self, node: Node) -> None:
        """A source that has been opened."""
        self._waiting.append(node)

    def next_layer(self) -> None:
        """Begins with the lowest layer that waits, if no source of the last one is open."""
        self._active = [node for node in self._active if node.state is State.OPENED]
        if not self._active and self._waiting:
            lowest = min(node.config.source_layer for node in self._waiting)
            self._active = [node for node in self._waiting if node.config.source_layer == lowest]
            self._waiting = [node for node in self._waiting if node.config.source_layer != lowest]

    @property
    def are_active(self) -> bool:
        """Whether a source of the layer that has begun is open."""
        return bool(self._active)

    def schedule(self, stopping: bool) -> bool:
        """Pushes every source of the layer that can run; says whether there was one."""
        scheduled = [self.schedule_one(node, stopping) for node in self._active]
        return any(scheduled)

    def schedule_one(self, node: Node, stopping: bool) -> bool:
        """Pushes a source unless it runs, is closed, or (without `stopping`) a full queue holds it back."""
        if node.in_flight or node.closing or node.state is not State.OPENED:
            return False
        if self._throttle.blocks(node.id) and not stopping:
            return False
        self._push(node)
        return True
