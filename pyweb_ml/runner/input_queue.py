"""A stream's queue at one consumer.

Source of the rules: mediapipe/framework/input_stream_manager.h.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import timestamp
from pyweb_ml.graph.timestamp import describe, next_allowed_in_stream

UNLIMITED: Final = 2**62


class Consumer(Protocol):
    """Who owns a queue, and looks at it again when it has changed.

    Attributes:
        touched: it knows already that it has to look.
        on_touch: tells it so.
    """

    touched: bool
    on_touch: Callable[[Any], None]


def _nothing(*_: object) -> None:
    pass


class _Nobody:
    def __init__(self) -> None:
        self.touched = True
        self.on_touch: Callable[[Any], None] = _nothing


def check_rising(stream: str, at: int, bound: int, follows: bool) -> None:
    """Proves that a packet at `at` may enter a stream that has passed `bound`; `follows`: after others.

    Raises:
        ConfigError: it may not.
    """
    if at < bound:
        passed = f"the stream '{stream}' has passed {describe(bound - 1)}"
        raise ConfigError(
            f"a packet at timestamp {describe(at)} comes too late: {passed}; "
            f"give it a timestamp of {describe(bound)} or later"
        )
    if at == timestamp.POST_STREAM and follows:
        raise ConfigError(f"a packet at {describe(at)} must be the only one of the stream '{stream}'")


def check_bound(stream: str, bound: int, before: int) -> None:
    """Raises ConfigError if the bound of a stream would go back."""
    if bound < before:
        back = f"the bound {describe(bound)} is before {describe(before)}"
        raise ConfigError(f"the stream '{stream}' cannot go back: {back}, where it is already")


class InputQueue:
    """Packets that wait at one input of one node.

    Attributes:
        packets: (timestamp, payload), timestamps strictly rising.
        bound: the least timestamp that a further packet may have; `DONE` once the stream is closed.
        limit: packets at which the queue is full.
        closed: its node is closed, so that what comes is dropped.
        filled: what is called when the queue became full, or stopped being so.
    """

    __slots__ = (
        "_added",
        "_any",
        "_plain",
        "_timed",
        "bound",
        "closed",
        "filled",
        "limit",
        "name",
        "owner",
        "packets",
    )

    def __init__(self, name: str = "", owner: Consumer | None = None) -> None:
        self.name = name
        self.owner: Consumer = owner or _Nobody()
        self.packets: deque[tuple[int, Any]] = deque()
        self.bound: int = timestamp.PRE_STREAM
        self.limit = UNLIMITED
        self.closed = False
        self.filled: Callable[[InputQueue], None] = _nothing
        self._timed = True
        self._added: Callable[[], None] = _nothing
        self._any = False
        # No policy has a wish of its own: see `receive`.
        self._plain = True

    def ignore_timestamps(self) -> None:
        """Packets are taken in their order alone, whatever their timestamps."""
        self._timed = self._plain = False

    def call_when_added(self, added: Callable[[], None]) -> None:
        """Calls `added` after each packet that comes."""
        self._added, self._plain = added, False

    def receive(self, packets: Sequence[tuple[int, Any]], bound: int) -> None:
        """Takes packets of the stream, then its bound, which is later than they are; the owner is to look again.

        Raises:
            ConfigError: as `add` and `advance`.
        """
        # One ordinary packet, as nearly always: all that the general way does of it.
        if len(packets) == 1 and self._plain and self.bound <= packets[0][0] < timestamp.POST_STREAM:
            self.packets.append(packets[0])
            self.bound = bound
            self._any = True
            if len(self.packets) == self.limit:
                self.filled(self)
        else:
            for at, payload in packets:
                self.add(at, payload)
            if bound != self.bound:
                self.advance(bound)
        owner = self.owner
        if not owner.touched:
            owner.touched = True
            owner.on_touch(owner)

    def add(self, at: int, payload: Any) -> None:
        """Adds a packet.

        Raises:
            ConfigError: the stream has passed the timestamp, or the timestamp must stand alone.
        """
        if self.closed:
            return
        if self._timed:
            check_rising(self.name, at, self.bound, self._any)
        self.packets.append((at, payload))
        self._any = True
        self.bound = next_allowed_in_stream(at)
        if len(self.packets) == self.limit:
            self.filled(self)
        self._added()

    def advance(self, bound: int) -> None:
        """Moves the bound.

        Raises:
            ConfigError: the bound would go back.
        """
        if self.closed:
            return
        if self._timed:
            check_bound(self.name, bound, self.bound)
        self.bound = max(self.bound, bound)

    def settled(self) -> int:
        """The timestamp of the first packet; where there is none, the least that one may have."""
        return self.packets[0][0] if self.packets else self.bound

    @property
    def done(self) -> bool:
        """No packet is left, and none can come."""
        return self.bound == timestamp.DONE and not self.packets

    def pop(self) -> tuple[int, Any]:
        """The first packet, which leaves the queue."""
        packet = self.packets.popleft()
        if len(self.packets) == self.limit - 1:
            self.filled(self)
        return packet

    def take(self, at: int) -> tuple[int, Any] | None:
        """The packet at a timestamp, with all before it, leaves the queue; None if there is none."""
        if self.bound <= at:
            self.bound = next_allowed_in_stream(at)
        self.drop_before(at)
        return self.pop() if self.packets and self.packets[0][0] == at else None

    def drop_before(self, at: int) -> None:
        """Drops the packets that are earlier than a timestamp."""
        while self.packets and self.packets[0][0] < at:
            self.pop()

    def close(self) -> None:
        """Drops everything, and all that is still to come."""
        self.closed, self._plain = True, False
        self.bound = timestamp.DONE
        while self.packets:
            self.pop()

    def throttles(self, full: bool) -> None:
        """Hears that the queue has become full, or no longer is."""
