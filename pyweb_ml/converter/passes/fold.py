"""Operators of one constant that are computed now."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from pyweb_ml.converter.model import Model, Operator, Tensor


def fold(model: Model, op: str, compute: Callable[[Tensor], NDArray[Any] | None]) -> Model:
    """Drops each operator `op` of one constant for which `compute` gives the values of its output."""
    for graph in model.graphs:
        waiting, graph.operators = graph.operators[::-1], []
        while waiting:  # one by one, so that what is folded is freed before the next takes memory
            each = waiting.pop()
            if not _becomes_constant(each, op, compute):
                graph.operators.append(each)
    return model


def _becomes_constant(op: Operator, name: str, compute: Callable[[Tensor], NDArray[Any] | None]) -> bool:
    source = (
        op.inputs[0] if op.op == name and op.custom is None and len(op.inputs) == len(op.outputs) == 1 else None
    )
    if source is None or not source.is_constant or source.shape != op.outputs[0].shape:
        return False
    op.outputs[0].data = compute(source)
    return op.outputs[0].is_constant
