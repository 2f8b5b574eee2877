"""Quantised models in TF.js, which has no kernels for them: the integers' reals, within the integers' range."""

import numpy as np

from pyweb_ml.converter.model import Operator, Tensor
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint
from pyweb_ml.converter.writers.tfjs_values import limits
from pyweb_ml.errors import ConversionError

_BOUNDED = ("LOGISTIC", "RELU6", "SOFTMAX", "TANH")
"""Their values cannot leave the range that TFLite's rules give their outputs."""

_MOVERS = (
    *("BATCH_TO_SPACE_ND", "DEPTH_TO_SPACE", "EXPAND_DIMS", "GATHER", "MAX_POOL_2D", "PAD", "RESHAPE"),
    *("RESIZE_NEAREST_NEIGHBOR", "SLICE", "SPACE_TO_BATCH_ND", "SPLIT", "SQUEEZE", "STRIDED_SLICE", "TILE"),
    "TRANSPOSE",
)
"""They only move values, or pick them: with the same scale nothing leaves the range."""


def note_integers(emitter: Emitter) -> None:
    """Says so, if integers stood for reals."""
    count = sum(_is_quantized(operator) for operator in emitter.graph.operators)
    if count:
        emitter.notes.append(
            f"TF.js has no integer kernels: {count} quantised operators compute with float32, at float's speed, "
            "and differ from TFLite's results by its rounding"
        )


def integer_input(emitter: Emitter, x: Endpoint, tensor: Tensor) -> Endpoint:
    """The reals of a quantised input, which is fed as int32."""
    scale, zero_point = _one(tensor)
    moved = emitter.add("Sub", emitter.cast(x, "float32"), emitter.scalar(zero_point))
    return emitter.add("Mul", moved, emitter.scalar(scale))


def integer_output(emitter: Emitter, x: Endpoint, tensor: Tensor) -> Endpoint:
    """The integers, as int32, of a quantised output's reals."""
    return emitter.cast(_integers(emitter, x, tensor), "int32")


def keep_within_integers(emitter: Emitter, operator: Operator, round_too: bool) -> None:
    """An operator whose output has a scale of its own ends at the range of its integers.

    Converters rely on that: an activation may exist only as the range.
    """
    source = operator.inputs[0] if operator.inputs else None
    for tensor in operator.outputs:
        if tensor.quantization is None or (operator.op in _MOVERS and source and _shares_scale(tensor, source)):
            continue
        x = emitter.endpoint(tensor)
        if round_too:
            emitter.set(tensor, integer_input(emitter, _integers(emitter, x, tensor), tensor))
        elif operator.op not in _BOUNDED and operator.options.get("fused_activation_function") != "RELU6":
            emitter.set(tensor, _clipped(emitter, x, tensor))


def _shares_scale(tensor: Tensor, source: Tensor) -> bool:
    """Whether both say their reals alike, so that the one's are within the other's range."""
    one, other = tensor.quantization, source.quantization
    if one is None or other is None or tensor.dtype != source.dtype:
        return False
    return np.array_equal(one.scale, other.scale) and np.array_equal(one.zero_point, other.zero_point)


def _integers(emitter: Emitter, x: Endpoint, tensor: Tensor) -> Endpoint:
    """The nearest integers, as float32."""
    scale, zero_point = _one(tensor)
    scaled = emitter.add("Mul", x, emitter.scalar(1 / scale))
    moved = emitter.add("Round", emitter.add("AddV2", scaled, emitter.scalar(zero_point)))
    return emitter.add("ClipByValue", moved, *(emitter.numbers(float(one)) for one in limits(tensor.dtype)))


def _clipped(emitter: Emitter, x: Endpoint, tensor: Tensor) -> Endpoint:
    scale, zero_point = _one(tensor)
    ends = [(limit - zero_point) * scale for limit in limits(tensor.dtype)]
    return emitter.add("ClipByValue", x, *(emitter.numbers(end) for end in ends))


def _one(tensor: Tensor) -> tuple[float, float]:
    """The scale and the zero point of values that flow.

    Raises:
        ConversionError: there are several, which TFLite has for constants only.
    """
    assert tensor.quantization
    if tensor.quantization.scale.size != 1:
        raise ConversionError(f"the tensor '{tensor.name}' has {tensor.quantization.scale.size} scales, not one")
    return float(tensor.quantization.scale[0]), float(tensor.quantization.zero_point[0])


def _is_quantized(operator: Operator) -> bool:
    return any(tensor.quantization is not None for tensor in operator.outputs)
