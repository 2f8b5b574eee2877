"""A stream's queue at one consumer: packets in order, and the bound below which no packet can come."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import timestamp


@dataclass
class InputQueue:
    """Packets that wait at one input of one node.

    Attributes:
        packets: (timestamp, payload), timestamps strictly rising.
        bound: the least timestamp that a further packet may have.
    """

    packets: deque[tuple[int, Any]] = field(default_factory=deque)
    bound: int = timestamp.MIN

    def add(self, at: int, payload: Any) -> None:
        if at < self.bound:
            raise ConfigError(f"a packet at timestamp {at} comes too late: the stream has passed {self.bound - 1}")
        self.packets.append((at, payload))
        self.bound = timestamp.next_allowed_in_stream(at)

    def advance(self, bound: int) -> None:
        self.bound = max(self.bound, bound)

    def settled(self) -> int:
        """The timestamp of the first packet; where there is none, the least that one may have."""
        return self.packets[0][0] if self.packets else self.bound

    def take(self, at: int) -> Any:
        """The payload at a timestamp, which leaves the queue; None if there is none."""
        return self.packets.popleft()[1] if self.packets and self.packets[0][0] == at else None


def ready_timestamp(queues: list[InputQueue]) -> int | None:
    """The next timestamp for which every input is settled and one has a packet (DefaultInputStreamHandler)."""
    first = min(queue.settled() for queue in queues)
    has_packet = any(queue.packets and queue.packets[0][0] == first for queue in queues)
    may_still_come = any(not queue.packets and queue.bound <= first for queue in queues)
    return first if has_packet and not may_still_come else None
