"""GELU written out with Erf, as exporters before opset 20 write it, made one operator again."""

from collections import Counter
from collections.abc import Mapping
from math import sqrt
from pathlib import Path
from typing import Any, TypeAlias

from pyweb_ml.converter.readers.onnx.tensors import read_tensor
from pyweb_ml.errors import ConversionError

_Nodes: TypeAlias = Mapping[str, Any]
_NEAR = 1e-3
"""How exactly the constants must be those of GELU."""


def fuse_gelu(graph: Any, folder: Path) -> None:
    """Makes Gelu of x of every 0.5 * x * (1 + erf(x / sqrt(2))) in a GraphProto, in whatever order it stands.

    The nodes before its last one stay, for others that may read them.
    """
    search = _Search(graph, folder)
    for node in graph.node:
        if node.op_type == "Erf" and len(node.input) == len(node.output) == 1:
            search.try_from(node)


class _Search:
    """Who gives and who reads each value of a graph."""

    def __init__(self, graph: Any, folder: Path) -> None:
        self._folder = folder
        self._givers = {name: node for node in graph.node for name in node.output}
        self._readers = {name: node for node in graph.node for name in node.input}
        self._reads = Counter(
            [name for node in graph.node for name in node.input] + [one.name for one in graph.output]
        )
        self._constants = {tensor.name: tensor for tensor in graph.initializer}

    def try_from(self, erf: Any) -> None:
        """Changes the last node of the GELU of which `erf` is a part, if it is of one."""
        x = self._scaled(self._givers.get(erf.input[0]), sqrt(0.5))
        one = self._only_reader(erf.output[0])
        product = self._only_reader(one.output[0]) if one is not None and self._adds_one(one) else None
        if x is None or one is None or product is None or product.op_type != "Mul":
            return
        other = self._other(product, one.output[0])
        last = product if self._scaled(self._givers.get(other), 0.5) == x else None
        if other == x:
            half = self._only_reader(product.output[0])
            last = half if self._scaled(half, 0.5) == product.output[0] else None
        if last is not None:
            last.op_type = "Gelu"
            del last.input[:]
            last.input.append(x)

    def _scaled(self, node: Any, factor: float) -> str | None:
        """What a node multiplies with `factor`, or divides by its reciprocal."""
        if node is None or len(node.input) != 2:
            return None
        left, right = node.input
        if node.op_type == "Div" and self._is(right, 1 / factor):
            return str(left)
        if node.op_type != "Mul":
            return None
        return str(left) if self._is(right, factor) else str(right) if self._is(left, factor) else None

    def _adds_one(self, node: Any) -> bool:
        return node.op_type == "Add" and len(node.input) == 2 and any(self._is(name, 1) for name in node.input)

    def _other(self, node: Any, name: str) -> str:
        return str(node.input[1] if node.input[0] == name else node.input[0])

    def _only_reader(self, name: str) -> Any:
        return self._readers.get(name) if self._reads[name] == 1 else None

    def _is(self, name: str, number: float) -> bool:
        """Whether a value is a constant near `number`."""
        proto = self._constants.get(name)
        giver = self._givers.get(name)
        if proto is None and giver is not None and giver.op_type == "Constant" and giver.attribute:
            proto = giver.attribute[0].t
        if proto is None or len(proto.dims) > 1:
            return False
        try:
            array = read_tensor(proto, self._folder)
        except ConversionError:
            return False
        return array.size == 1 and abs(float(array.reshape(-1)[0]) - number) < _NEAR
