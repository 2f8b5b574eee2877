"""What must hold of a model before anything is done with it."""

from collections.abc import Iterator

from pyweb_ml.converter.arity import require_arity
from pyweb_ml.converter.model import Graph, Model, Operator, Signature, Tensor
from pyweb_ml.converter.tflite_schema import fields, options_of
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError


def require_sound(model: Model) -> None:
    """Proves that operators have their inputs, each given once and before, and that no graph calls itself.

    Raises:
        ConversionError: with the graph, the operator and the tensor.
    """
    if not model.graphs:
        raise ConversionError("it has no graph")
    for index, graph in enumerate(model.graphs):
        with where(f"graph {index} '{graph.name}'"):
            _require_order(graph)
    _require_calls(model)
    for signature in model.signatures:
        graph_of(signature, model)


def _require_order(graph: Graph) -> None:
    given = dict.fromkeys(graph.inputs, "an input")
    for index, op in enumerate(graph.operators):
        with where(f"operator {index} {op.op}"):
            require_arity(op)
            _require_given(op.inputs, given)
            for tensor in op.outputs:
                if tensor in given or tensor.is_constant:
                    first = given.get(tensor, "a constant")
                    raise ConversionError(f"it gives the tensor '{tensor.name}', which is {first} already")
                given[tensor] = f"given by operator {index}"
    with where("its outputs"):
        _require_given(graph.outputs, given)


def _require_given(tensors: list[Tensor] | list[Tensor | None], given: dict[Tensor, str]) -> None:
    for tensor in tensors:
        if not (tensor is None or tensor in given or tensor.is_constant or tensor.variable):
            raise ConversionError(
                f"the tensor '{tensor.name}' is neither a constant nor given before: its data is missing, "
                "or the graph is a circle or out of order"
            )


def _require_calls(model: Model) -> None:
    calls = [sorted({callee for op in graph.operators for callee in called(op)}) for graph in model.graphs]
    for index, callees in enumerate(calls):
        if callees and not 0 <= callees[0] <= callees[-1] < len(model.graphs):
            raise ConversionError(f"graph {index} calls graph {callees}, of which there are {len(model.graphs)}")
    done: set[int] = set()
    for index in range(len(calls)):
        _visit(index, calls, done, [])


def _visit(index: int, calls: list[list[int]], done: set[int], path: list[int]) -> None:
    if index in path:
        raise ConversionError(f"graph {index} calls itself, by way of {path}")
    if len(path) > 100:
        raise ConversionError(f"graphs call each other more than {len(path) - 1} deep")
    if index not in done:
        for callee in calls[index]:
            _visit(callee, calls, done, [*path, index])
        done.add(index)


def called(op: Operator) -> Iterator[int]:
    """The numbers of the graphs that an operator calls; -1 is none."""
    kind = options_of(op.op) if op.custom is None else ""
    for field in fields(kind) if kind else ():
        value = op.options.get(field.name, field.default)
        if "subgraph" in field.name:
            yield from (
                int(number) for number in (value if isinstance(value, list) else [value or 0]) if number != -1
            )


def graph_of(signature: Signature, model: Model) -> Graph:
    """The graph whose inputs and outputs a signature names.

    Raises:
        ConversionError: it names others.
    """
    for graph in model.graphs:
        if {*signature.inputs.values()} <= {*graph.inputs} and {*signature.outputs.values()} <= {*graph.outputs}:
            return graph
    raise ConversionError(f"the signature '{signature.key}' names tensors that are no graph's inputs or outputs")
