"""A layered layout, left to right, of boxes and the links between them (Sugiyama, Tagawa and Toda 1981).

Layers by the longest path, the order within a layer by barycentres, places by what a box is linked to. Links that
go back are led below all boxes. All lengths are in pixels.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

GAP: Final = 44
"""Between layers, besides the labels that stand there."""
ROW_GAP: Final = 22
_LANE: Final = 18
_SWEEPS: Final = 12


@dataclass(eq=False)
class Box:
    """A rectangle to be placed; `x` and `y` are its upper left corner afterwards."""

    width: float
    height: float
    x: float = 0
    y: float = 0
    layer: int = 0


@dataclass(eq=False)
class Link:
    """A line from the right side of a box to the left side of another.

    Attributes:
        start, end: where it meets its boxes, below their upper edges.
        label: how wide a label it has at its start.
        points: the corners of its way afterwards: pairs of horizontal stretches, with curves between.
    """

    source: Box
    target: Box
    start: float
    end: float
    label: float = 0
    back: bool = False
    points: list[tuple[float, float]] = field(default_factory=list)


def lay_out(boxes: list[Box], links: list[Link]) -> tuple[float, float]:
    """Places boxes and links; gives the width and height of the whole."""
    _mark_circles(boxes, links)
    forward = [link for link in links if not link.back]
    _choose_layers(boxes, forward)
    chains = {id(link): _chain(link) for link in forward}
    steps = [step for chain in chains.values() for step in chain]
    inner = [step.target for chain in chains.values() for step in chain[:-1]]
    layers = _layers([*boxes, *inner])
    _order(layers, steps)
    width = _place_across(layers, forward)
    _place_down(layers, steps)
    for link in forward:
        link.points = [point for step in chains[id(link)] for point in _ends(step)]
    bottom = max((box.y + box.height for box in [*boxes, *inner]), default=0)
    return width, _lead_back([link for link in links if link.back], bottom)


def _mark_circles(boxes: list[Box], links: list[Link]) -> None:
    """Lets the links that would close a circle go back, so that layers exist for a wrong graph too."""
    after: dict[int, list[Link]] = {id(box): [] for box in boxes}
    for one in links:
        if not one.back:
            after[id(one.source)].append(one)
    done: set[int] = set()
    for root in boxes:
        path, stack = {id(root)}, [(root, iter(after[id(root)]))]
        while stack and id(root) not in done:
            box, rest = stack[-1]
            link: Link | None = next(rest, None)
            if link is None:
                done.add(id(box))
                path.discard(id(box))
                stack.pop()
            elif id(link.target) in path:
                link.back = True
            elif id(link.target) not in done:
                path.add(id(link.target))
                stack.append((link.target, iter(after[id(link.target)])))


def _choose_layers(boxes: list[Box], links: list[Link]) -> None:
    for _ in boxes:
        moved = [link for link in links if link.target.layer <= link.source.layer]
        for link in moved:
            link.target.layer = max(link.target.layer, link.source.layer + 1)
        if not moved:
            break
    for box in boxes:
        after = [link.target.layer for link in links if link.source is box]
        if after and not any(link.target is box for link in links):
            box.layer = min(after) - 1


def _chain(link: Link) -> list[Link]:
    """The link as steps from layer to layer, by way of boxes without size."""
    stops = [Box(0, 8, layer=layer) for layer in range(link.source.layer + 1, link.target.layer)]
    places = [(link.source, link.start), *((stop, 4.0) for stop in stops), (link.target, link.end)]
    return [Link(a, b, start, end) for (a, start), (b, end) in pairwise(places)]


def _layers(boxes: list[Box]) -> list[list[Box]]:
    layers: list[list[Box]] = [[] for _ in range(1 + max((box.layer for box in boxes), default=0))]
    for box in boxes:
        layers[box.layer].append(box)
    return layers


def _links_by_box(steps: list[Link]) -> tuple[dict[int, list[Link]], dict[int, list[Link]]]:
    """The links that come into each box, and those that leave it, by the box's identity."""
    before: dict[int, list[Link]] = {}
    after: dict[int, list[Link]] = {}
    for step in steps:
        before.setdefault(id(step.target), []).append(step)
        after.setdefault(id(step.source), []).append(step)
    return before, after


