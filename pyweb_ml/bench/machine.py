"""The machine that measures: numbers of a busy one say little."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

BUSY = 1.0
"""Load average above which other programs have had a core or more to themselves for the last minute."""
_CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Machine:
    """What ran the benchmark.

    Attributes:
        cpu: the processor's model, as the system names it; "" where it does not.
        cores: logical ones.
        load_before: load average of the minute before the start, as `uptime` says it; None where nobody says.
        load_after: the same of the last minute, which the benchmark itself has made.
    """

    cpu: str
    cores: int
    load_before: float | None
    load_after: float | None

    @classmethod
    def now(cls, load_before: float | None) -> "Machine":
        """This machine, after a benchmark."""
        return cls(_cpu(), os.cpu_count() or 1, load_before, load())

    @property
    def warning(self) -> str:
        """What speaks against the numbers; "" where nothing does."""
        if self.load_before is None or self.load_before <= BUSY:
            return ""
        return (
            f"warning: the load was {self.load_before:.1f} before the start: other programs ran, so these numbers "
            "say little; measure again on an idle machine"
        )


def load() -> float | None:
    """The load average of the last minute; None where the system has none."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):  # Windows; where the system does not answer
        return None


def _cpu() -> str:
    """https://docs.kernel.org/filesystems/proc.html names the file; its lines are "model name : …" on x86."""
    try:
        lines = _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())
