"""What a browser's processes hold together, Wasm and GPU process included: as Linux says it."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PERIOD = 0.2
"""Seconds between two looks; each costs the machine some milliseconds."""
_PROC = Path("/proc")


def held_by(root: int) -> int | None:
    """Bytes of a process and all that it started, what they share counted once; None where nobody says.

    The sum of `Pss`, the proportional set size: https://docs.kernel.org/filesystems/proc.html
    """
    sizes = [size for pid in _family(root) if (size := _pss(pid)) is not None]
    return sum(sizes) if sizes else None


def _family(root: int) -> Iterator[int]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for path in _PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            # "pid (name) state parent …", where the name may hold anything
            children[int(path.read_text().rpartition(")")[2].split()[1])].append(int(path.parent.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children[pid]


def _pss(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return None


class PeakMemory:
    """By subject, how much more than at its beginning a browser has held at most.

    Attributes:
        grown: in bytes; a subject of which nobody says is absent.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._subject, self._before = "", 0
        self._ended = threading.Event()
        self.grown: dict[str, int] = {}

    def begin(self, subject: str) -> None:
        """From now on it is this subject's; "" is nobody's."""
        self._subject = ""
        before = held_by(self._root)
        if before is not None and subject:
            self._before, self._subject = before, subject

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Looks from time to time while the block runs."""
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join(10)

    def _watch(self) -> None:
        while not self._ended.wait(PERIOD):
            subject, before = self._subject, self._before
            held = held_by(self._root) if subject else None
            if held is not None and subject == self._subject:
                self.grown[subject] = max(held - before, self.grown.get(subject, 0))
