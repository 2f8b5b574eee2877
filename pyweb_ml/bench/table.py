"""The report in the terminal."""

from collections.abc import Iterator, Sequence

from pyweb_ml.bench.report import Measured, Quantiles, Report
from pyweb_ml.console import size_text

NOTHING = "\u2013"


def table(report: Report) -> str:
    """All of it, in lines."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield from _conditions(report)
    yield ""
    head = ["milliseconds a frame", "frames", "p50", "p95", "p99", "ratio", "first", "gzip", "memory", "dropped"]
    yield from _aligned([head, *(_row(report, one) for one in report.subjects if one.frame)])
    yield from _firsts(report.subjects)
    yield from _throughput(report)
    yield from _calculators(report.best)
    yield from _what_ran(report.subjects)
    yield from (f"left out: {name}: {reason}" for name, reason in report.left_out)


def _conditions(report: Report) -> Iterator[str]:
    device, machine = report.device, report.machine
    yield f"{report.title}: {report.input}, {device['frameWidth']}x{device['frameHeight']}"
    yield f"{report.browser}"
    threads = "isolated: threads may be had" if device["isolated"] else "not isolated: no threads"
    yield f"{device['cores']} cores, {threads}; WebGL on {device['gpu'] or 'nothing'}"
    if machine:
        before, after = (_number(load, 1) for load in (machine.load_before, machine.load_after))
        yield f"{machine.cpu or 'unknown processor'}; load {before} before the start, {after} at the end"
        yield from filter(None, [machine.warning])


def _firsts(subjects: Sequence[Measured]) -> Iterator[str]:
    """The same page is much later as the first of a browser than as its second."""
    if sum(one.first_result is not None for one in subjects) > 1:
        yield "first: one after the other in one browser: later ones find it started, and what they share compiled"


def _what_ran(subjects: Sequence[Measured]) -> Iterator[str]:
    for one in subjects:
        yield from (f"ran: {one.name}: {what}" for what in one.ran)
        if one.error:
            yield f"{'stopped' if one.frame else 'not measured'}: {one.name}: {one.error}"
        yield from (f"note: {one.name}: {event}" for event in one.events)


def _throughput(report: Report) -> Iterator[str]:
    """As fast as it goes; the gain of more than one frame in flight, of the fastest."""
    rows = [(one, found) for one in report.subjects if (found := one.throughput)]
    if not rows:
        return
    yield ""
    cells = [
        [one.name, f"{found.rate:.1f}", _number(report.throughput_ratio(one)), _number(found.sequential, 1)]
        for one, found in rows
    ]
    yield from _aligned([["frames a second, as fast as it goes", "p50", "ratio", "one at a time"], *cells])
    if report.best and report.best.throughput:
        yield from filter(None, [report.best.throughput.gain_text])


def _row(report: Report, one: Measured) -> list[str]:
    first = f"{one.first_result:.0f}" + ("*" if one.first_partial else "") if one.first_result else NOTHING
    memory = size_text(one.memory) if one.memory is not None else NOTHING
    dropped = f"{one.paced.dropped} of {one.paced.offered}" if one.paced else NOTHING
    quantiles = _cells(one.frame)
    return [
        one.name,
        str(len(one.times)),
        *quantiles,
        _number(report.ratio(one)),
        first,
        size_text(one.wire_gzip),
        memory,
        dropped,
    ]


def _number(value: float | None, digits: int = 2) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"


def _cells(times: Quantiles | None) -> list[str]:
    return [f"{one:.2f}" for one in (times.p50, times.p95, times.p99)] if times else [NOTHING] * 3


def _calculators(best: Measured | None) -> Iterator[str]:
    """Where the time of the fastest goes."""
    if best is None:
        return
    yield ""
    rows = [[name, *_cells(times)] for name, times in best.calculators.items()]
    yield from _aligned([[f"by calculator, {best.name}", "p50", "p95", "p99"], *rows])
    if best.frame and best.inference:
        own = 1 - best.inference.p50 / best.frame.p50
        yield f"Of the whole frame {own:.0%} is not inference."
    if best.first_partial:
        yield "* The first result lacked the calculators in Python, which were still starting."
    yield ""


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells])
