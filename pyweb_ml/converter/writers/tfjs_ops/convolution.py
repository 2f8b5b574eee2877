"""Convolutions, with bias and activation in one node where all backends of TF.js have that."""

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Change, Emitter, Endpoint, rule, several
from pyweb_ml.converter.writers.tfjs_ops.activations import activated
from pyweb_ml.converter.writers.tfjs_ops.fusion import fused
from pyweb_ml.converter.writers.tfjs_ops.options import activation_of, integer, text
from pyweb_ml.errors import ConversionError


def _hwio(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """OHWI, as TFLite has a filter, to HWIO."""
    return weights.transpose(1, 2, 3, 0)


@rule("CONV_2D")
def conv_2d(emitter: Emitter, operator: Operator) -> Endpoint:
    groups = emitter.tensor(operator, 0).shape[3] // max(1, emitter.tensor(operator, 1).shape[3])
    if groups > 1:
        return _grouped(emitter, operator, groups)
    weights = _filter(emitter, operator)
    return _convolved(emitter, operator, "_FusedConv2D", weights)


@rule("DEPTHWISE_CONV_2D")
def depthwise_conv_2d(emitter: Emitter, operator: Operator) -> Endpoint:
    """1HWC with C = channels * multiplier, the multiplier running fastest, to HWCM."""
    channels, weights = emitter.tensor(operator, 0).shape[3], emitter.tensor(operator, 1)
    _, height, width, made = weights.shape
    shape = (height, width, channels, made // channels)
    if weights.is_constant:
        endpoint = emitter.constant(weights, f"HWCM {shape}", lambda values: values.reshape(shape))
    else:
        endpoint = emitter.reshape(emitter.endpoint(weights), shape)
    return _convolved(emitter, operator, "FusedDepthwiseConv2dNative", endpoint)


def _filter(emitter: Emitter, operator: Operator) -> Endpoint:
    weights = emitter.tensor(operator, 1)
    if weights.is_constant:
        return emitter.constant(weights, "HWIO", _hwio)
    return emitter.add("Transpose", emitter.endpoint(weights), emitter.numbers([1, 2, 3, 0]))


def _convolved(emitter: Emitter, operator: Operator, node: str, weights: Endpoint) -> Endpoint:
    strides, dilations = _pair(operator, "stride_{}"), _pair(operator, "dilation_{}_factor")
    x, padding = emitter.input(operator, 0), text(operator, "padding", "SAME")
    if max(strides) > 1 and max(dilations) > 1:
        return _strided_after(emitter, operator, node, weights)
    attributes = {"strides": [1, *strides, 1], "dilations": [1, *dilations, 1]}
    return fused(emitter, operator, node, x, weights, padding=padding, **attributes)


def _strided_after(emitter: Emitter, operator: Operator, node: str, weights: Endpoint) -> Endpoint:
    """TF.js convolves with a stride or a dilation, not both: every position, of which then each n-th is kept."""
    strides, dilations = _pair(operator, "stride_{}"), _pair(operator, "dilation_{}_factor")
    x = emitter.input(operator, 0)
    if text(operator, "padding", "SAME") == "SAME":
        x = emitter.add("Pad", x, emitter.numbers(_same_padding(emitter, operator, strides, dilations)))
    attributes = {"strides": [1, 1, 1, 1], "dilations": [1, *dilations, 1]}
    made = fused(emitter, operator, node, x, weights, padding="VALID", **attributes)
    ends, steps = emitter.numbers([0, 0, 0, 0]), emitter.numbers([1, *strides, 1])
    return emitter.add(
        "StridedSlice", made, emitter.numbers([0, 0, 0, 0]), ends, steps, begin_mask=15, end_mask=15
    )


def _same_padding(
    emitter: Emitter, operator: Operator, strides: list[int], dilations: list[int]
) -> NDArray[np.int32]:
    """What TensorFlow's "SAME" adds on each side of (batch, height, width, channels); the odd one at the end."""
    paddings = np.zeros((4, 2), np.int32)
    sizes, kernel = emitter.tensor(operator, 0).shape[1:3], emitter.tensor(operator, 1).shape[1:3]
    for axis, (size, taps, stride, dilation) in enumerate(zip(sizes, kernel, strides, dilations, strict=True), 1):
        needed = max(0, (-(-size // stride) - 1) * stride + (taps - 1) * dilation + 1 - size)
        paddings[axis] = needed // 2, needed - needed // 2
    return paddings


def _grouped(emitter: Emitter, operator: Operator, groups: int) -> Endpoint:
    """TF.js has no groups: each runs on its own channels, and the results are put side by side."""
    strides, dilations = _pair(operator, "stride_{}"), _pair(operator, "dilation_{}_factor")
    weights, x = emitter.tensor(operator, 1), emitter.input(operator, 0)
    if not weights.is_constant or max(dilations) > 1 < max(strides):
        raise ConversionError("TF.js cannot run its groups; let the filter be constant and have no dilation")
    parts = emitter.add("Split", emitter.numbers(3), x, num_split=groups)
    made = weights.shape[0] // groups
    attributes = {"strides": [1, *strides, 1], "dilations": [1, *dilations, 1]}
    done = []
    for group, endpoint in enumerate(several(parts, groups)):
        rows = slice(group * made, (group + 1) * made)
        part = emitter.constant(weights, f"group {group}", _part(rows))
        made_part = emitter.add("Conv2D", endpoint, part, padding=text(operator, "padding", "SAME"), **attributes)
        done.append(made_part)
    joined = emitter.add("ConcatV2", *done, emitter.numbers(3), N=groups)
    return activated(emitter, biased(emitter, operator, joined, 2), activation_of(operator))


def _part(rows: slice) -> Change:
    return lambda values: _hwio(values[rows])


def biased(emitter: Emitter, operator: Operator, x: Endpoint, index: int) -> Endpoint:
    """Adds the input `index`, if there is one, to the last dimension."""
    if index >= len(operator.inputs) or operator.inputs[index] is None:
        return x
    return emitter.add("BiasAdd", x, emitter.input(operator, index))


@rule("TRANSPOSE_CONV")
def transpose_conv(emitter: Emitter, operator: Operator) -> Endpoint:
    """The filter, OHWI for TFLite's output and input channels, becomes HWOI."""
    weights, shape = emitter.tensor(operator, 1), emitter.values(operator, 0)
    if weights.is_constant:
        filter_ = emitter.constant(weights, "HWOI", lambda values: values.transpose(1, 2, 0, 3))
    else:
        filter_ = emitter.add("Transpose", emitter.endpoint(weights), emitter.numbers([1, 2, 0, 3]))
    strides, padding = _pair(operator, "stride_{}"), text(operator, "padding", "SAME")
    made = emitter.add(
        "Conv2DBackpropInput",
        emitter.numbers(shape),
        filter_,
        emitter.input(operator, 2),
        strides=[1, *strides, 1],
        padding=padding,
    )
    return activated(emitter, biased(emitter, operator, made, 3), activation_of(operator))


def _pair(operator: Operator, name: str) -> list[int]:
    return [integer(operator, name.format(side), 1) for side in ("h", "w")]
