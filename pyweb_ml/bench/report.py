"""What has been measured: the page's numbers, summed up."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pyweb_ml.bench.job import BenchError, Settings, Subject
from pyweb_ml.bench.machine import Machine
from pyweb_ml.bench.server import Exchange
from pyweb_ml.bench.throughput import Throughput
from pyweb_ml.version import __version__

FORMAT = 1
"""Of the JSON; another one when a program that reads it would have to change."""


@dataclass(frozen=True)
class Quantiles:
    """Milliseconds: the median, and what 95 and 99 of 100 frames stay within."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float]) -> "Quantiles | None":
        """By linear interpolation; None of no times."""
        if not times:
            return None
        if len(times) == 1:
            return cls(times[0], times[0], times[0])
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        return cls(cuts[49], cuts[94], cuts[98])


@dataclass(frozen=True)
class Paced:
    """At a camera's pace: frames that it gave, that were shown, that were dropped; and how late results were."""

    offered: int
    shown: int
    dropped: int
    latency: Quantiles | None


@dataclass(frozen=True)
class Measured:
    """One subject.

    Attributes:
        rival: whether it is not the app.
        error: why it was not measured, or not to the end; None where all went well.
        description: what ran, as the subject says it.
        first_result: milliseconds from navigation to the first result, no file cached. Subjects share a browser,
            so those after the first find it started, and Wasm that they share with one before them compiled.
        first_partial: whether that one lacked the calculators in Python, which were still starting.
        whole: milliseconds from navigation until all of it runs.
        wire, wire_gzip: bytes of all files until then, as they are and with gzip.
        memory: the most bytes that the browser's processes held beyond what they did before; None where the system
            does not say, or the browser is not one that was started here.
        script_memory: the most bytes of its page and workers by the browser's own measure, which leaves out some
            of Wasm's memory; None where it does not answer. `script_memory_types` has its parts.
        times: milliseconds of each measured frame; `frame` is of them.
        calculators: by the node's name.
        inference: of all nodes together that run models; None for rivals.
        throughput: as fast as it goes; None where it was not measured.
        candidates: what the app says of its backends, as `element.stats` does.
        events: what has gone wrong with them meanwhile.
    """

    name: str
    rival: bool
    error: str | None
    description: str
    first_result: float | None
    first_partial: bool
    whole: float | None
    wire: int
    wire_gzip: int
    memory: int | None
    script_memory: int | None
    script_memory_types: dict[str, int]
    frame: Quantiles | None
    calculators: dict[str, Quantiles]
    inference: Quantiles | None
    throughput: Throughput | None
    paced: Paced | None
    candidates: list[dict[str, Any]]
    events: list[str]
    times: list[float]

    @property
    def ran(self) -> list[str]:
        """What ran, by :attr:`description`, and as fast as it goes where that was something else."""
        fast = self.throughput.description if self.throughput else ""
        differs = fast not in ("", self.description)
        return list(filter(None, [self.description, f"as fast as it goes, {fast}" if differs else ""]))


@dataclass(frozen=True)
class Report:
    """A benchmark; `to_json` is what --json writes.

    Attributes:
        machine: what ran it; None where that was another one, with --device.
        device: what the browser says of it.
        left_out: by name, why a backend or a rival is no subject.
    """

    title: str
    version: str
    input: str
    settings: Settings
    browser: str
    machine: Machine | None
    device: dict[str, Any]
    subjects: list[Measured]
    left_out: list[tuple[str, str]]

    @property
    def best(self) -> Measured | None:
        """The app on its fastest backend."""
        timed = [one for one in self.subjects if one.frame and not one.rival]
        return min(timed, key=lambda one: one.frame.p50 if one.frame else 0, default=None)

    def ratio(self, one: Measured) -> float | None:
        """How many times as long as the best one a frame takes, by the medians."""
        best = self.best
        return one.frame.p50 / best.frame.p50 if one.frame and best and best.frame else None

    def throughput_ratio(self, one: Measured) -> float | None:
        """How many times as many frames a second as this one the best one does, by the medians."""
        ours = self.best and self.best.throughput
        return ours.rate / one.throughput.rate if ours and one.throughput else None

    def to_json(self) -> dict[str, Any]:
        fields = asdict(self)
        left_out = [{"name": name, "reason": reason} for name, reason in self.left_out]
        return {"format": FORMAT, **fields, "left_out": left_out}


def read_report(
    exchange: Exchange,
    title: str,
    source: str,
    settings: Settings,
    subjects: Sequence[Subject],
    left_out: list[tuple[str, str]],
    inference: Sequence[str],
    machine: Machine | None = None,
) -> Report:
    """Sums up what the page has posted.

    Raises:
        BenchError: it is not what a page of this version posts.
    """
    posted = exchange.report or {}
    try:
        device = posted["device"]
        rows = {row["name"]: row for row in posted["subjects"]}
        measured = [
            _measured(one, rows[one.name], exchange.wire(one.name), exchange.memory.get(one.name), inference)
            for one in subjects
        ]
        agent = str(device["userAgent"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BenchError(f"the page's report lacks something ({error!r}); is it of another version?") from error
    return Report(title, __version__, source, settings, agent, machine, device, measured, left_out)


def _measured(
    subject: Subject, row: dict[str, Any], wire: tuple[int, int], held: int | None, inference: Sequence[str]
) -> Measured:
    memory, paced = row["memory"], row["paced"]
    nodes: dict[str, list[float]] = row["nodes"]
    runs = [nodes[name] for name in inference if name in nodes]
    return Measured(
        name=subject.name,
        rival=subject.kind != "pywebml",
        error=row["error"],
        description=row["description"],
        first_result=row["firstResult"],
        first_partial=row["firstPartial"],
        whole=row["whole"],
        wire=wire[0],
        wire_gzip=wire[1],
        memory=held,
        script_memory=memory and int(memory["bytes"]),
        script_memory_types=memory["types"] if memory else {},
        frame=Quantiles.of(row["times"]),
        calculators={name: found for name, times in nodes.items() if (found := Quantiles.of(times))},
        inference=Quantiles.of([sum(times) for times in zip(*runs, strict=True)]) if runs else None,
        throughput=Throughput.of(row["throughput"]),
        paced=paced and Paced(paced["offered"], paced["shown"], paced["dropped"], Quantiles.of(paced["times"])),
        candidates=row["candidates"],
        events=row["events"],
        times=row["times"],
    )
