"""The report's plots, as SVG that takes its colours from the page."""

from collections.abc import Sequence
from math import ceil, floor, log10
from xml.sax.saxutils import escape

from pyweb_ml.bench.report import Measured

WIDTH = 640
_ROW, _ROW_OF_BARS, _TOP, _BOTTOM, _RIGHT = 44, 40, 8, 26, 16


def frame_plot(subjects: Sequence[Measured]) -> str:
    """A row a subject: each frame a tick, the median a bar, on a logarithmic axis of milliseconds."""
    timed = [one for one in subjects if one.times]
    if not timed:
        return ""
    low = floor(log10(max(min(min(one.times) for one in timed), 1e-3)))
    high = max(ceil(log10(max(max(one.times) for one in timed))), low + 1)
    bottom = _TOP + _ROW * len(timed)

    def x(milliseconds: float) -> float:
        return 8 + (log10(max(milliseconds, 10.0**low)) - low) / (high - low) * (WIDTH - 8 - _RIGHT)

    parts = [_grid(x(value), bottom, f"{value:g}") for value in _ticks(low, high)]
    for index, one in enumerate(timed):
        parts.append(_row(one, _TOP + _ROW * index, [x(time) for time in one.times], x(_median(one))))
    label = "Milliseconds of each frame, by subject; logarithmic"
    return _svg(bottom + _BOTTOM, label, parts)


def _median(one: Measured) -> float:
    return one.frame.p50 if one.frame else 0.0


def _ticks(low: int, high: int) -> list[float]:
    steps = (1, 2, 5) if high - low < 3 else (1,)
    return [step * 10.0**exponent for exponent in range(low, high) for step in steps] + [10.0**high]


def _grid(x: float, bottom: float, text: str) -> str:
    anchor = "end" if x > WIDTH - 40 else "middle" if x > 20 else "start"
    return (
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}"/>'
        f'<text class="soft" x="{x:.1f}" y="{bottom + 16}" text-anchor="{anchor}">{text}</text>'
    )


def _row(one: Measured, top: float, xs: Sequence[float], median: float) -> str:
    kind = "rival" if one.rival else "own"
    ticks = "".join(f"M{x:.1f} {top + 22}v14" for x in xs)
    name, value = escape(one.name), f"{_median(one):.2f} ms"
    return (
        f'<text x="8" y="{top + 15}">{name} <tspan class="soft">{value}</tspan></text>'
        f'<path class="{kind} ticks" d="{ticks}"><title>{name}: {len(xs)} frames</title></path>'
        f'<path class="{kind} median" d="M{median:.1f} {top + 19}v20"><title>median {value}</title></path>'
    )


def calculator_plot(one: Measured) -> str:
    """The medians of a subject's calculators, and what is left of the whole frame; bars to the same scale."""
    if not one.frame or not one.calculators:
        return ""
    rows = [(name, times.p50) for name, times in one.calculators.items()]
    rest = one.frame.p50 - sum(spent for _, spent in rows)
    rows.append(("frame in, result out, drawing", max(rest, 0.0)))
    widest = max(spent for _, spent in rows) or 1.0
    parts = [
        _bar(name, f"{spent:.2f} ms", spent / widest, _TOP + _ROW_OF_BARS * index)
        for index, (name, spent) in enumerate(rows)
    ]
    return _svg(_TOP + _ROW_OF_BARS * len(rows), f"Milliseconds by calculator, {one.name}", parts)


def throughput_plot(subjects: Sequence[Measured]) -> str:
    """A bar a subject: frames a second as fast as it goes; a mark where it does one frame at a time."""
    rows = [(one, one.throughput) for one in subjects if one.throughput]
    if not rows:
        return ""
    most = max(max(found.rate, found.sequential or 0) for _, found in rows)
    parts = []
    for index, (one, found) in enumerate(rows):
        top = _TOP + _ROW_OF_BARS * index
        value = f"{found.rate:.1f}" + (f", one at a time {found.sequential:.1f}" if found.sequential else "")
        parts.append(_bar(one.name, value, found.rate / most, top, "rival" if one.rival else "own"))
        if found.sequential:
            x = 8 + found.sequential / most * (WIDTH - 16)
            parts.append(f'<path class="mark" d="M{x:.1f} {top + 18}v14"/>')
    return _svg(_TOP + _ROW_OF_BARS * len(rows), "Frames a second, as fast as it goes, by subject", parts)


def _bar(name: str, value: str, share: float, top: float, kind: str = "own") -> str:
    """`share`: of the widest bar."""
    return (
        f'<text x="8" y="{top + 15}">{escape(name)} <tspan class="soft">{value}</tspan></text>'
        f'<rect class="{kind}" x="8" y="{top + 20}" width="{max(share * (WIDTH - 16), 1):.1f}" height="10"/>'
    )


def _svg(height: float, label: str, parts: Sequence[str]) -> str:
    body = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{body}</svg>'
