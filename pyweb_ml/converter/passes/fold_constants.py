"""Operators that give the same on every run, computed once here, by LiteRT."""

import numpy as np

from pyweb_ml.converter.interpreter import run_model
from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.soundness import called

_CHANGING = ("RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL", "MULTINOMIAL", "VAR_HANDLE", "READ_VARIABLE", "HASHTABLE")
"""Operators whose outputs are not told by their inputs."""
_ROOM = 2**16
"""Bytes that a constant may take; above, only if it is no larger than what it is made of."""


def fold_constants(model: Model) -> Model:
    """Makes constants of what constants alone decide, and of SHAPE and RANK where the shape is known.

    What would make the model larger by more than 64 KiB stays: weights behind their DEQUANTIZE, say, or a FILL.
    """
    for graph in model.graphs:
        _fold_shapes(graph)
        foldable = _foldable(graph)
        if foldable:
            _evaluate(graph, foldable)
    return model


def _fold_shapes(graph: Graph) -> None:
    kept = []
    for op in graph.operators:
        source = op.inputs[0] if op.op in ("SHAPE", "RANK") and op.inputs else None
        if source is None or min(source.shape, default=0) < 0:
            kept.append(op)
            continue
        value = source.shape if op.op == "SHAPE" else len(source.shape)
        op.outputs[0].data = np.array(value, op.outputs[0].dtype)
        op.outputs[0].shape = op.outputs[0].data.shape
    graph.operators = kept


def _foldable(graph: Graph) -> list[Operator]:
    known = {tensor for tensor in graph.tensors if tensor.is_constant}
    found = []
    for op in graph.operators:
        inputs = {tensor for tensor in op.inputs if tensor}
        if inputs <= known and inputs and _is_pure(op) and _is_worth(op):
            found.append(op)
            known.update(op.outputs)
    return found


def _is_pure(op: Operator) -> bool:
    own = op.custom is not None or op.op in _CHANGING or next(called(op), None) is not None
    return not own and all(tensor.dtype not in ("resource", "variant") for tensor in op.outputs)


def _is_worth(op: Operator) -> bool:
    """Whether an operator's outputs, as far as their shapes are known, take little room."""
    after = sum(_bytes(tensor) for tensor in op.outputs)
    return after <= max(_ROOM, sum(_bytes(tensor) for tensor in op.inputs if tensor))


def _bytes(tensor: Tensor) -> int:
    width = {"string": 8, "int4": 1}.get(tensor.dtype) or np.dtype(tensor.dtype).itemsize
    return int(np.prod(np.maximum(tensor.shape, 1), dtype=np.int64)) * width


def _evaluate(graph: Graph, operators: list[Operator]) -> None:
    """Computes the outputs of operators that need nothing but constants, and drops the operators."""
    gone = set(operators)
    kept = [op for op in graph.operators if op not in gone]
    read = {tensor for op in kept for tensor in op.inputs} | set(graph.outputs)
    needed = [tensor for op in operators for tensor in op.outputs if tensor in read]
    if needed:
        values = run_model(Model([Graph([], needed, operators)]), xnnpack=False)
        for tensor, value in zip(needed, values, strict=True):
            tensor.data, tensor.shape = value, value.shape
    graph.operators = kept
