"""Samples in a file: arrays by name, for any number of runs. Both sides of an environment's border use it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, Any]
"""Arrays by the names of inputs or outputs."""


def write_samples(path: Path, samples: Sequence[Arrays]) -> None:
    """Writes an .npz whose arrays are called "N:NAME", N being the sample's number."""
    arrays: Arrays = {f"{index}:{name}": value for index, one in enumerate(samples) for name, value in one.items()}
    np.savez(path, **arrays)


def read_samples(path: Path) -> list[Arrays]:
    """What `write_samples` has written; nothing is unpickled."""
    found: dict[int, Arrays] = {}
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays.files:
            number, _, name = key.partition(":")
            found.setdefault(int(number), {})[name] = arrays[key]
    return [found[number] for number in sorted(found)]
