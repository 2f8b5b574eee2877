"""The largest value or the mean within windows, or of the whole picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.readers.onnx.ops.convolution import as_picture, from_picture
from pyweb_ml.converter.readers.onnx.windows import Windows, read_windows


def _windows(node: Node) -> Windows:
    x = node.input(0)
    node.require(node.outputs == 1, "its second output, the places of the largest values,")
    windows = read_windows(node, x.shape[2:], node.integers("kernel_shape"))
    node.require(set(windows.dilations) == {1}, "a pool with dilations")
    return windows


def _pool(to: Emitter, op: str, picture: Tensor, padding: str, windows: Windows) -> Tensor:
    height, width = (1, *windows.window)[-2:]
    options: dict[str, Option] = {"padding": padding, "filter_height": height, "filter_width": width}
    return to.add(op, [picture], name="pool", **options, **windows.strides_as_options())


def _max(to: Emitter, node: Node) -> Tensor:
    windows = _windows(node)
    picture, padding = windows.padded(to, as_picture(to, node.input(0)), float(np.finfo(np.float32).min))
    made = _pool(to, "MAX_POOL_2D", picture, padding, windows)
    return from_picture(to, made, len(node.input(0).shape))


def _average(to: Emitter, node: Node) -> Tensor:
    """TFLite divides by the pixels that are there, ONNX perhaps by the padding too: a constant ratio."""
    windows = _windows(node)
    picture, padding = windows.padded(to, as_picture(to, node.input(0)))
    made = _pool(to, "AVERAGE_POOL_2D", picture, padding, windows)
    ratio = _ratio(windows, padding, counts_padding=bool(node.integer("count_include_pad", 0)))
    if not np.allclose(ratio, 1, rtol=1e-6):
        made = to.add("MUL", [made, to.constant("ratio", ratio)])
    return from_picture(to, made, len(node.input(0).shape))


def _ratio(windows: Windows, padding: str, *, counts_padding: bool) -> NDArray[np.float32]:
    """What TFLite's mean is to be multiplied with, (1, height, width, 1)."""
    ratios = []
    for at, places in enumerate(windows.places):
        side, (before, after) = windows.sides[at], windows.padding[at]
        starts = np.arange(places) * windows.strides[at] - before
        inside = _overlap(starts, windows.window[at], 0, side)
        wanted = _overlap(starts, windows.window[at], -before, side + after) if counts_padding else inside
        divided_by = inside if padding == "SAME" else np.full(places, windows.window[at])
        ratios.append(divided_by / np.maximum(wanted, 1))
    rows, columns = [np.ones(1), *ratios][-2:]
    return np.asarray(rows[None, :, None, None] * columns[None, None, :, None], np.float32)


def _overlap(starts: NDArray[np.int64], window: int, low: int, high: int) -> NDArray[np.int64]:
    """How much of each window lies from `low` to `high`."""
    return np.minimum(starts + window, high) - np.maximum(starts, low)


def _whole(op: str) -> Rule:
    def rule(to: Emitter, node: Node) -> Tensor:
        x = node.input(0)
        axes: Sequence[int] = range(2, len(x.shape))
        return to.add(op, [x, to.integers("axes", list(axes))], keep_dims=True)

    return rule


OPERATORS: dict[str, Rule] = {
    "AveragePool": _average,
    "GlobalAveragePool": _whole("MEAN"),
    "GlobalMaxPool": _whole("REDUCE_MAX"),
    "MaxPool": _max,
}
