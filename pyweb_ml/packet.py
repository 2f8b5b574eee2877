"""A packet as scripts handle it: a payload with a timestamp, by the names of MediaPipe's Python class."""

from dataclasses import dataclass, replace
from typing import Any, Final

from pyweb_ml.graph.timestamp import Timestamp

_NOTHING: Final = object()


@dataclass(frozen=True)
class Packet:
    """An immutable payload with a timestamp (µs); without a payload it is empty."""

    value: Any = _NOTHING
    timestamp: Timestamp = Timestamp.UNSET

    def at(self, timestamp: int) -> "Packet":
        """The same payload at another timestamp."""
        return replace(self, timestamp=Timestamp(timestamp))

    def is_empty(self) -> bool:
        return self.value is _NOTHING
