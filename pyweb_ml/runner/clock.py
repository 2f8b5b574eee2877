"""What calculators that measure time ask; a simulated clock makes their tests and replays exact."""

import time

from pyweb_ml.graph.calculator_base import Clock

__all__ = ["Clock", "RealClock", "SimulatedClock"]


class RealClock:
    """The machine's own time, which never goes back."""

    def now(self) -> int:
        return time.monotonic_ns() // 1000


class SimulatedClock:
    """Stands still until it is advanced."""

    def __init__(self) -> None:
        self._now = 0

    def now(self) -> int:
        return self._now

    def advance(self, microseconds: int) -> None:
        """Moves on.

        Raises:
            ValueError: `microseconds` is negative; time does not run backwards.
        """
        if microseconds < 0:
            raise ValueError(f"a clock cannot be advanced by {microseconds} µs; 0 or more can")
        self._now += microseconds
