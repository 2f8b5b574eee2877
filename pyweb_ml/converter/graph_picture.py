"""A model's graph as a picture: SVG, from top to bottom."""

from xml.sax.saxutils import escape

from pyweb_ml.converter.outline import Outline, Step
from pyweb_ml.graph.layout import Box, Link, lay_out

MAX_STEPS = 1200
"""A larger graph would be no picture that anybody reads, and takes long to lay out."""
_HEIGHT, _PAD, _MARGIN, _LETTER = 34, 12, 16, 7.2


def graph_picture(outline: Outline, title: str) -> str:
    """The graph as an SVG element, which takes its colours from the page; "" if it is too large.

    The layout is that of pipelines, which runs from left to right, turned by a quarter.
    """
    steps = outline.steps
    if not 0 < len(steps) <= MAX_STEPS:
        return ""
    boxes = [Box(_HEIGHT, _wide(step)) for step in steps]
    links = [
        Link(boxes[source], box, boxes[source].height / 2, box.height / 2)
        for step, box in zip(steps, boxes, strict=True)
        for source in step.sources
    ]
    height, width = lay_out(boxes, links)
    size = f'width="{width + 2 * _MARGIN:.0f}" height="{height + 2 * _MARGIN:.0f}"'
    view = f'viewBox="{-_MARGIN} {-_MARGIN} {width + 2 * _MARGIN:.0f} {height + 2 * _MARGIN:.0f}"'
    drawn = [f'<path class="link" d="{_path(link)}"/>' for link in links]
    drawn += [_drawn(step, box) for step, box in zip(steps, boxes, strict=True)]
    name = escape(title)
    return f'<svg class="graph" {size} {view} role="img" aria-label="{name}">' + "".join(drawn) + "</svg>"


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape for people, as in "1 x 128 x 128 x 3" with proper signs."""
    return "\u00d7".join("?" if size < 0 else str(size) for size in shape) or "scalar"


def _wide(step: Step) -> float:
    return max(len(_title(step)), len(shape_text(step.shape))) * _LETTER + 2 * _PAD


def _title(step: Step) -> str:
    return step.name[:40] if step.kind in ("input", "output") else step.kind


def _drawn(step: Step, box: Box) -> str:
    x, y, middle = box.y, box.x, box.y + box.height / 2
    kind = "end" if step.kind in ("input", "output") else "step"
    constants = f", {step.constants} constant values" if step.constants else ""
    tip = escape(f"{step.kind} '{step.name}': {shape_text(step.shape)} {step.dtype}{constants}")
    return (
        f'<g><title>{tip}</title><rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{box.height:.1f}" '
        f'height="{box.width:.1f}" rx="6"/><text x="{middle:.1f}" y="{y + 14:.1f}">{escape(_title(step))}</text>'
        f'<text class="soft" x="{middle:.1f}" y="{y + 27:.1f}">{shape_text(step.shape)}</text></g>'
    )


def _path(link: Link) -> str:
    """The layout's points in pairs, straight lines within a pair and curves between."""
    points = [(y, x) for x, y in link.points]
    (x0, y0), *rest = points
    path = f"M{x0:.1f} {y0:.1f}"
    for index, (x, y) in enumerate(rest):
        middle = (y0 + y) / 2
        curve = f"C{x0:.1f} {middle:.1f} {x:.1f} {middle:.1f} {x:.1f} {y:.1f}"
        path += curve if index % 2 == 0 else f"L{x:.1f} {y:.1f}"
        x0, y0 = x, y
    return path
