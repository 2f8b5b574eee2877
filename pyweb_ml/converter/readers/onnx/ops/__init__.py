"""ONNX's operators: one family a file, each with a rule that appends what TFLite has for it."""

from typing import Final

from pyweb_ml.converter.readers.onnx.emitter import Rule
from pyweb_ml.converter.readers.onnx.ops import (
    activations,
    constants,
    convolution,
    einsum,
    elementwise,
    indexing,
    matrix,
    normalization,
    pooling,
    quantization,
    recurrent,
    reduction,
    resizing,
    shaping,
)

OPERATORS: Final[dict[str, Rule]] = {
    **activations.OPERATORS,
    **constants.OPERATORS,
    **convolution.OPERATORS,
    **einsum.OPERATORS,
    **elementwise.OPERATORS,
    **indexing.OPERATORS,
    **matrix.OPERATORS,
    **normalization.OPERATORS,
    **pooling.OPERATORS,
    **quantization.OPERATORS,
    **recurrent.OPERATORS,
    **reduction.OPERATORS,
    **resizing.OPERATORS,
    **shaping.OPERATORS,
}
"""By ONNX's names, of its own domain."""
