"""NonMaxSuppressionCalculator: of detections that overlap, keeps the surest, or their weighted mean."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeAlias, cast

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Box, Detection, Detections, Keypoint

OverlapType: TypeAlias = Literal["JACCARD", "MODIFIED_JACCARD", "INTERSECTION_OVER_UNION"]


@standard("NonMaxSuppressionCalculator", tags={"detections": ""}, outputs=(OutputPort("", "Detections"),))
def non_max_suppression(
    detections: Detections,
    *,
    max_num_detections: int = -1,
    min_score_threshold: float = -1.0,
    min_suppression_threshold: float = 1.0,
    overlap_type: OverlapType = "JACCARD",
    return_empty_detections: bool = False,
    algorithm: Literal["DEFAULT", "WEIGHTED"] = "DEFAULT",
) -> Detections:
    """Of detections that overlap, keeps the one of the highest score.

    Args:
        max_num_detections: how many to keep; -1: all. "WEIGHTED" takes no notice of it, as in MediaPipe.
        min_score_threshold: leave out what scores less; no effect unless it is above 0.
        min_suppression_threshold: what overlaps more than this is suppressed.
        overlap_type: the shared area over: the area of the box around both ("JACCARD"), the area of the box
            of the higher score in "WEIGHTED" and of the lower in "DEFAULT" ("MODIFIED_JACCARD"), or the area
            of both together.
        return_empty_detections: without it nothing is emitted where nothing came in: this returns None.
        algorithm: "WEIGHTED" puts the kept box and keypoints at the mean of what it suppresses, by score.

    Returns:
        The kept detections, by falling score.

    Raises:
        ValueError: `max_num_detections` is 0.
    """
    if max_num_detections == 0:
        raise ValueError("'max_num_detections' must not be 0; -1 keeps all")
    if not detections and not return_empty_detections:
        return cast(Detections, None)  # no packet: what follows is not called
    ordered = sorted(detections, key=lambda one: -one.score)
    lowest = min_score_threshold if min_score_threshold > 0 else -math.inf
    overlaps = _Overlaps(overlap_type, min_suppression_threshold)
    if algorithm == "WEIGHTED":
        return _weighted(ordered, lowest, overlaps)
    return _plain([one for one in ordered if one.score >= lowest], max_num_detections, overlaps)


class _Overlaps:
    """Whether a box that may go overlaps one that stays by more than a threshold."""

    def __init__(self, overlap_type: OverlapType, threshold: float) -> None:
        self._whole = _WHOLES[overlap_type]
        self._threshold = threshold

    def __call__(self, rest: Detection, kept: Detection) -> bool:
        one, two = rest.box, kept.box
        width = min(_right(one), _right(two)) - max(one.xmin, two.xmin)
        height = min(_bottom(one), _bottom(two)) - max(one.ymin, two.ymin)
        shared = width * height if width > 0 and height > 0 else 0.0
        whole = self._whole(one, two, shared)
        return (shared / whole if shared and whole > 0 else 0.0) > self._threshold


def _right(box: Box) -> float:
    return box.xmin + box.width


def _bottom(box: Box) -> float:
    return box.ymin + box.height


def _area(box: Box) -> float:
    return box.width * box.height


def _around(one: Box, two: Box) -> float:
    width = max(_right(one), _right(two)) - min(one.xmin, two.xmin)
    return width * (max(_bottom(one), _bottom(two)) - min(one.ymin, two.ymin))


_WHOLES: dict[str, Callable[[Box, Box, float], float]] = {
    "JACCARD": lambda one, two, shared: _around(one, two),
    "MODIFIED_JACCARD": lambda one, two, shared: _area(two),
    "INTERSECTION_OVER_UNION": lambda one, two, shared: _area(one) + _area(two) - shared,
}


def _plain(ordered: Detections, most: int, overlaps: _Overlaps) -> Detections:
    kept: Detections = []
    for one in ordered:
        if len(kept) == most:
            break
        if not any(overlaps(other, one) for other in kept):
            kept.append(one)
    return kept


def _weighted(ordered: Detections, lowest: float, overlaps: _Overlaps) -> Detections:
    """Detections that score less than `lowest` are not kept, but have their weight in a mean."""
    kept: Detections = []
    rest = ordered
    while rest and rest[0].score >= lowest:
        surest = rest[0]
        group = [one for one in rest if overlaps(one, surest)]
        kept.append(_mean(surest, group) if group else surest)
        if not group:
            break
        rest = [one for one in rest if not overlaps(one, surest)]
    return kept


def _mean(surest: Detection, group: Detections) -> Detection:
    """The surest, at the mean place of its group by score."""
    total = sum(one.score for one in group)

    def of(value: Callable[[Detection], float]) -> float:
        return sum(value(one) * one.score for one in group) / total

    xmin, ymin = of(lambda one: one.box.xmin), of(lambda one: one.box.ymin)
    box = Box(xmin, ymin, of(lambda one: _right(one.box)) - xmin, of(lambda one: _bottom(one.box)) - ymin)
    keypoints = [
        Keypoint(of(lambda one, k=k: one.keypoints[k].x), of(lambda one, k=k: one.keypoints[k].y))  # type: ignore[misc]
        for k in range(len(surest.keypoints))
    ]
    return replace(surest, box=box, keypoints=keypoints)
