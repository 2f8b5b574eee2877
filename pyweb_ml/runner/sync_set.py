"""Inputs whose packets of one timestamp go together, and when they are ready.

Source of the rules: mediapipe/framework/input_stream_handler.h (SyncSet).
"""

import enum
from collections.abc import Mapping, Sequence
from typing import Any

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import Input
from pyweb_ml.graph.timestamp import DONE, previous_allowed_in_stream
from pyweb_ml.runner.input_queue import InputQueue


class Readiness(enum.Enum):
    """What a node can do now."""

    WAIT = "wait"
    PROCESS = "process"
    CLOSE = "close"


Ready = tuple[Readiness, int]
"""With PROCESS the input timestamp; with WAIT the least timestamp that is not settled on all inputs."""


def fill(target: Input, packet: tuple[int, Any] | None, queue: InputQueue) -> None:
    """Puts a packet, or the news that there is none, into an input set."""
    target.is_done = queue.done
    if packet is None:
        fill_bound(target, queue)
    else:
        target.is_empty = False
        target.timestamp, target.value = packet


def fill_bound(target: Input, queue: InputQueue) -> None:
    """An input without a packet still says how far its stream is settled."""
    target.clear()
    target.timestamp = previous_allowed_in_stream(queue.settled())
    target.is_done = queue.done


class SyncSet:
    """Inputs whose packets of one timestamp go together.

    Attributes:
        last: the timestamp last found ready.
    """

    def __init__(self, queues: Mapping[int, InputQueue], process_bounds: bool) -> None:
        self._places = list(queues.items())
        self._queues = list(queues.values())
        self._process_bounds = process_bounds
        self.last = timestamp.UNSET

    def readiness(self) -> Ready:
        bound = packet = DONE
        for queue in self._queues:
            if queue.packets:
                if queue.packets[0][0] < packet:
                    packet = queue.packets[0][0]
            elif queue.bound < bound:
                bound = queue.bound
        least = packet if packet < bound else bound
        if least >= timestamp.ONE_OVER_POST_STREAM:
            self.last = previous_allowed_in_stream(DONE)
            return Readiness.CLOSE, DONE
        if self._process_bounds:
            return self._bounds_readiness(packet, bound, least)
        if bound <= packet:
            return Readiness.WAIT, least
        self.last = least
        return Readiness.PROCESS, least

    def _bounds_readiness(self, packet: int, bound: int, least: int) -> Ready:
        only_post = packet == timestamp.POST_STREAM and bound > packet
        settled = packet if only_post else previous_allowed_in_stream(bound)
        at = min(packet, settled)
        if at <= max(self.last, timestamp.UNSTARTED):
            return Readiness.WAIT, least
        self.last = at
        return Readiness.PROCESS, at

    def take(self, at: int, inputs: Sequence[Input]) -> None:
        for place, queue in self._places:
            fill(inputs[place], queue.take(at), queue)

    def take_bounds(self, inputs: Sequence[Input]) -> None:
        for place, queue in self._places:
            fill_bound(inputs[place], queue)
