"""Makes a failing case small: what is left out is left out only if the case still fails."""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]


def shrunk(case: Json, fails: Callable[[Json], bool]) -> Json:
    """The smallest case found that still fails, by leaving out steps, nodes and observed streams one by one."""
    while True:
        for smaller in smaller_cases(case):
            if fails(smaller):
                case = smaller
                break
        else:
            return case


def smaller_cases(case: Json) -> Iterator[Json]:
    """The case less one node, less one step, or less one observed stream; nodes first, they take most along."""
    for index in range(len(case["graph"]["node"])):
        yield _without_node(case, index)
    yield from ({**case, "steps": steps} for steps in _fewer_steps(case["steps"]))
    for name in case["expect"]["packets"]:
        packets = {each: value for each, value in case["expect"]["packets"].items() if each != name}
        if packets:
            yield {**case, "expect": {**case["expect"], "packets": packets}}


def _fewer_steps(steps: list[Any]) -> Iterator[list[Any]]:
    """Less one packet or bound, and the wait after it: without waits, and unlike ends, order itself would fail."""
    for index, step in enumerate(steps):
        if "packet" in step or "bound" in step:
            waits = index + 1 < len(steps) and "idle" in steps[index + 1]
            yield steps[:index] + steps[index + 1 + waits :]


def _without_node(case: Json, index: int) -> Json:
    """Less a node; its outputs become graph inputs, so that the nodes after it stay whole."""
    graph = case["graph"]
    gone = graph["node"][index]
    nodes = _without(graph["node"], index)
    read = {_name(entry) for node in nodes for entry in node.get("input_stream", [])}
    orphans = [_name(entry) for entry in gone.get("output_stream", []) if _name(entry) in read]
    smaller = {**graph, "node": nodes, "input_stream": [*graph.get("input_stream", []), *orphans]}
    left = {*smaller["input_stream"], *(_name(entry) for node in nodes for entry in node.get("output_stream", []))}
    packets = {name: value for name, value in case["expect"]["packets"].items() if name in left}
    return {**case, "graph": smaller, "expect": {**case["expect"], "packets": packets}}


def _without(items: list[Any], index: int) -> list[Any]:
    return items[:index] + items[index + 1 :]


def _name(entry: str) -> str:
    return entry.rpartition(":")[2]
