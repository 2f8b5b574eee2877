"""Ctrl-C that ends what has no end of its own, without losing what is done."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupt:
    """Whether Ctrl-C was pressed."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self, number: int, frame: FrameType | None) -> None:
        """The first time it is noted; the second time it is Python's own, for one who cannot wait."""
        if self.asked:
            signal.default_int_handler(number, frame)
        self.asked = True


@contextmanager
def noted(active: bool = True) -> Iterator[Interrupt]:
    """Notes a Ctrl-C within; it does nothing if not `active`, nor on another thread than Python's first."""
    interrupt = Interrupt()
    if not active or threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.signal(signal.SIGINT, interrupt.ask)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
