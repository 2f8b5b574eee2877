"""Activations that the operator before them can do."""

from pyweb_ml.converter.model import Model, Operator
from pyweb_ml.converter.passes.uses import merge_into_producer

_ACTIVATIONS = ("RELU", "RELU6", "RELU_N1_TO_1")
"""Operators that bear the name of a fused activation."""
_FUSING = {
    "CONV_2D",
    "DEPTHWISE_CONV_2D",
    "FULLY_CONNECTED",
    "ADD",
    "SUB",
    "MUL",
    "DIV",
    "AVERAGE_POOL_2D",
    "MAX_POOL_2D",
}
"""The operators whose fused activations both LiteRT's own kernels and XNNPACK run."""


def fuse_activation(model: Model) -> Model:
    """Makes RELU, RELU6 and RELU_N1_TO_1 the fused activation of the float32 operator before; bit for bit."""
    for graph in model.graphs:
        merge_into_producer(graph, _fuse)
    return model


def _fuse(first: Operator, op: Operator) -> bool:
    if op.op not in _ACTIVATIONS or first.op not in _FUSING or first.outputs[0].dtype != "float32":
        return False
    if first.options.get("fused_activation_function", "NONE") != "NONE":
        return False
    first.options["fused_activation_function"] = op.op
    return True
