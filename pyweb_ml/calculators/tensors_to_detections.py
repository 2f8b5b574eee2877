"""TensorsToDetectionsCalculator: decodes an SSD detector's boxes and scores."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import Fields, OutputPort
from pyweb_ml.graph.payloads import Anchors, Box, Detection, Detections, Keypoint, Tensors

_Mapping = Annotated[tuple[int, int], Fields(("detections_tensor_index", "scores_tensor_index"))]


@standard("TensorsToDetectionsCalculator", outputs=(OutputPort("DETECTIONS", "Detections"),))
def tensors_to_detections(
    tensors: Tensors,
    anchors: Anchors,
    *,
    num_classes: int,
    num_boxes: int,
    num_coords: int,
    x_scale: float,
    y_scale: float,
    w_scale: float,
    h_scale: float,
    box_coord_offset: int = 0,
    keypoint_coord_offset: int = 0,
    num_keypoints: int = 0,
    apply_exponential_on_box_size: bool = False,
    reverse_output_order: bool = False,
    box_format: Literal["UNSPECIFIED", "YXHW", "XYWH"] = "UNSPECIFIED",
    ignore_classes: list[int] | None = None,
    allow_classes: list[int] | None = None,
    sigmoid_score: bool = False,
    score_clipping_thresh: float | None = None,
    flip_vertically: bool = False,
    min_score_thresh: float | None = None,
    max_results: int = -1,
    tensor_mapping: _Mapping = (0, 1),
) -> Detections:
    """Decodes what an SSD detector found at its anchors.

    A centre is raw / scale * anchor size + anchor centre; a size is raw / scale * anchor size, or
    exp(raw / scale) * anchor size with `apply_exponential_on_box_size`.

    Args:
        tensors: float32 boxes (1, num_boxes, num_coords) and scores (1, num_boxes, num_classes).
        anchors: float32 (num_boxes, 4), from `ssd_anchors`.
        box_coord_offset, keypoint_coord_offset: where in a box's numbers its four and its keypoints begin.
        reverse_output_order: the older name of `box_format="XYWH"`; without it, y and height come first.
        ignore_classes, allow_classes: classes that do not count, or those alone that do.
        sigmoid_score: scores are logits, clipped to -`score_clipping_thresh`..`score_clipping_thresh`.
        max_results: how many detections at most, in the order of the anchors; -1: all.
        tensor_mapping: which tensors hold the boxes and the scores.

    Returns:
        A detection for each box whose best class scores at least `min_score_thresh`; its label is the
        class's number.

    Raises:
        ValueError: an option is impossible, or the tensors or anchors do not fit the options.
    """
    _check(num_coords, box_coord_offset, keypoint_coord_offset, num_keypoints, max_results)
    if 0 in (x_scale, y_scale, w_scale, h_scale):
        raise ValueError("'x_scale', 'y_scale', 'w_scale' and 'h_scale' must not be 0")
    raw = _floats(tensors, tensor_mapping[0], num_boxes, num_coords)
    scores = _floats(tensors, tensor_mapping[1], num_boxes, num_classes)
    if len(anchors) != num_boxes:
        raise ValueError(f"'num_boxes' is {num_boxes}, but there are {len(anchors)} anchors")
    counts = _counting(num_classes, ignore_classes, allow_classes)
    probabilities = _sigmoid(scores, score_clipping_thresh) if sigmoid_score else scores
    labels, best = _best(probabilities, counts)
    x_first = reverse_output_order if box_format == "UNSPECIFIED" else box_format == "XYWH"
    scale = (x_scale, y_scale, w_scale, h_scale)
    decoder = _Decoder(anchors.astype(np.float64), scale, x_first, apply_exponential_on_box_size, flip_vertically)
    with np.errstate(over="ignore", invalid="ignore"):  # a wild box is left out below
        boxes = decoder.boxes(raw[:, box_coord_offset : box_coord_offset + 4])
        keypoints = decoder.points(raw[:, keypoint_coord_offset : keypoint_coord_offset + 2 * num_keypoints])
    sure = best >= (-np.inf if min_score_thresh is None else min_score_thresh)
    chosen = np.flatnonzero((labels >= 0) & sure & (boxes[:, 2] >= 0) & (boxes[:, 3] >= 0))
    return [
        Detection(str(labels[i]), float(best[i]), Box(*boxes[i].tolist()), _keypoints(keypoints[i]))
        for i in (chosen if max_results < 0 else chosen[:max_results])
    ]


def _keypoints(points: NDArray[np.float64]) -> list[Keypoint]:
    return [Keypoint(x, y) for x, y in points.tolist()]


def _check(coords: int, box_offset: int, keypoint_offset: int, keypoints: int, max_results: int) -> None:
    if box_offset < 0 or box_offset + 4 > coords:
        raise ValueError(f"'num_coords' is {coords}, too few for the box from {box_offset} on")
    if keypoints < 0 or keypoint_offset < 0 or (keypoints and keypoint_offset + 2 * keypoints > coords):
        raise ValueError(f"'num_coords' is {coords}, too few for {keypoints} keypoints from {keypoint_offset} on")
    if max_results == 0:
        raise ValueError("'max_results' must not be 0; -1 gives all")


def _floats(tensors: Tensors, index: int, boxes: int, values: int) -> NDArray[np.float64]:
    tensor = tensors[index] if 0 <= index < len(tensors) else np.empty(0)
    if tensor.dtype != np.float32 or tensor.size != boxes * values or tensor.shape[-2:-1] != (boxes,):
        raise ValueError(
            f"tensor {index} must be float32 (1, {boxes}, {values}), not {tensor.dtype} {tensor.shape}"
        )
    return tensor.reshape(boxes, values).astype(np.float64)


def _counting(classes: int, ignored: list[int] | None, allowed: list[int] | None) -> NDArray[np.bool_]:
    numbers = np.arange(classes)
    return np.isin(numbers, allowed) if allowed else ~np.isin(numbers, ignored or [])


def _sigmoid(scores: NDArray[np.float64], clipping: float | None) -> NDArray[np.float64]:
    limit = np.inf if clipping is None else clipping
    with np.errstate(over="ignore"):
        probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(scores, -limit, limit)))
    return probabilities


def _best(scores: NDArray[np.float64], counts: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Each box's best class that counts, and its score; -1 where there is none."""
    considered = np.where(counts & ~np.isnan(scores), scores, -np.inf)
    labels = considered.argmax(axis=1)
    best = considered[np.arange(len(labels)), labels]
    return np.where(best > -np.inf, labels, -1), best


