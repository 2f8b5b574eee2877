"""Frames a second, as fast as it goes."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Throughput:
    """Of one subject, alone on the page.

    Attributes:
        rate: frames a second, the median of `rates`, which has one a round.
        in_flight: frames that were in flight at a time, by round, as the subject would have it.
        sequential: frames a second one at a time, the engine in the graph's own thread; None, and no rates, for
            rivals, which do nothing else.
        gain: how many times `sequential` the rate is; None as that is.
        description: what ran at last, as the subject says it.
    """

    rate: float
    rates: list[float]
    in_flight: list[int]
    sequential: float | None
    sequential_rates: list[float]
    gain: float | None
    description: str

    @classmethod
    def of(cls, posted: Mapping[str, Any] | None) -> "Throughput | None":
        """From what the page posts; None where no round came to its end."""
        rates: Sequence[float] = posted["rates"] if posted else []
        if not posted or not rates:
            return None
        one: Sequence[float] = posted["sequential"]
        rate, sequential = statistics.median(rates), statistics.median(one) if one else None
        gain = rate / sequential if sequential else None
        in_flight = [int(count) for count in posted["inFlight"]]
        return cls(rate, list(rates), in_flight, sequential, list(one), gain, str(posted["description"]))

    @property
    def gain_text(self) -> str:
        """What frames in flight are worth, in words; "" where there is nothing to compare with."""
        if self.gain is None:
            return ""
        counts = sorted(set(self.in_flight))
        names = " or ".join(_NAMES.get(count, str(count)) for count in counts)
        return f"{names} {'frame' if counts == [1] else 'frames'} in flight: {self.gain:.2f} times one at a time"


_NAMES = {1: "one", 2: "two"}
