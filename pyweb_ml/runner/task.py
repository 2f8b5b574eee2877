"""Something that a scheduler has to run, and its place among the others."""

from collections.abc import Callable
from typing import Any

from pyweb_ml.runner.node import Node

Priority = tuple[int, int, int, int]
Entry = tuple[Priority, int, "Task"]
"""The least goes first: by priority, then in the order of the numbers, which differ where priorities do not."""


class Task:
    """A call of a calculator.

    Attributes:
        work: makes the call, which touches nothing but its node and its context.
        after: takes what `work` gave, and hands on what it emitted; never two of a graph at once.
        is_process: it calls Process of a node with inputs, and so may be made on any thread.
        is_work: it may take a while: a Process that does more than move packets.
    """

    __slots__ = ("after", "is_process", "is_work", "node", "work")

    def __init__(
        self, node: Node, work: Callable[[], Any], after: Callable[[Any], None], is_process: bool = False
    ) -> None:
        self.node = node
        self.is_process = is_process
        self.is_work = is_process and not node.kind.moves_packets
        self.work = work
        self.after = after
