"""Who gives and who reads a tensor."""

from collections import Counter
from collections.abc import Callable

from pyweb_ml.converter.model import Graph, Operator, Tensor

Merge = Callable[[Operator, Operator], bool]


def read_once(graph: Graph) -> set[Tensor]:
    """The tensors that one operator reads, once, and that are no outputs of the graph."""
    reads = Counter(tensor for op in graph.operators for tensor in op.inputs if tensor)
    reads.update(graph.outputs)
    reads.update(graph.outputs)  # an output is read by somebody whom we do not know
    return {tensor for tensor, count in reads.items() if count == 1}


def merge_into_producer(graph: Graph, merge: Merge) -> None:
    """Lets operators take over the one that follows, where that alone reads what they give.

    `merge(first, second)` says whether it has changed `first` so that it does the work of both; it then gives what
    the second gave, and may be merged again.
    """
    single = read_once(graph)
    producers: dict[Tensor, Operator] = {}
    kept = []
    for op in graph.operators:
        first = next((producers[t] for t in op.inputs if t in single and t in producers), None)
        if first and len(first.outputs) == len(op.outputs) == 1 and merge(first, op):
            first.outputs = op.outputs
        else:
            kept.append(op)
            first = op
        producers.update(dict.fromkeys(first.outputs, first))
    graph.operators = kept
