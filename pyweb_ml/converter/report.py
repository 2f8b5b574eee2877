"""What a conversion did, as data: `report.json` is this, and `report.html` shows it."""

import dataclasses
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyweb_ml.converter.outline import Outline
from pyweb_ml.converter.proof.comparison import Difference
from pyweb_ml.version import __version__

_GZIP = 31
"""zlib's window of 15 bits, with gzip's head and tail."""
SCHEMA = 1
"""Raised when a field of report.json changes its meaning or goes."""


@dataclass(frozen=True)
class Port:
    """An input or output of the model."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class FileSize:
    """A file of the result; sizes in bytes, `gzip` at level 6."""

    name: str
    bytes: int
    gzip: int


@dataclass(frozen=True)
class Check:
    """One comparison of all outputs on all samples.

    Attributes:
        what: "model.tflite" or "tfjs".
        engine: what ran it: "ai-edge-litert 2.3.0", "TF.js wasm under Node.js", …
        against: what ran the reference.
        tolerance: the largest error that passes, as a part of the output's range; None if any does.
        differences: one an output.
        problem: why nothing could be compared; "" if it could.
        layer: where it goes wrong first, if it does; "" if not or not known.
    """

    what: str
    engine: str
    against: str
    tolerance: float | None
    differences: tuple[Difference, ...] = ()
    problem: str = ""
    layer: str = ""

    @property
    def error(self) -> float:
        """The largest error of all outputs."""
        return max((one.error for one in self.differences), default=float("inf"))

    @property
    def passed(self) -> bool:
        if self.problem:
            return False
        # Without a tolerance all that is asked for is numbers.
        return self.error <= self.tolerance if self.tolerance is not None else self.error != float("inf")


@dataclass(frozen=True)
class Variant:
    """A form that the model was measured in, so that one can choose.

    Attributes:
        form: of `options.FORMS`, with what was pruned or clustered.
        bytes, gzip: the size of its `.tflite`.
        milliseconds: a run in ai-edge-litert on one thread, here; the median.
        error: against the original, the largest over all outputs and samples, as a part of the output's range.
        real_error: the same over real samples only; None without any.
        mean_error: the mean over all values, of the output where it is largest.
        written: whether it is what the folder holds.
    """

    form: str
    bytes: int
    gzip: int
    milliseconds: float
    error: float
    real_error: float | None
    mean_error: float
    written: bool


@dataclass(frozen=True)
class LayerError:
    """How far a step's result is from that of the clean float32 model in ai-edge-litert, by what ran it."""

    step: int
    kind: str
    name: str
    errors: dict[str, float]


@dataclass
class Report:
    """A conversion.

    Attributes:
        source: what was given; `format` is its title, `source_bytes` the size of its files.
        framework: what ran the original.
        before, after: the graph as read, and as written.
        samples: the names of the inputs it was tried with, and whether each is real.
        notes: what the user should know.
        forced: whether it was written though it does not agree.
    """

    source: str
    format: str
    source_bytes: int
    form: str
    inputs: list[Port]
    outputs: list[Port]
    before: Outline
    after: Outline = field(default_factory=Outline)
    framework: str = ""
    samples: list[tuple[str, bool]] = field(default_factory=list)
    files: list[FileSize] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    layers: list[LayerError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    forced: bool = False

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def to_json(self) -> str:
        """The text of report.json; infinite errors are the string "Infinity"."""
        tree = dataclasses.asdict(self)
        tree["checks"] = [
            {**dataclasses.asdict(one), "error": one.error, "passed": one.passed} for one in self.checks
        ]
        tree["samples"] = [{"name": name, "real": real} for name, real in self.samples]
        tree["operators"] = {"before": self.before.counts(), "after": self.after.counts()}
        del tree["before"], tree["after"]
        head = {"schema": SCHEMA, "pywebml": __version__, "passed": self.passed}
        return json.dumps(_plain({**head, **tree}), indent=1, allow_nan=False) + "\n"


def _plain(tree: Any) -> Any:
    """JSON has no infinity."""
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_plain(value) for value in tree]
    return "Infinity" if tree == float("inf") else tree


def measure(path: Path, folder: Path) -> FileSize:
    """The size of a file, by its path below `folder`."""
    return FileSize(path.relative_to(folder).as_posix(), path.stat().st_size, gzip_size(path))


def gzip_size(path: Path) -> int:
    """How many bytes a file has when gzip has packed it at level 6; a large file is not held in memory."""
    packer, size = zlib.compressobj(6, wbits=_GZIP), 0
    with path.open("rb") as file:
        while block := file.read(2**20):
            size += len(packer.compress(block))
    return size + len(packer.flush())
