"""What a graph looks like, without its weights: for pictures and tables."""

from collections import Counter
from dataclasses import dataclass, field

from pyweb_ml.converter.model import Graph, Operator, Tensor


@dataclass(frozen=True)
class Step:
    """An operator, an input or an output.

    Attributes:
        kind: the operator's name, or "input" or "output".
        name: of its first tensor.
        shape: of that tensor.
        sources: the steps whose results it takes, by index.
        constants: how many values its constants hold.
    """

    kind: str
    name: str
    shape: tuple[int, ...]
    dtype: str
    sources: tuple[int, ...] = ()
    constants: int = 0


@dataclass(frozen=True)
class Outline:
    """The steps of a graph, in order: its inputs, operators and outputs."""

    steps: tuple[Step, ...] = field(default_factory=tuple)

    def counts(self) -> dict[str, int]:
        """How many operators there are of each kind, the most frequent first."""
        kinds = Counter(step.kind for step in self.steps if step.kind not in ("input", "output"))
        return dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))


def outline_of(graph: Graph) -> Outline:
    """The outline of a graph; operators that only unpack constants are left out, being storage."""
    steps: list[Step] = []
    places: dict[Tensor, int] = {}
    for tensor in graph.inputs:
        places[tensor] = len(steps)
        steps.append(_end("input", tensor))
    for op in graph.operators:
        if unpacks_constants(op) or not op.outputs:
            continue
        places.update(dict.fromkeys(op.outputs, len(steps)))
        steps.append(_step(op, places))
    for tensor in graph.outputs:
        steps.append(_end("output", tensor, (places[tensor],) if tensor in places else ()))
    return Outline(tuple(steps))


def unpacks_constants(op: Operator) -> bool:
    """Whether an operator has no other inputs than constants."""
    return all(tensor is None or tensor.is_constant for tensor in op.inputs)


def _end(kind: str, tensor: Tensor, sources: tuple[int, ...] = ()) -> Step:
    return Step(kind, tensor.name, tensor.shape, tensor.dtype, sources)


def _step(op: Operator, places: dict[Tensor, int]) -> Step:
    given = [tensor for tensor in op.inputs if tensor is not None]
    sources = tuple(dict.fromkeys(places[tensor] for tensor in given if tensor in places))
    constants = sum(tensor.data.size for tensor in given if tensor.data is not None)
    made = op.outputs[0]
    return Step(op.op, made.name, made.shape, made.dtype, sources, constants)
