"""How long work says what it is busy with."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, str, int, int], None]
"""Called as progress(stage, detail, done, total): `detail` is what is being worked on, in words; `done` and
`total` count bytes or steps, and a `total` of 0 means that it is not known."""


def quiet(stage: str, detail: str, done: int, total: int) -> None:
    """Says nothing."""
