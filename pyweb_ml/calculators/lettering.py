"""Text as strokes, in the Hershey Simplex letters. The page letters by the same numbers."""

import functools
import json
from importlib.resources import files
from typing import Any

from pyweb_ml.graph.payloads import Color, SizeOf, Stroke

_CAPITAL, _BASE, _TAIL = 21, 9, 7
"""Height of the letters' own grid: from the top of a capital, -12, to the base line, 9; tails reach 16."""
_HEIGHT, _GAP, _MARGIN, _OUTLINE = 17, 6, 4, 2.4
"""In pixels of an image whose longer side is 640."""
_MIN_HEIGHT = 8
_LINE_SPACING = 1.6
_WEIGHT = 1 / 8
"""Pens are this share of the letters' height."""


def letter(text: str, point: tuple[float, float], color: Color, image: SizeOf) -> list[Stroke]:
    """Text above a point (in pixels), moved so that it lies inside the image; outlined, to be read on anything."""
    unit = max(image) / 640
    scale = max(_HEIGHT * unit, _MIN_HEIGHT) / _CAPITAL
    lines = text.split("\n")
    left = _inside(point[0], max(map(_width, lines)) * scale, image.width, _MARGIN * unit)
    step = _CAPITAL * scale * _LINE_SPACING
    block = (len(lines) - 1) * step + (_CAPITAL + _TAIL) * scale
    top = _inside(point[1] - _GAP * unit - block + _TAIL * scale, block, image.height, _MARGIN * unit)
    bases = [top + i * step + _CAPITAL * scale for i in range(len(lines))]
    paths = [path for line, base in zip(lines, bases, strict=True) for path in _paths(line, left, base, scale)]
    pen = _CAPITAL * scale * _WEIGHT
    outline = [Stroke(path, pen + _OUTLINE * unit, _contrast(color)) for path in paths]
    return outline + [Stroke(path, pen, color) for path in paths]


def _inside(start: float, length: float, size: int, margin: float) -> float:
    """Where something of `length` starts so that it ends before the margin; at the margin if it is too long."""
    return max(min(start, size - margin - length), margin)


@functools.cache
def _glyphs() -> dict[str, tuple[int, list[list[int]]]]:
    source = files("pyweb_ml.calculators").joinpath("hershey_simplex.json")
    loaded: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return dict(loaded["glyphs"])


def _glyph(character: str) -> tuple[int, list[list[int]]]:
    return _glyphs().get(character) or _glyphs()["?"]


def _width(line: str) -> int:
    return sum(_glyph(character)[0] for character in line)


def _paths(line: str, left: float, base: float, scale: float) -> list[list[tuple[float, float]]]:
    paths = []
    advance = 0
    for character in line:
        width, strokes = _glyph(character)
        for stroke in strokes:
            pairs = zip(stroke[::2], stroke[1::2], strict=True)
            paths.append([(left + (advance + x) * scale, base + (y - _BASE) * scale) for x, y in pairs])
        advance += width
    return paths


def _contrast(color: Color) -> Color:
    is_dark = 2 * color.r + 5 * color.g + color.b < 8 * 48
    return Color(255, 255, 255) if is_dark else Color(0, 0, 0)