def _order(layers: list[list[Box]], steps: list[Link]) -> None:
    """Sorts each layer by the mean place of what its boxes are linked to, forth and back until it settles."""
    before, after = _links_by_box(steps)
    for sweep in range(_SWEEPS):
        place = {id(box): index + 0.0 for layer in layers for index, box in enumerate(layer)}
        forth = sweep % 2 == 0
        for layer in layers if forth else reversed(layers):
            links = before if forth else after
            mean = {id(box): _mean(place, links.get(id(box), []), forth, place[id(box)]) for box in layer}
            layer.sort(key=lambda box: mean[id(box)])
            place.update({id(box): index + 0.0 for index, box in enumerate(layer)})


def _mean(place: dict[int, float], links: list[Link], forth: bool, otherwise: float) -> float:
    near = [
        place[id(link.source)] + link.start / (link.source.height + 1)
        if forth
        else place[id(link.target)] + link.end / (link.target.height + 1)
        for link in links
    ]
    return sum(near) / len(near) if near else otherwise


def _place_across(layers: list[list[Box]], links: list[Link]) -> float:
    x = 0.0
    for index, layer in enumerate(layers):
        widest = max((box.width for box in layer), default=0)
        for box in layer:
            box.x = x + (widest - box.width) / 2 if box.width else x
            if not box.width:
                box.width = widest
        labels = [link.label for link in links if link.source.layer == index]
        x += widest + GAP + max(labels, default=0)
    return max((box.x + box.width for layer in layers for box in layer), default=0)


def _place_down(layers: list[list[Box]], steps: list[Link]) -> None:
    for layer in layers:
        _spread(layer, {id(box): 0.0 for box in layer})
    before, after = _links_by_box(steps)
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            _spread(
                layer, {id(box): _wanted(box, before.get(id(box), []), after.get(id(box), [])) for box in layer}
            )
    top = min((box.y for layer in layers for box in layer), default=0)
    for layer in layers:
        for box in layer:
            box.y -= top


def _wanted(box: Box, before: list[Link], after: list[Link]) -> float:
    """Where a box's links would be level; the median, since one far neighbour must not pull it away."""
    levels = [link.source.y + link.start - link.end for link in before]
    levels += [link.target.y + link.end - link.start for link in after]
    return sorted(levels)[len(levels) // 2] if levels else box.y


def _spread(layer: list[Box], wanted: dict[int, float]) -> None:
    """Puts the boxes of a layer near where they want to be, in their order and apart from each other."""
    groups: list[tuple[list[Box], float, float]] = []  # boxes side by side, their height, the place of the first
    for box in layer:
        group = ([box], box.height, wanted[id(box)])
        while groups and groups[-1][2] + groups[-1][1] + ROW_GAP > group[2]:
            above = groups.pop()
            size = len(above[0]) + len(group[0])
            shift = above[1] + ROW_GAP
            place = (above[2] * len(above[0]) + (group[2] - shift) * len(group[0])) / size
            group = (above[0] + group[0], shift + group[1], place)
        groups.append(group)
    for boxes, _, place in groups:
        for box in boxes:
            box.y = place
            place += box.height + ROW_GAP


def _ends(link: Link) -> list[tuple[float, float]]:
    start = (link.source.x + link.source.width, link.source.y + link.start)
    return [start, (link.target.x, link.target.y + link.end)]


def _lead_back(links: list[Link], bottom: float) -> float:
    for index, link in enumerate(links):
        lane = bottom + _LANE * (index + 1)
        (x0, y0), (x1, y1) = _ends(link)
        out, into = x0 + 14 + 5 * index, x1 - 14 - 5 * index
        link.points = [(x0, y0), (out, y0), (out, lane), (into, lane), (into, y1), (x1, y1)]
    return bottom + _LANE * (len(links) + 1 if links else 0)
