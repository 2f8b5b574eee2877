"""Convolutions, pools, products and resizing, with what TF.js fuses into them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.converter.readers.tfjs.node import Node

_ACTIVATIONS: Final = {"Relu": "RELU", "Relu6": "RELU6", "Elu": "ELU", "Sigmoid": "LOGISTIC", "Tanh": "TANH"}


def _reordered(builder: GraphBuilder, tensor: Tensor, order: Sequence[int]) -> Tensor:
    """Weights with their axes in TFLite's order."""
    if tensor.data is None:
        return builder.transpose(tensor, order)
    return builder.constant(tensor.name, np.ascontiguousarray(tensor.data.transpose(order)))


def _finished(builder: GraphBuilder, node: Node, made: Tensor, extras: Sequence[Tensor]) -> Tensor:
    """Adds what is fused into a node, in its order: a bias and an activation, which take the extra inputs."""
    rest = list(extras)
    for fused in node.texts("fused_ops"):
        if fused == "BiasAdd":
            made = builder.add("ADD", [made, rest.pop(0)])
        elif fused == "Prelu":
            made = builder.add("PRELU", [made, rest.pop(0)])
        elif fused == "LeakyRelu":
            made = builder.add("LEAKY_RELU", [made], alpha=node.real("leakyrelu_alpha", 0.2))
        elif fused in _ACTIVATIONS:
            made = builder.add(_ACTIVATIONS[fused], [made])
        elif fused != "NoOp":
            raise ValueError(f"'{fused}' is fused into it, which is not known")
    return made


def _windows(builder: GraphBuilder, node: Node, given: Tensor) -> tuple[Tensor, dict[str, Option]]:
    """The options for strides and padding; explicit padding becomes an operator before."""
    if node.text("data_format", "NHWC") != "NHWC":
        raise ValueError("its pictures are not NHWC; export the model with channels last")
    padding = node.text("padding")
    if padding == "EXPLICIT":
        pairs = np.reshape(node.integers("explicit_paddings"), (-1, 2))
        given = builder.add("PAD", [given, builder.integers(f"{node.name}/paddings", pairs)])
        padding = "VALID"
    strides = node.integers("strides")
    return given, {"padding": padding, "stride_h": strides[1], "stride_w": strides[2]}


def _dilations(node: Node) -> dict[str, Option]:
    found = node.integers("dilations") or [1, 1, 1, 1]
    return {"dilation_h_factor": found[1], "dilation_w_factor": found[2]}


def _conv(builder: GraphBuilder, node: Node) -> Tensor:
    given, options = _windows(builder, node, node.take(0))
    weights = _reordered(builder, node.take(1), (3, 0, 1, 2))  # HWIO to OHWI
    bias = builder.constant(f"{node.name}/zeros", np.zeros(weights.shape[0], np.float32))
    made = builder.add("CONV_2D", [given, weights, bias], name=node.name, **options, **_dilations(node))
    return _finished(builder, node, made, node.inputs[2:])


def _depthwise(builder: GraphBuilder, node: Node) -> Tensor:
    given, options = _windows(builder, node, node.take(0))
    height, width, channels, multiplier = node.take(1).shape
    shape, data = (1, height, width, channels * multiplier), node.take(1).data
    weights = (
        builder.reshape(node.take(1), shape) if data is None else _constant(builder, node, data.reshape(shape))
    )
    bias = builder.constant(f"{node.name}/zeros", np.zeros(channels * multiplier, np.float32))
    options |= {**_dilations(node), "depth_multiplier": multiplier}
    made = builder.add("DEPTHWISE_CONV_2D", [given, weights, bias], name=node.name, **options)
    return _finished(builder, node, made, node.inputs[2:])


def _constant(builder: GraphBuilder, node: Node, data: NDArray[Any]) -> Tensor:
    return builder.constant(f"{node.name}/weights", data)


def _transposed_conv(builder: GraphBuilder, node: Node) -> Tensor:
    given, options = _windows(builder, node, node.take(2))
    shape = builder.integers(f"{node.name}/shape", node.numbers(0))
    weights = _reordered(builder, node.take(1), (2, 0, 1, 3))  # HWOI to OHWI
    return builder.add("TRANSPOSE_CONV", [shape, weights, given], name=node.name, **options)


def _pool(op: str) -> Callable[[GraphBuilder, Node], Tensor]:
    def make(builder: GraphBuilder, node: Node) -> Tensor:
        given, options = _windows(builder, node, node.take(0))
        window = node.integers("ksize")
        return builder.add(op, [given], name=node.name, filter_height=window[1], filter_width=window[2], **options)

    return make


def _matmul(builder: GraphBuilder, node: Node) -> Tensor:
    flip_left, flip_right = node.flag("transpose_a"), node.flag("transpose_b")
    if flip_left or len(node.take(0).shape) != 2 or node.take(1).data is None:
        made = builder.add("BATCH_MATMUL", node.inputs[:2], name=node.name, adj_x=flip_left, adj_y=flip_right)
    else:
        weights = node.take(1) if flip_right else _reordered(builder, node.take(1), (1, 0))
        made = builder.add("FULLY_CONNECTED", [node.take(0), weights, None], name=node.name)
    return _finished(builder, node, made, node.inputs[2:])


def _batch_matmul(builder: GraphBuilder, node: Node) -> Tensor:
    flips = {"adj_x": node.flag("adj_x"), "adj_y": node.flag("adj_y")}
    return builder.add("BATCH_MATMUL", node.inputs[:2], name=node.name, **flips)


def _batch_norm(builder: GraphBuilder, node: Node) -> Tensor:
    """Of constants: a factor and a summand a channel."""
    arrays = [node.take(at).data for at in range(1, 5)]
    if any(array is None for array in arrays):
        raise ValueError("its scale, offset, mean and variance must be constants")
    scale, offset, mean, variance = (np.asarray(array, np.float64) for array in arrays)
    factor = scale / np.sqrt(variance + node.real("epsilon", 1e-4))
    factors = builder.constant(f"{node.name}/factor", factor.astype(np.float32))
    summands = builder.constant(f"{node.name}/summand", (offset - mean * factor).astype(np.float32))
    return builder.add("ADD", [builder.add("MUL", [node.take(0), factors]), summands], name=node.name)


def _resize(op: str) -> Callable[[GraphBuilder, Node], Tensor]:
    def make(builder: GraphBuilder, node: Node) -> Tensor:
        size = builder.integers(f"{node.name}/size", node.numbers(1))
        flags = {
            "align_corners": node.flag("align_corners"),
            "half_pixel_centers": node.flag("half_pixel_centers"),
        }
        return builder.add(op, [node.take(0), size], name=node.name, **flags)

    return make


LAYERS: Final[dict[str, Callable[[GraphBuilder, Node], Tensor]]] = {
    **dict.fromkeys(("Conv2D", "_FusedConv2D"), _conv),
    **dict.fromkeys(("DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"), _depthwise),
    **dict.fromkeys(("MatMul", "_FusedMatMul"), _matmul),
    **dict.fromkeys(("BatchMatMul", "BatchMatMulV2"), _batch_matmul),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), _batch_norm),
    "AvgPool": _pool("AVERAGE_POOL_2D"),
    "Conv2DBackpropInput": _transposed_conv,
    "MaxPool": _pool("MAX_POOL_2D"),
    "ResizeBilinear": _resize("RESIZE_BILINEAR"),
    "ResizeNearestNeighbor": _resize("RESIZE_NEAREST_NEIGHBOR"),
}
"""By TensorFlow's names."""
