"""Normalisation over batches, instances, groups and layers."""

from collections.abc import Sequence

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule, axis_of
from pyweb_ml.converter.readers.onnx.node import Node


def _by_channel(to: Emitter, values: Tensor, rank: int) -> Tensor:
    """(channels,) so that it broadcasts over (batch, channels, …)."""
    return to.reshape(values, (values.shape[0], *[1] * (rank - 2)))


def _batch(to: Emitter, node: Node) -> Tensor:
    """As trained: x * factor + shift, where both are computed once."""
    x, scale, bias, mean, variance = (node.input(at) for at in range(5))
    node.require(not node.integer("training_mode", 0) and node.outputs == 1, "BatchNormalization in training")
    node.require(node.integer("spatial", 1) == 1, "'spatial' of 0")
    spread = to.add("SQRT", [to.add("ADD", [variance, to.number(node.real("epsilon", 1e-5))])])
    factor = to.add("DIV", [scale, spread])
    shift = to.add("SUB", [bias, to.add("MUL", [mean, factor])])
    rank = len(x.shape)
    scaled = to.add("MUL", [x, _by_channel(to, factor, rank)])
    return to.add("ADD", [scaled, _by_channel(to, shift, rank)])


def normalised(to: Emitter, x: Tensor, axes: Sequence[int], epsilon: float) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) over the axes."""
    over = to.integers("axes", list(axes))
    centred = to.add("SUB", [x, to.add("MEAN", [x, over], keep_dims=True)])
    variance = to.add("MEAN", [to.add("MUL", [centred, centred]), over], keep_dims=True)
    spread = to.add("RSQRT", [to.add("ADD", [variance, to.number(epsilon)])])
    return to.add("MUL", [centred, spread])


def _scaled(to: Emitter, x: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
    scaled = to.add("MUL", [x, scale])
    return scaled if bias is None else to.add("ADD", [scaled, bias])


def _instance(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    rank = len(x.shape)
    made = normalised(to, x, range(2, rank), node.real("epsilon", 1e-5))
    return _scaled(to, made, _by_channel(to, node.input(1), rank), _by_channel(to, node.input(2), rank))


def _group(to: Emitter, node: Node) -> Tensor:
    x, groups = node.input(0), node.integer("num_groups")
    if groups < 1 or x.shape[1] % groups:
        node.fail(f"{x.shape[1]} channels are no {groups} groups")
    rank = len(x.shape)
    apart = to.reshape(x, (x.shape[0], groups, x.shape[1] // groups, *x.shape[2:]))
    made = to.reshape(normalised(to, apart, range(2, rank + 1), node.real("epsilon", 1e-5)), x.shape)
    factors = [_of_groups(to, node.input(at), x.shape[1]) for at in (1, 2)]
    return _scaled(to, made, *(_by_channel(to, one, rank) for one in factors))


def _of_groups(to: Emitter, values: Tensor, channels: int) -> Tensor:
    """A value a channel; until opset 20 there is one a group."""
    times = channels // values.shape[0]
    if times == 1:
        return values
    repeated = to.add("TILE", [to.reshape(values, (values.shape[0], 1)), to.integers("times", [1, times])])
    return to.reshape(repeated, (channels,))


def _layer(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    node.require(node.outputs == 1, "its outputs for training")
    axes = range(axis_of(node, node.integer("axis", -1), len(x.shape)), len(x.shape))
    return _scaled(to, normalised(to, x, axes, node.real("epsilon", 1e-5)), node.input(1), node.given(2))


def _rms(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    axes = range(axis_of(node, node.integer("axis", -1), len(x.shape)), len(x.shape))
    over = to.integers("axes", list(axes))
    square = to.add("MEAN", [to.add("MUL", [x, x]), over], keep_dims=True)
    spread = to.add("RSQRT", [to.add("ADD", [square, to.number(node.real("epsilon", 1e-5))])])
    return to.add("MUL", [to.add("MUL", [x, spread]), node.input(1)])


def _lp(to: Emitter, node: Node) -> Tensor:
    """x over its length along an axis."""
    x = node.input(0)
    axis = to.integers("axes", [axis_of(node, node.integer("axis", -1), len(x.shape))])
    if node.integer("p", 2) == 1:
        return to.add("DIV", [x, to.add("SUM", [to.add("ABS", [x]), axis], keep_dims=True)])
    return to.add("DIV", [x, to.add("SQRT", [to.add("SUM", [to.add("MUL", [x, x]), axis], keep_dims=True)])])


def _local_response(to: Emitter, node: Node) -> Tensor:
    """TFLite's alpha is for one channel, ONNX's for all `size` together."""
    x, size = node.input(0), node.integer("size")
    node.require(size % 2 == 1 and len(x.shape) == 4, "LRN of an even size, or of anything but pictures,")
    made = to.add(
        "LOCAL_RESPONSE_NORMALIZATION",
        [to.channels_last(x)],
        radius=size // 2,
        bias=node.real("bias", 1),
        alpha=node.real("alpha", 1e-4) / size,
        beta=node.real("beta", 0.75),
    )
    return to.channels_first(made)


def _mean_variance(to: Emitter, node: Node) -> Tensor:
    # 1e-9 is what ONNX's own definition adds to the standard deviation.
    return normalised(to, node.input(0), node.integers("axes", [0, 2, 3]), 1e-18)


OPERATORS: dict[str, Rule] = {
    "BatchNormalization": _batch,
    "GroupNormalization": _group,
    "InstanceNormalization": _instance,
    "LRN": _local_response,
    "LayerNormalization": _layer,
    "LpNormalization": _lp,
    "MeanVarianceNormalization": _mean_variance,
    "RMSNormalization": _rms,
}