@dataclass
class _Decoder:
    anchors: NDArray[np.float64]
    scale: tuple[float, float, float, float]
    x_first: bool
    exponential: bool
    flip: bool

    def boxes(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """(boxes, 4): xmin, ymin, width, height."""
        x, y, w, h = raw.T if self.x_first else raw[:, [1, 0, 3, 2]].T
        width, height = self._size(w, 2), self._size(h, 3)
        left, middle = self._place(x, 0) - width / 2, self._place(y, 1)
        top = 1 - (middle + height / 2) if self.flip else middle - height / 2
        return np.stack([left, top, width, height], axis=1)

    def points(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """(boxes, keypoints, 2): x, y."""
        pairs = raw.reshape(len(raw), -1, 2)
        x, y = (pairs[..., 0], pairs[..., 1]) if self.x_first else (pairs[..., 1], pairs[..., 0])
        across, down = self._place(x.T, 0).T, self._place(y.T, 1).T
        return np.stack([across, 1 - down if self.flip else down], axis=2)

    def _place(self, raw: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        return raw / self.scale[axis] * self.anchors[:, axis + 2] + self.anchors[:, axis]

    def _size(self, raw: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        size = raw / self.scale[axis]
        return (np.exp(size) if self.exponential else size) * self.anchors[:, axis]
