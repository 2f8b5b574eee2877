"""Timestamps: integers in microseconds, with MediaPipe's special values (mediapipe/framework/timestamp.h)."""

from typing import ClassVar, Final

UNSET: Final = -(2**63)
UNSTARTED: Final = -(2**63) + 1
"""The input timestamp in Open."""
PRE_STREAM: Final = -(2**63) + 2
"""Of a packet that stands alone in its stream, for the stream as a whole."""
MIN: Final = -(2**63) + 3
MAX: Final = 2**63 - 4
POST_STREAM: Final = 2**63 - 3
"""Of a packet that stands alone in its stream, after all others."""
ONE_OVER_POST_STREAM: Final = 2**63 - 2
DONE: Final = 2**63 - 1
"""The input timestamp in Close, and the bound of a stream that is closed."""

_NAMES: Final = {
    UNSET: "Unset",
    UNSTARTED: "Unstarted",
    PRE_STREAM: "PreStream",
    MIN: "Min",
    MAX: "Max",
    POST_STREAM: "PostStream",
    ONE_OVER_POST_STREAM: "OneOverPostStream",
    DONE: "Done",
}


def is_range_value(timestamp: int) -> bool:
    """Whether it is an ordinary timestamp: `MIN` to `MAX`, both included."""
    return MIN <= timestamp <= MAX


def is_allowed_in_stream(timestamp: int) -> bool:
    """Whether a packet may have it: an ordinary one, `PRE_STREAM` or `POST_STREAM`."""
    return PRE_STREAM <= timestamp <= POST_STREAM


def next_allowed_in_stream(timestamp: int) -> int:
    """The least timestamp that a packet after one at `timestamp` may have."""
    if timestamp >= MAX or timestamp == PRE_STREAM:
        return ONE_OVER_POST_STREAM
    return MIN if timestamp < MIN else timestamp + 1


def previous_allowed_in_stream(timestamp: int) -> int:
    """The greatest timestamp that a packet before one at `timestamp` may have; `UNSTARTED` if there is none."""
    if timestamp <= MIN or timestamp == POST_STREAM:
        return UNSTARTED
    return MAX if timestamp > MAX else timestamp - 1


def add(timestamp: int, difference: int) -> int:
    """An ordinary timestamp moved by microseconds, and kept within `MIN` to `MAX`.

    Raises:
        ValueError: `timestamp` is a special value, which has no place on the scale.
    """
    if not is_range_value(timestamp):
        raise ValueError(f"{describe(timestamp)} is no ordinary timestamp: nothing can be added to it")
    return max(MIN, min(MAX, timestamp + difference))


def subtract(timestamp: int, other: int) -> int:
    """The difference of two ordinary timestamps, in microseconds.

    Raises:
        ValueError: one of them is a special value.
    """
    for one in (timestamp, other):
        if not is_range_value(one):
            raise ValueError(f"{describe(one)} is no ordinary timestamp: it has no distance to another")
    return timestamp - other


def describe(timestamp: int) -> str:
    """The timestamp as messages say it: "Timestamp::Done()" for a special value, else the number."""
    return f"Timestamp::{_NAMES[timestamp]}()" if timestamp in _NAMES else str(timestamp)


class Timestamp(int):
    """A timestamp in microseconds that says its special values by name; a plain int will do wherever it does.

    The names are those of MediaPipe's Python class.
    """

    UNSET: "ClassVar[Timestamp]"
    UNSTARTED: "ClassVar[Timestamp]"
    PRESTREAM: "ClassVar[Timestamp]"
    MIN: "ClassVar[Timestamp]"
    MAX: "ClassVar[Timestamp]"
    POSTSTREAM: "ClassVar[Timestamp]"
    ONE_OVER_POSTSTREAM: "ClassVar[Timestamp]"
    DONE: "ClassVar[Timestamp]"

    @classmethod
    def from_seconds(cls, seconds: float) -> "Timestamp":
        """The nearest timestamp to a time in seconds."""
        return cls(round(seconds * 1_000_000))

    @property
    def value(self) -> int:
        """Microseconds."""
        return int(self)

    def microseconds(self) -> int:
        return int(self)

    def seconds(self) -> float:
        return int(self) / 1_000_000

    def is_special_value(self) -> bool:
        return int(self) in _NAMES and self not in (MIN, MAX)

    def is_range_value(self) -> bool:
        return is_range_value(self)

    def is_allowed_in_stream(self) -> bool:
        return is_allowed_in_stream(self)

    def next_allowed_in_stream(self) -> "Timestamp":
        return Timestamp(next_allowed_in_stream(self))

    def previous_allowed_in_stream(self) -> "Timestamp":
        return Timestamp(previous_allowed_in_stream(self))

    def __str__(self) -> str:
        return describe(int(self))

    def __repr__(self) -> str:
        return f"<pyweb_ml.Timestamp with value: {self}>"


Timestamp.UNSET = Timestamp(UNSET)
Timestamp.UNSTARTED = Timestamp(UNSTARTED)
Timestamp.PRESTREAM = Timestamp(PRE_STREAM)
Timestamp.MIN = Timestamp(MIN)
Timestamp.MAX = Timestamp(MAX)
Timestamp.POSTSTREAM = Timestamp(POST_STREAM)
Timestamp.ONE_OVER_POSTSTREAM = Timestamp(ONE_OVER_POST_STREAM)
Timestamp.DONE = Timestamp(DONE)
