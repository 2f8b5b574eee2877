"""What follows from a graph's edges alone: the order of its nodes, and which sources feed which stream."""

from collections import Counter, deque
from collections.abc import Sequence

from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_entries, split_name


def back_edges(node: NodeConfig) -> set[tuple[str, int]]:
    """Tag and index of the inputs that close a cycle, as `input_stream_info` declares them."""
    named = [info.tag_index.partition(":") for info in node.input_stream_info if info.back_edge]
    return {(tag, int(index or 0)) for tag, _, index in named}


def forward_streams(node: NodeConfig) -> list[str]:
    """The streams that a node reads, save those over a back edge."""
    back = back_edges(node)
    return [name for tag, index, name in split_entries(node.input_stream) if (tag, index) not in back]


def topological(config: GraphConfig) -> list[NodeConfig]:
    """The nodes in an order in which each comes after those that it reads from; else in the config's order.

    Nodes on a cycle that no back edge opens come last: `pyweb_ml.graph.rules` has refused them before.
    """
    maker = _makers(config.node)
    needs = [
        {maker[name] for name in _needed(node) if name in maker} - {at} for at, node in enumerate(config.node)
    ]
    readers: dict[int, list[int]] = {}
    for at, needed in enumerate(needs):
        for one in needed:
            readers.setdefault(one, []).append(at)
    left = Counter({at: len(needed) for at, needed in enumerate(needs)})
    ready = deque(at for at in range(len(config.node)) if not left[at])
    order: list[int] = []
    while ready:
        order.append(ready.popleft())
        for reader in readers.get(order[-1], ()):
            left[reader] -= 1
            if not left[reader]:
                ready.append(reader)
    rest = sorted(set(range(len(config.node))) - set(order))
    return [config.node[at] for at in order + rest]


def _needed(node: NodeConfig) -> list[str]:
    return forward_streams(node) + [split_name(entry)[1] for entry in node.input_side_packet]


def _makers(nodes: Sequence[NodeConfig]) -> dict[str, int]:
    made = [(at, node.output_stream + node.output_side_packet) for at, node in enumerate(nodes)]
    return {split_name(entry)[1]: at for at, entries in made for entry in entries}


def feeders(inputs: Sequence[str], nodes: Sequence[NodeConfig]) -> dict[str, frozenset[str | int]]:
    """For each stream, the graph inputs (by name) and sources (by position) whose packets lead to it.

    Args:
        nodes: in topological order.
    """
    fed: dict[str, frozenset[str | int]] = {name: frozenset([name]) for name in inputs}
    for at, node in enumerate(nodes):
        own: frozenset[str | int] = frozenset([at]) if not node.input_stream else frozenset()
        every = own.union(*(fed.get(name, frozenset()) for name in forward_streams(node)))
        fed.update({split_name(entry)[1]: every for entry in node.output_stream})
    return fed
