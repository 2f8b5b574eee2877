"""SsdAnchorsCalculator: the boxes that an SSD detector's outputs are relative to."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Anchors


@standard("SsdAnchorsCalculator", outputs=(OutputPort("", "Anchors"),))
def ssd_anchors(
    *,
    input_size_width: int,
    input_size_height: int,
    min_scale: float,
    max_scale: float,
    num_layers: int,
    strides: list[int],
    aspect_ratios: list[float],
    anchor_offset_x: float = 0.5,
    anchor_offset_y: float = 0.5,
    reduce_boxes_in_lowest_layer: bool = False,
    interpolated_scale_aspect_ratio: float = 1.0,
    fixed_anchor_size: bool = False,
) -> Anchors:
    """Lays the anchors of an SSD (Liu et al. 2016, section 2.2) over its feature maps.

    Args:
        input_size_width, input_size_height: of the model's input, in pixels.
        min_scale, max_scale: of the first and the last layer's boxes, relative to the input.
        num_layers: feature maps; those of one stride in succession share their cells.
        strides: pixels from cell to cell, one a layer.
        aspect_ratios: width / height of each cell's boxes.
        anchor_offset_x, anchor_offset_y: where in its cell an anchor lies, 0..1.
        reduce_boxes_in_lowest_layer: the first layer has three boxes a cell: one small, one wide, one tall.
        interpolated_scale_aspect_ratio: width / height of one more box a cell, between this layer's scale and
            the next one's; 0: none.
        fixed_anchor_size: all boxes are as large as the input.

    Returns:
        float32 (boxes, 4): centre x, centre y, width, height, relative to the input.

    Raises:
        ValueError: there are not as many strides as layers, or a stride or a size is not positive.
    """
    _check(strides, num_layers, input_size_width, input_size_height)
    interpolated = [interpolated_scale_aspect_ratio] if interpolated_scale_aspect_ratio > 0 else []
    scales = _Scales(min_scale, max_scale, num_layers)
    anchors: list[tuple[float, ...]] = []
    for stride, layers in _merged(strides):
        per_layer = [
            scales.sizes(one, aspect_ratios, interpolated, reduce_boxes_in_lowest_layer) for one in layers
        ]
        sizes = [(1.0, 1.0) if fixed_anchor_size else size for one in per_layer for size in one]
        columns, rows = math.ceil(input_size_width / stride), math.ceil(input_size_height / stride)
        anchors += _cells(columns, rows, (anchor_offset_x, anchor_offset_y), sizes)
    return np.array(anchors, np.float32).reshape(-1, 4)


def _check(strides: list[int], layers: int, width: int, height: int) -> None:
    if len(strides) != layers or min(strides, default=0) <= 0:
        raise ValueError(f"'strides' must be {layers} positive numbers, as 'num_layers' says, not {strides}")
    if width < 1 or height < 1:
        raise ValueError(f"the input's size {width}x{height} must be positive")


def _cells(
    columns: int, rows: int, offset: tuple[float, float], sizes: list[tuple[float, float]]
) -> Iterator[tuple[float, ...]]:
    """The boxes of one feature map: row by row, and cell by cell."""
    for y in range(rows):
        for x in range(columns):
            for size in sizes:
                yield ((x + offset[0]) / columns, (y + offset[1]) / rows, *size)


def _merged(strides: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Each run of layers of one stride."""
    layer = 0
    while layer < len(strides):
        end = layer
        while end < len(strides) and strides[end] == strides[layer]:
            end += 1
        yield strides[layer], list(range(layer, end))
        layer = end


@dataclass
class _Scales:
    """The scale of each layer's boxes, evenly spaced from the least to the greatest."""

    least: float
    greatest: float
    layers: int

    def of(self, layer: int) -> float:
        if self.layers == 1:
            return (self.least + self.greatest) / 2
        return self.least + (self.greatest - self.least) * layer / (self.layers - 1)

    def sizes(
        self, layer: int, ratios: list[float], interpolated: list[float], reduce: bool
    ) -> list[tuple[float, float]]:
        """Widths and heights of one cell's boxes."""
        scale = self.of(layer)
        if layer == 0 and reduce:
            return [_sized(0.1, 1.0), _sized(scale, 2.0), _sized(scale, 0.5)]
        following = 1.0 if layer == self.layers - 1 else self.of(layer + 1)
        between = math.sqrt(scale * following)
        return [_sized(scale, ratio) for ratio in ratios] + [_sized(between, ratio) for ratio in interpolated]


def _sized(scale: float, ratio: float) -> tuple[float, float]:
    return scale * math.sqrt(ratio), scale / math.sqrt(ratio)
