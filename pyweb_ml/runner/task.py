"""Something that a scheduler has to run, with its priority."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pyweb_ml.runner.node import Node


class Task(NamedTuple):
    """The least goes first: by priority, then in the order of their numbers, which are all different.

    Attributes:
        work: the call of the calculator, which touches nothing but its node and its context.
        after: takes what `work` gave, and hands on what it emitted; never two of a graph at once.
    """

    priority: tuple[int, int, int, int]
    number: int
    node: Node
    work: Callable[[], Any]
    after: Callable[[Any], None]
