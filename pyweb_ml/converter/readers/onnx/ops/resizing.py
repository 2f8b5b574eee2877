"""Pictures made larger or smaller.

ONNX's many ways of placing pixels are computed as tables, pixel by pixel; where TFLite's own operator has the same
table it is used, and else the table itself: as indices, or as a matrix for each axis.
"""

from collections.abc import Callable, Sequence
from math import floor

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.readers.onnx.ops.matrix import product

_Places = NDArray[np.float64]


def _resize(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    rank = len(x.shape)
    scales, sizes = _scales_and_sizes(node, x.shape)
    node.require(sizes[:2] == list(x.shape[:2]) or rank < 3, "to resize the batch or the channels")
    node.require(rank in (3, 4), f"to resize an input of {rank} axes")
    node.require(not node.has("axes") and not node.integer("antialias", 0), "'axes' or 'antialias'")
    node.require(node.text("keep_aspect_ratio_policy", "stretch") == "stretch", "'keep_aspect_ratio_policy'")
    if sizes == list(x.shape):
        return x
    places = [_places(node, x.shape[at], sizes[at], scales[at]) for at in range(2, rank)]
    mode = node.text("mode", "nearest")
    node.require(mode in ("nearest", "linear", "cubic"), f"the mode '{mode}'")
    if mode == "nearest":
        return _nearest(to, node, x, places)
    return _interpolated(to, node, x, places)


def _scales_and_sizes(node: Node, shape: Sequence[int]) -> tuple[list[float], list[int]]:
    """By what each axis is multiplied, and how long it becomes."""
    if node.kind == "Upsample" and node.has("scales"):  # opset 7
        scales = node.reals("scales")
    elif node.kind == "Upsample" or node.opset < 11:
        scales = [float(one) for one in node.constant(1, "scales").reshape(-1)]
    elif node.given(3) is not None:
        sizes = node.whole(3, "sizes")
        _require_axes(node, len(sizes), shape)
        return [size / old for size, old in zip(sizes, shape, strict=True)], sizes
    else:
        scales = [float(one) for one in node.constant(2, "scales").reshape(-1)]
    _require_axes(node, len(scales), shape)
    if not all(0 < scale < 2**20 for scale in scales):
        node.fail(f"its scales are {scales}")
    return scales, [floor(old * scale) for old, scale in zip(shape, scales, strict=True)]


def _require_axes(node: Node, count: int, shape: Sequence[int]) -> None:
    if count != len(shape):
        node.fail(f"it has {count} scales or sizes for the {len(shape)} axes of its input")


def _places(node: Node, old: int, new: int, scale: float) -> _Places:
    """Where each new pixel lies in the old picture."""
    default = "half_pixel" if node.opset >= 11 and node.kind == "Resize" else "asymmetric"
    way, at = node.text("coordinate_transformation_mode", default), np.arange(new, dtype=np.float64)
    if new < 1 or old < 1:
        node.fail("nothing would be left")
    if way == "align_corners":
        return at * ((old - 1) / (new - 1)) if new > 1 else at
    if way == "asymmetric":
        return at / scale
    if way == "pytorch_half_pixel" and new == 1:
        return at
    if way == "tf_half_pixel_for_nn":
        return (at + 0.5) / scale
    node.require(way in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric"), f"the coordinates '{way}'")
    shift = (old / 2) * (1 - new / (old * scale)) if way == "half_pixel_symmetric" else 0
    return shift + (at + 0.5) / scale - 0.5


_Way = dict[str, Option]
_TFLITE: tuple[_Way, ...] = ({}, {"half_pixel_centers": True}, {"align_corners": True})
"""The ways in which TFLite places pixels."""


def _tflite_places(old: int, new: int, way: _Way, half: float) -> _Places:
    at = np.arange(new, dtype=np.float64)
    if "align_corners" in way:
        return at * ((old - 1) / (new - 1)) if new > 1 else at
    return (at + 0.5) * (old / new) - half if way else at * (old / new)


def _nearest(to: Emitter, node: Node, x: Tensor, places: Sequence[_Places]) -> Tensor:
    rounding = node.text("nearest_mode", "round_prefer_floor" if node.opset >= 11 else "floor")
    node.require(rounding in _ROUNDINGS, f"the nearest_mode '{rounding}'")
    sides = x.shape[2:]
    tables = [_rounded(rounding, one, side) for one, side in zip(places, sides, strict=True)]
    for way in _TFLITE:
        how = "round_prefer_ceil" if "align_corners" in way else "floor"
        own = [
            _rounded(how, _tflite_places(side, len(table), way, 0), side)
            for side, table in zip(sides, tables, strict=True)
        ]
        if len(sides) == 2 and all(map(np.array_equal, own, tables)):
            return _built_in(to, "RESIZE_NEAREST_NEIGHBOR", x, [len(table) for table in tables], way)
    for axis, table in enumerate(tables, 2):
        x = to.add("GATHER", [x, to.integers("places", table)], axis=axis)
    return x


_ROUNDINGS: dict[str, Callable[[_Places], _Places]] = {
    "ceil": np.ceil,
    "floor": np.floor,
    "round_prefer_ceil": lambda one: np.floor(one + 0.5),
    "round_prefer_floor": lambda one: np.ceil(one - 0.5),
}


def _rounded(how: str, places: _Places, side: int) -> NDArray[np.int32]:
    # The float32 in which the runtimes compute puts 0.9999999 onto 1.
    near = np.rint(places)
    steady = np.where(np.abs(places - near) < 1e-5, near, places)
    return np.asarray(np.clip(_ROUNDINGS[how](steady), 0, side - 1), np.int32)


def _interpolated(to: Emitter, node: Node, x: Tensor, places: Sequence[_Places]) -> Tensor:
    sides, linear = x.shape[2:], node.text("mode") == "linear"
    if len(sides) == 2 and linear:
        for way in _TFLITE:
            own = [_tflite_places(side, len(one), way, 0.5) for side, one in zip(sides, places, strict=True)]
            if all(
                np.allclose(_linear(one, side), _linear(two, side), atol=1e-6)
                for one, two, side in zip(own, places, sides, strict=True)
            ):
                return _built_in(to, "RESIZE_BILINEAR", x, [len(one) for one in places], way)
    weights = _linear if linear else lambda one, side: _cubic(one, side, node)
    rank = len(x.shape)
    for axis, (one, side) in enumerate(zip(places, sides, strict=True), 2):
        table = to.constant("table", np.asarray(weights(one, side).T, np.float32))
        order = [at for at in range(rank) if at != axis] + [axis]
        made = product(to, to.transpose(x, order), table)
        x = to.transpose(made, [order.index(at) for at in range(rank)])
    return x


def _linear(places: _Places, side: int) -> NDArray[np.float64]:
    """(new, old): how much of each old pixel is in each new one."""
    inside = np.clip(places, 0, side - 1)
    low = np.floor(inside).astype(int)
    part = inside - low
    table = np.zeros((len(places), side))
    rows = np.arange(len(places))
    table[rows, low] += 1 - part
    table[rows, np.minimum(low + 1, side - 1)] += part
    return table


def _cubic(places: _Places, side: int, node: Node) -> NDArray[np.float64]:
    """Keys' kernel over four pixels; beyond the picture its edge counts, or with `exclude_outside` nothing."""
    a = node.real("cubic_coeff_a", -0.75)
    table, rows = np.zeros((len(places), side)), np.arange(len(places))
    for offset in range(-1, 3):
        at = np.floor(places).astype(int) + offset
        far = np.abs(places - at)
        near = ((a + 2) * far - (a + 3)) * far**2 + 1
        weight = np.where(far <= 1, near, ((a * far - 5 * a) * far + 8 * a) * far - 4 * a)
        if node.integer("exclude_outside", 0):
            weight = np.where((at < 0) | (at >= side), 0, weight)
        np.add.at(table, (rows, np.clip(at, 0, side - 1)), weight)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def _built_in(to: Emitter, op: str, x: Tensor, size: Sequence[int], way: _Way) -> Tensor:
    return to.channels_first(
        to.add(op, [to.channels_last(x), to.integers("size", list(size))], name="resized", **way)
    )


OPERATORS: dict[str, Rule] = {"Resize": _resize, "Upsample": _resize}
