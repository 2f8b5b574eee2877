"""What nobody needs."""

from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.soundness import called, graph_of

_EFFECTS = ("ASSIGN_VARIABLE", "HASHTABLE_IMPORT", "CALL_ONCE", "CALL", "IF", "WHILE")
"""Operators that may do more than give their outputs."""


def remove_dead(model: Model) -> Model:
    """Drops operators whose outputs nobody reads, and graphs that nobody calls. Inputs of a graph stay."""
    for graph in model.graphs:
        _remove_operators(graph)
    _remove_graphs(model)
    return model


def _remove_operators(graph: Graph) -> None:
    needed: set[Tensor] = set(graph.outputs)
    kept = []
    for op in reversed(graph.operators):
        if needed.intersection(op.outputs) or _has_effects(op):
            kept.append(op)
            needed.update(tensor for tensor in op.inputs if tensor)
    graph.operators = kept[::-1]


def _has_effects(op: Operator) -> bool:
    return op.op in _EFFECTS or any(tensor is not None and tensor.variable for tensor in op.inputs)


def _remove_graphs(model: Model) -> None:
    needed = {0, *(model.graphs.index(graph_of(signature, model)) for signature in model.signatures)}
    waiting = list(needed)
    while waiting:
        found = {callee for op in model.graphs[waiting.pop()].operators for callee in called(op)} - needed
        needed |= found
        waiting += found
    if len(needed) < len(model.graphs):
        numbers = {old: new for new, old in enumerate(sorted(needed))}
        model.graphs = [model.graphs[index] for index in sorted(needed)]
        for graph in model.graphs:
            for op in graph.operators:
                _renumber(op, numbers)


def _renumber(op: Operator, numbers: dict[int, int]) -> None:
    """Changes the numbers of the graphs that an operator calls."""
    callees = set(called(op))
    for name, value in op.options.items():
        if "subgraph" in name and isinstance(value, int) and value in callees:
            op.options[name] = numbers[value]
        elif "subgraph" in name and isinstance(value, list):
            op.options[name] = [numbers[int(index)] for index in value]
