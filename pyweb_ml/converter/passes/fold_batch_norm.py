"""A multiplication or addition of constants after a convolution moves into its weights and bias."""

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Model, Operator, Tensor
from pyweb_ml.converter.passes.uses import merge_into_producer

_PLACES = {
    "CONV_2D": (1, 2, 0),
    "DEPTHWISE_CONV_2D": (1, 2, 3),
    "FULLY_CONNECTED": (1, 2, 0),
    "TRANSPOSE_CONV": (1, 3, 0),
}
"""Which input is the weights, which the bias, and which dimension of the weights is the output's channels."""
_BIASED_TRANSPOSE_CONV = 3
"""The version of TRANSPOSE_CONV that has a bias (LiteRT's op_version.cc)."""


def fold_batch_norm(model: Model) -> Model:
    """Folds MUL, DIV, ADD and SUB of a constant, one a channel or one in all, into the float32 layer before it.

    So BatchNorm vanishes as converters leave it behind. The results differ by rounding only.
    """
    for graph in model.graphs:
        merge_into_producer(graph, _fold)
    return model


def _fold(layer: Operator, op: Operator) -> bool:
    if layer.op not in _PLACES or not _is_plain(layer) or op.op not in ("MUL", "DIV", "ADD", "SUB"):
        return False
    channels = _channels(layer, op)
    if channels is None:
        return False
    factor, summand = _as_affine(op, channels)
    _scale(layer, factor, summand)
    layer.options["fused_activation_function"] = op.options.get("fused_activation_function", "NONE")
    return True


def _is_plain(layer: Operator) -> bool:
    """Whether a layer has float32 constants, the usual order of weights, and no activation yet."""
    weights, bias, _ = _PLACES[layer.op]
    constants = [layer.inputs[weights], *layer.inputs[bias : bias + 1]]
    fits = all(tensor is None or (tensor.is_constant and tensor.dtype == "float32") for tensor in constants)
    usual = layer.options.get("weights_format", "DEFAULT") == "DEFAULT"
    return fits and usual and layer.options.get("fused_activation_function", "NONE") == "NONE"


def _channels(layer: Operator, op: Operator) -> NDArray[np.float64] | None:
    """The constant of an operator as one value a channel; None if it is not of that shape."""
    result, other = layer.outputs[0], op.inputs[0 if op.inputs[1] is layer.outputs[0] else 1]
    swapped = op.inputs[1] is result and op.op in ("DIV", "SUB")  # a constant less, or divided by, the layer
    if swapped or other is None or other.data is None or other.dtype != "float32":
        return None
    if op.outputs[0].shape != result.shape or not result.shape:
        return None
    if op.op == "DIV" and not other.data.all():
        return None
    count = result.shape[-1]
    if other.data.size != 1 and (other.data.size != count or other.shape[-1] != count):
        return None
    return np.broadcast_to(other.data.reshape(-1).astype(np.float64), (count,))


def _as_affine(op: Operator, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What an operator multiplies by, and what it then adds."""
    if op.op in ("ADD", "SUB"):
        return np.ones_like(values), values if op.op == "ADD" else -values
    return values if op.op == "MUL" else 1 / values, np.zeros_like(values)


def _scale(layer: Operator, factor: NDArray[np.float64], summand: NDArray[np.float64]) -> None:
    weights_at, bias_at, axis = _PLACES[layer.op]
    weights, bias = layer.inputs[weights_at], layer.inputs[bias_at] if len(layer.inputs) > bias_at else None
    assert weights is not None
    assert weights.data is not None
    if (factor != 1).any():
        shape = [1] * weights.data.ndim
        shape[axis] = -1
        data = (weights.data * factor.reshape(shape)).astype(np.float32)
        layer.inputs[weights_at] = Tensor(weights.name, weights.shape, data=data)
    old = bias.data if bias is not None and bias.data is not None else np.zeros(1, np.float32)
    values = (old.reshape(-1) * factor + summand).astype(np.float32)
    layer.inputs += [None] * (bias_at + 1 - len(layer.inputs))
    layer.inputs[bias_at] = Tensor(bias.name if bias else f"{weights.name}_bias", values.shape, data=values)
    if layer.op == "TRANSPOSE_CONV":
        layer.version = max(layer.version, _BIASED_TRANSPOSE_CONV)
