"""Frames a second, as fast as it goes."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Throughput:
    """Of one subject, alone on the page.

    Attributes:
        in_flight: frames that it was given at a time.
        rate: frames a second, the median of `rates`, which has one a round.
        sequential: the same with one frame at a time; None, and no rates, where `in_flight` is one.
        gain: how many times `sequential` the rate is; None as that is.
    """

    in_flight: int
    rate: float
    rates: list[float]
    sequential: float | None
    sequential_rates: list[float]
    gain: float | None

    @classmethod
    def of(cls, posted: Mapping[str, Any] | None) -> "Throughput | None":
        """From what the page posts; None where no round came to its end."""
        rates: Sequence[float] = posted["rates"] if posted else []
        if not posted or not rates:
            return None
        one: Sequence[float] = posted["sequential"]
        rate, sequential = statistics.median(rates), statistics.median(one) if one else None
        gain = rate / sequential if sequential else None
        return cls(int(posted["inFlight"]), rate, list(rates), sequential, list(one), gain)
