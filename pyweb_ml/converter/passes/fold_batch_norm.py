"""A multiplication or addition of constants after a convolution moves into its weights and bias."""

from typing import TypeGuard

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
    """Whether a layer has float32 constants, one for each of its channels, and no activation yet."""
    weights_at, bias_at, axis = _PLACES[layer.op]
    weights, bias = _input(layer, weights_at), _input(layer, bias_at)
    channels = layer.outputs[0].shape[-1:]
    fits = _is_float(weights) and weights.shape[axis : axis + 1] == channels != ()
    biased = _is_float(bias) and bias.shape == channels
    usual = layer.options.get("weights_format", "DEFAULT") == "DEFAULT"
    plain = layer.options.get("fused_activation_function", "NONE") == "NONE"
    return fits and (bias is None or biased) and usual and plain


def _is_float(tensor: Tensor | None) -> TypeGuard[Tensor]:
    return tensor is not None and tensor.is_constant and tensor.dtype == "float32"


def _input(op: Operator, index: int) -> Tensor | None:
    return op.inputs[index] if index < len(op.inputs) else None


def _channels(layer: Operator, op: Operator) -> NDArray[np.float64] | None:
    """The constant of an operator as one value a channel; None if it is not of that shape."""
    result = layer.outputs[0]
    if len(op.inputs) != 2 or op.outputs[0].shape != result.shape:
        return None
    swapped = op.inputs[1] is result
    other, count = op.inputs[0 if swapped else 1], result.shape[-1]
    if not _is_float(other) or (swapped and op.op in ("DIV", "SUB")):  # these do not commute
        return None
    values = np.asarray(other.data, np.float64).reshape(-1)
    if values.size not in (1, count) or (values.size > 1 and other.shape[-1] != count):
        return None
    return None if op.op == "DIV" and not values.all() else np.broadcast_to(values, (count,))


def _as_affine(op: Operator, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What an operator multiplies by, and what it then adds."""
    if op.op in ("ADD", "SUB"):
        return np.ones_like(values), values if op.op == "ADD" else -values
    return values if op.op == "MUL" else 1 / values, np.zeros_like(values)


def _scale(layer: Operator, factor: NDArray[np.float64], summand: NDArray[np.float64]) -> None:
    weights_at, bias_at, axis = _PLACES[layer.op]
    weights, bias = _input(layer, weights_at), _input(layer, bias_at)
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
