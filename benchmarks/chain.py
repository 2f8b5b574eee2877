"""A chain of pass-through nodes, run by MediaPipe's Python class or ours: `python chain.py mediapipe|pyweb_ml`.

Reads lines {"nodes", "packets", "each"} and answers each with a line {"microseconds", "resident"}: the time of a
packet, from adding the first one until the graph is idle (with "each" it waits so after every single packet), and
the bytes of memory that the process holds then, 0 where the system does not say. It runs under either interpreter,
so it imports nothing of the project but the class it measures.
"""

import importlib
import importlib.util
import json
import os
import sys
import time
import types
from pathlib import Path
from typing import Any


def subject(name: str) -> Any:
    """The class `CalculatorGraph` and the function that makes a packet."""
    if name == "pyweb_ml":
        module = importlib.import_module("pyweb_ml")
        return module.CalculatorGraph, module.packet_creator.create_int
    # The package's own start imports much that a graph does not need: stubs take its place.
    spec = importlib.util.find_spec("mediapipe")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    for package, path in (("mediapipe", folder), ("mediapipe.python", folder / "python")):
        stub = types.ModuleType(package)
        stub.__path__ = [str(path)]
        sys.modules[package] = stub
    bindings: Any = importlib.import_module("mediapipe.python._framework_bindings")
    return bindings.calculator_graph.CalculatorGraph, bindings._packet_creator.create_int


def config(nodes: int) -> str:
    """The graph in protobuf's text format."""
    node = 'node {{ calculator: "PassThroughCalculator" input_stream: "s{}" output_stream: "s{}" }}\n'
    ends = f'input_stream: "s0"\noutput_stream: "s{nodes}"\n'
    return ends + "".join(node.format(at, at + 1) for at in range(nodes))


class Chain:
    """A running graph that goes on from round to round."""

    def __init__(self, graph_class: Any, create: Any, nodes: int) -> None:
        self._create = create
        self._graph = graph_class(graph_config=config(nodes))
        self._graph.observe_output_stream(f"s{nodes}", self._count)
        self._graph.start_run()
        self._seen = self._at = 0

    def _count(self, _: str, __: Any) -> None:
        self._seen += 1

    def round(self, packets: int, each: bool) -> float:
        """Microseconds a packet."""
        graph, create = self._graph, self._create
        began = time.perf_counter()
        for at in range(self._at, self._at + packets):
            graph.add_packet_to_input_stream("s0", create(at % 1000), at)
            if each:
                graph.wait_until_idle()
        graph.wait_until_idle()
        spent = time.perf_counter() - began
        self._at += packets
        if self._seen != self._at:
            raise SystemExit(f"{self._seen} packets came out of {self._at}")
        return spent * 1e6 / packets


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not say (it is Linux that does)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    graph_class, create = subject(sys.argv[1])
    chains: dict[int, Chain] = {}
    for line in sys.stdin:
        given = json.loads(line)
        nodes = given["nodes"]
        if nodes not in chains:
            chains[nodes] = Chain(graph_class, create, nodes)
        spent = chains[nodes].round(given["packets"], given["each"])
        print(json.dumps({"microseconds": spent, "resident": resident()}), flush=True)


if __name__ == "__main__":
    main()
