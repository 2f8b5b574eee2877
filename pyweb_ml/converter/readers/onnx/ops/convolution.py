"""Convolutions over signals and pictures, and their transposes."""

from collections.abc import Sequence

import numpy as np

from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.readers.onnx.windows import Pair, Windows, read_windows


def as_picture(to: Emitter, x: Tensor) -> Tensor:
    """(batch, channels, …) as (batch, height, width, channels); a signal is one row."""
    last = to.channels_last(x)
    return last if len(x.shape) == 4 else to.reshape(last, (x.shape[0], 1, *last.shape[1:]))


def from_picture(to: Emitter, picture: Tensor, rank: int) -> Tensor:
    """The reverse of `as_picture`, for a result of `rank` axes."""
    if rank == 3:
        batch, _, width, channels = picture.shape
        picture = to.reshape(picture, (batch, width, channels))
    return to.channels_first(picture)


def _convolution(to: Emitter, node: Node) -> Tensor:
    x, weights = node.input(0), node.input(1)
    _require_weights(node, x, weights)
    groups = node.integer("group", 1)
    if groups < 1 or weights.shape[1] * groups != x.shape[1] or weights.shape[0] % groups:
        node.fail(f"weights {list(weights.shape)} in {groups} groups do not fit {x.shape[1]} channels")
    windows = read_windows(node, x.shape[2:], node.integers("kernel_shape", weights.shape[2:]))
    if windows.window != weights.shape[2:]:
        node.fail(f"'kernel_shape' is {list(windows.window)}, but its weights are {list(weights.shape)}")
    picture, padding = windows.padded(to, as_picture(to, x))
    shared: dict[str, Option] = {
        "padding": padding,
        **windows.strides_as_options(),
        **windows.dilations_as_options(),
    }
    if 1 < groups == x.shape[1]:
        shared["depth_multiplier"] = weights.shape[0] // groups
        operands = [picture, _kernel(to, weights, depthwise=True), _bias(to, node, weights.shape[0])]
        made = to.add("DEPTHWISE_CONV_2D", operands, name="convolution", **shared)
    else:
        operands = [picture, _kernel(to, weights, depthwise=False), _bias(to, node, weights.shape[0])]
        made = to.add("CONV_2D", operands, name="convolution", **shared)
    return from_picture(to, made, len(x.shape))


def _require_weights(node: Node, x: Tensor, weights: Tensor) -> None:
    node.require(len(x.shape) in (3, 4), f"a convolution over an input of {len(x.shape)} axes")
    if len(weights.shape) != len(x.shape):
        node.fail(f"weights {list(weights.shape)} do not fit an input of {len(x.shape)} axes")


def _kernel(to: Emitter, weights: Tensor, *, depthwise: bool) -> Tensor:
    """(out, in, …) as TFLite's (out, height, width, in) or, depthwise, (1, height, width, out)."""
    if len(weights.shape) == 3:
        weights = to.reshape(weights, (*weights.shape[:2], 1, weights.shape[2]))
    return to.transpose(weights, [1, 2, 3, 0] if depthwise else [0, 2, 3, 1])


def _bias(to: Emitter, node: Node, filters: int) -> Tensor:
    """TFLite's converters always give one, and some of its kernels want it."""
    given = node.given(2)
    if given is not None and given.shape != (filters,):
        node.fail(f"its bias has the shape {list(given.shape)}, not [{filters}]")
    return given or to.constant("bias", np.zeros(filters, np.float32))


def _transposed(to: Emitter, node: Node) -> Tensor:
    """The whole result without padding, of which what is padded away is cut off."""
    x = node.input(0)
    _require_weights(node, x, node.input(1))
    weights = _dense_kernel(to, node, x.shape[1])
    windows = read_windows(node, x.shape[2:], weights.shape[2:])
    rank = len(windows.sides)
    extra = node.integers("output_padding", [0] * rank)
    whole = [
        (side - 1) * stride + window
        for side, stride, window in zip(windows.sides, windows.strides, windows.window, strict=True)
    ]
    cuts, sizes = _cuts(node, windows, whole, extra)
    made = _whole_transposed(to, as_picture(to, x), _kernel(to, weights, depthwise=False), windows, whole)
    made = _cut(to, made, cuts, sizes)
    bias = node.given(2)
    return from_picture(to, made if bias is None else to.add("ADD", [made, bias]), len(x.shape))


def _dense_kernel(to: Emitter, node: Node, channels: int) -> Tensor:
    """Weights (in, out, …) as (out, in, …), for all groups at once and with dilations: both leave zeros."""
    weights, groups = node.constant(1, "weights"), node.integer("group", 1)
    if groups < 1 or weights.shape[0] != channels or channels % groups:
        node.fail(f"weights {list(weights.shape)} in {groups} groups do not fit {channels} channels")
    dilations = node.integers("dilations", [1] * (weights.ndim - 2))
    sizes = [(size - 1) * apart + 1 for size, apart in zip(weights.shape[2:], dilations, strict=True)]
    depth, filters = channels // groups, weights.shape[1]
    dense = np.zeros((filters * groups, channels, *sizes), np.float32)
    places = tuple(slice(None, None, apart) for apart in dilations)
    for group in range(groups):
        outs, ins = slice(group * filters, (group + 1) * filters), slice(group * depth, (group + 1) * depth)
        dense[(outs, ins, *places)] = weights[ins].swapaxes(0, 1)
    return to.constant("weights", dense)


def _cuts(node: Node, windows: Windows, whole: Sequence[int], extra: Sequence[int]) -> tuple[list[int], list[int]]:
    """What is cut off before, and what remains, along each axis."""
    wanted = node.integers("output_shape", [])
    auto = node.text("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER") and not wanted:
        wanted = [side * stride for side, stride in zip(windows.sides, windows.strides, strict=True)]
    if not wanted:
        pads: Sequence[Pair] = windows.padding
        sizes = [size + more - sum(pair) for size, more, pair in zip(whole, extra, pads, strict=True)]
        return [before for before, _ in pads], sizes
    sizes = wanted[-len(whole) :]
    total = [max(0, size + more - left) for size, more, left in zip(whole, extra, sizes, strict=True)]
    return [one // 2 if auto == "SAME_UPPER" else one - one // 2 for one in total], sizes


def _whole_transposed(
    to: Emitter, picture: Tensor, kernel: Tensor, windows: Windows, whole: Sequence[int]
) -> Tensor:
    height, width = (1, *whole)[-2:]
    shape = to.integers("shape", [picture.shape[0], height, width, kernel.shape[0]])
    return to.add(
        "TRANSPOSE_CONV",
        [shape, kernel, picture],
        name="transposed",
        padding="VALID",
        **windows.strides_as_options(),
    )


def _cut(to: Emitter, picture: Tensor, cuts: Sequence[int], sizes: Sequence[int]) -> Tensor:
    """(batch, height, width, channels) from `cuts` on; rows beyond the end are 0."""
    first = 3 - len(cuts)
    for axis, (begin, size) in enumerate(zip(cuts, sizes, strict=True), first):
        missing = begin + size - picture.shape[axis]
        if missing > 0:
            pairs = [(0, missing if at == axis else 0) for at in range(4)]
            picture = to.add("PAD", [picture, to.integers("padding", pairs)])
        picture = to.slice_axis(picture, axis, begin, size)
    return picture


OPERATORS: dict[str, Rule] = {"Conv": _convolution, "ConvTranspose": _transposed}
