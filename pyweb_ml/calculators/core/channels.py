"""The channels of a SwitchContainer: which of them is active from which timestamp on."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import CalculatorContext, Output
from pyweb_ml.graph.timestamp import next_allowed_in_stream

CHOICES: Final = ("ENABLE", "SELECT")
"""What says the active channel: false or true for 0 or 1, or the channel's number."""

Key = tuple[str, int]
Relayed = tuple[int, Any, bool]
"""Timestamp, payload, and whether it is a bound alone: every timestamp up to it is settled."""


def channel_tag(tag: str, channel: int) -> str:
    """The tag of a channel's stream, such as "C1__VIDEO"."""
    return f"C{channel}__{tag}"


def split_channel_tag(tag: str) -> tuple[int, str] | None:
    """Channel and tag of "C1__VIDEO"; None for another tag."""
    number, found, rest = tag.removeprefix("C").partition("__")
    return (int(number), rest) if tag.startswith("C") and found and number.isdecimal() else None


def require_channels(what: str, channelled: list[Key], plain: list[Key]) -> None:
    """Proves that each port of a channel belongs to one of the plain ones.

    Raises:
        ValueError: one does not.
    """
    for tag, index in channelled:
        split = split_channel_tag(tag)
        if split is None or (split[1], index) not in plain:
            raise ValueError(f"its {what} '{tag}:{index}' is no channel, such as 'C0__', of a stream that it has")


class History:
    """The channels that are active, from a timestamp on, as far as packets may still ask.

    The last one lasts until the stream ENABLE or SELECT is settled further.
    """

    def __init__(self, cc: CalculatorContext) -> None:
        side = {tag: cc.input_side_packets(tag) for tag in CHOICES if cc.input_side_packets.has(tag)}
        options = {tag: cc.options[tag.lower()] for tag in CHOICES if tag.lower() in cc.options}
        self._entries = deque([(timestamp.UNSTARTED, _channel({**options, **side}, 0))])
        self._choice = next((tag for tag in CHOICES if cc.inputs.has(tag)), None)

    def settled(self, cc: CalculatorContext) -> int:
        """Up to where the active channel is known."""
        return cc.inputs(self._choice).timestamp if self._choice else timestamp.DONE

    def record(self, cc: CalculatorContext) -> None:
        """Takes what ENABLE or SELECT says in this call."""
        given = {tag: cc.inputs(tag) for tag in CHOICES if cc.inputs.has(tag)}
        last = self._entries[-1][1]
        channel = _channel({tag: one.value for tag, one in given.items() if not one.is_empty}, last)
        if channel != last and self.settled(cc) == cc.input_timestamp:
            self._entries.append((cc.input_timestamp, channel))

    def at(self, at: int) -> int:
        """The channel that is active at a timestamp."""
        return next(channel for start, channel in reversed(self._entries) if start <= at)

    def first(self, cc: CalculatorContext) -> tuple[int, int, int, bool]:
        """The oldest entry: its channel, where it starts and ends (excluded), and whether it is the last."""
        (start, channel), *more = self._entries
        end = more[0][0] if more else next_allowed_in_stream(self.settled(cc))
        return channel, start, end, not more

    def drop_first(self) -> None:
        self._entries.popleft()

    def drop_before(self, at: int) -> None:
        """Forgets what no packet from this timestamp on asks for."""
        while len(self._entries) > 1 and self._entries[1][0] <= at:
            self._entries.popleft()


def _channel(stated: Mapping[str, Any], otherwise: int) -> int:
    for tag, kind, wanted in (("SELECT", int, "a whole number"), ("ENABLE", bool, "true or false")):
        if tag in stated:
            if not isinstance(stated[tag], kind):
                raise ValueError(f"{tag} is {stated[tag]!r}; it must be {wanted}")
            return int(stated[tag])
    return otherwise


def queued(cc: CalculatorContext, queues: Mapping[Key, deque[Relayed]]) -> None:
    """Adds what the inputs have, or have settled, at the input timestamp."""
    for key, queue in queues.items():
        given = cc.inputs(*key)
        if given.timestamp == cc.input_timestamp:
            queue.append((given.timestamp, given.value, given.is_empty))


def relay(output: Output, packet: Relayed) -> None:
    """Emits the packet, or moves the bound behind its timestamp."""
    at, value, is_bound = packet
    if not is_bound:
        output.add(at, value)
    elif output.next_timestamp_bound < next_allowed_in_stream(at):
        output.set_next_timestamp_bound(next_allowed_in_stream(at))
