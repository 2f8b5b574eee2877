"""Something that a scheduler has to run, with its priority."""

from collections.abc import Callable
from typing import NamedTuple


class Task(NamedTuple):
    """The least goes first: by priority, then in the order of their numbers, which are all different."""

    priority: tuple[int, int, int, int]
    number: int
    run: Callable[[], None]
