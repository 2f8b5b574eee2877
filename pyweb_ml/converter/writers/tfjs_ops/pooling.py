"""Pooling."""

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.converter.writers.tfjs_ops.activations import activated
from pyweb_ml.converter.writers.tfjs_ops.options import activation_of, integer, text


@rule("AVERAGE_POOL_2D", "MAX_POOL_2D")
def pool(emitter: Emitter, operator: Operator) -> Endpoint:
    node = "MaxPool" if operator.op == "MAX_POOL_2D" else "AvgPool"
    made = _pooled(emitter, node, emitter.input(operator, 0), operator)
    return activated(emitter, made, activation_of(operator))


@rule("L2_POOL_2D")
def l2_pool(emitter: Emitter, operator: Operator) -> Endpoint:
    """√(mean of squares)"""
    squares = emitter.add("Square", emitter.input(operator, 0))
    made = emitter.add("Sqrt", _pooled(emitter, "AvgPool", squares, operator))
    return activated(emitter, made, activation_of(operator))


def _pooled(emitter: Emitter, node: str, x: Endpoint, operator: Operator) -> Endpoint:
    return emitter.add(
        node,
        x,
        ksize=[1, integer(operator, "filter_height"), integer(operator, "filter_width"), 1],
        strides=[1, integer(operator, "stride_h"), integer(operator, "stride_w"), 1],
        padding=text(operator, "padding", "SAME"),
    )
