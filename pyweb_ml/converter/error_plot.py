"""Error by layer as a plot: SVG, logarithmic."""

from collections.abc import Sequence
from math import log10
from xml.sax.saxutils import escape

from pyweb_ml.converter.report import LayerError

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 760, 260, 52, 30, 12
_LOWEST = 1e-8
"""Smaller errors are drawn here: float32 has no finer ones."""


def error_plot(layers: Sequence[LayerError], tolerance: float | None) -> str:
    """The errors in the graph's order, a series for each engine; "" if there are none."""
    engines = list(dict.fromkeys(engine for layer in layers for engine in layer.errors))
    if not engines:
        return ""
    highest = max([1e-2, *(min(error, 1e3) for layer in layers for error in layer.errors.values())])
    lines = [_grid(exponent, highest) for exponent in range(-8, round(log10(highest) + 0.999) + 1)]
    if tolerance:
        y = _y(tolerance, highest)
        lines.append(f'<line class="limit" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
    for number, engine in enumerate(engines):
        lines += [
            _mark(number, index, len(layers), layer, engine, highest)
            for index, layer in enumerate(layers)
            if engine in layer.errors
        ]
    label = "Error by layer, as a part of each result's range"
    body = "".join(lines)
    return f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{body}</svg>'


def _y(error: float, highest: float) -> float:
    """From the top; the lowest error stands at the bottom."""
    top, bottom = log10(highest), log10(_LOWEST)
    share = (log10(min(max(error, _LOWEST), highest)) - bottom) / (top - bottom)
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)


def _grid(exponent: int, highest: float) -> str:
    value = 10.0**exponent
    if value > highest:
        return ""
    y = _y(value, highest)
    label = f"1e{exponent}" if exponent else "1"
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="soft" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
    )


def _mark(number: int, index: int, count: int, layer: LayerError, engine: str, highest: float) -> str:
    """A circle for the first engine, a diamond for others."""
    error = layer.errors[engine]
    x = _LEFT + 8 + index * (_WIDTH - _LEFT - 16) / max(count - 1, 1)
    y = _y(error, highest)
    tip = f"<title>{escape(f'{layer.step} {layer.kind} {layer.name}: {error:.1e} in {engine}')}</title>"
    if number == 0:
        return f'<circle class="series0" cx="{x:.1f}" cy="{y:.1f}" r="3.2">{tip}</circle>'
    diamond = f"M{x:.1f} {y - 4:.1f}l4 4l-4 4l-4 -4z"
    return f'<path class="series{number}" d="{diamond}">{tip}</path>'
