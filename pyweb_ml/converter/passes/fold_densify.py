"""DENSIFY of a constant is the constant: the reader has made it dense."""

from pyweb_ml.converter.model import Graph, Model
from pyweb_ml.converter.passes.replace import replace_tensors


def fold_densify(model: Model) -> Model:
    """Drops every DENSIFY whose input is a constant, and lets its readers read the constant."""
    for graph in model.graphs:
        _fold(graph, model)
    return model


def _fold(graph: Graph, model: Model) -> None:
    folded = {}
    for op in graph.operators:
        source = op.inputs[0] if op.op == "DENSIFY" and op.custom is None and op.inputs and op.outputs else None
        if source is not None and source.is_constant:
            folded[op.outputs[0]] = source
    if folded:
        graph.operators = [op for op in graph.operators if not folded.keys() & set(op.outputs)]
        replace_tensors(model, folded)
