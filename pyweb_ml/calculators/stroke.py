"""Anti-aliased drawing: everything is a stroke of a round pen. The page draws by the same formula."""

import itertools
import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.graph.payloads import Image, Stroke


def draw_strokes(image: Image, strokes: Iterable[Stroke]) -> None:
    """Draws strokes over an image uint8 (height, width, 3 or 4), in place; alpha becomes opaque."""
    for stroke in strokes:
        points = stroke.points if len(stroke.points) > 1 else stroke.points * 2
        channels = np.array([stroke.color.r, stroke.color.g, stroke.color.b, 255])[: image.shape[2]]
        for start, end in itertools.pairwise(points):
            if all(map(math.isfinite, (*start, *end))):
                _draw_segment(image, start, end, stroke.thickness / 2 + 0.5, channels)


def _draw_segment(
    image: Image, start: tuple[float, float], end: tuple[float, float], reach: float, channels: NDArray[np.intp]
) -> None:
    """A pixel is covered by radius + 0.5 - its centre's distance to the segment, between 0 and 1."""
    left, right = _extent(start[0], end[0], reach, image.shape[1])
    top, bottom = _extent(start[1], end[1], reach, image.shape[0])
    if left >= right or top >= bottom:
        return
    px = np.arange(left, right) + 0.5 - start[0]
    py = (np.arange(top, bottom) + 0.5 - start[1])[:, np.newaxis]
    dx, dy = end[0] - start[0], end[1] - start[1]
    squared = dx * dx + dy * dy
    along = np.clip((px * dx + py * dy) / squared, 0, 1) if squared > 0 else 0.0
    ex, ey = px - along * dx, py - along * dy
    coverage = np.clip(reach - np.sqrt(ex * ex + ey * ey), 0, 1)[..., np.newaxis]
    part = image[top:bottom, left:right]
    part[:] = np.floor(part + (channels - part.astype(np.float64)) * coverage + 0.5)


def _extent(start: float, end: float, reach: float, size: int) -> tuple[int, int]:
    """The pixels that a pen can touch on one axis: from the first to the one after the last."""
    first = max(0, math.floor(min(start, end) - reach))
    return first, min(size, math.ceil(max(start, end) + reach))
