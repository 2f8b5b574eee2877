"""The nodes of a TF.js graph model, each turned into operators of the middle form."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tfjs.node import Node, dtype_of
from pyweb_ml.converter.readers.tfjs.operations import OPERATIONS
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError

Ports: TypeAlias = dict[str, str]
"""A signature's names, with the endpoints ("node" or "node:1") that they stand for."""
_MISFITS = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


class GraphReader:
    """Reads nodes in an order in which each one's inputs are there; what constants alone decide is computed."""

    def __init__(
        self, nodes: list[dict[str, Any]], weights: Mapping[str, NDArray[Any]], options: ReadOptions
    ) -> None:
        self.builder = GraphBuilder(fold=True)
        self._nodes = {node["name"]: node for node in nodes}
        self._weights = weights
        self._options = options
        self._made: dict[str, list[Tensor]] = {}
        if len(self._nodes) < len(nodes):
            raise ConversionError("two of its nodes have the same name")

    def read(self, inputs: Ports, outputs: Ports) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The inputs and outputs by the signature's names; without one, all placeholders and all ends.

        Raises:
            ConversionError: with the node.
        """
        inputs = inputs or {name: name for name, node in self._nodes.items() if node["op"] == "Placeholder"}
        outputs = outputs or {name: name for name in self._ends()}
        given = {key: self._input(key, _split(endpoint)[0], len(inputs)) for key, endpoint in inputs.items()}
        for endpoint in outputs.values():
            self._make(_split(endpoint)[0])
        found = {key: self._output(endpoint) for key, endpoint in outputs.items()}
        return given, found

    def _ends(self) -> list[str]:
        """The nodes that no other takes."""
        taken = {_split(name)[0] for node in self._nodes.values() for name in node.get("input", [])}
        return [name for name in self._nodes if name not in taken]

    def _input(self, key: str, name: str, count: int) -> Tensor:
        with where(f"the input '{key}'"):
            attributes = self._node(name).get("attr", {})
            shape = self._options.shape_of(key, count) or _open_shape(attributes)
            if shape[:1] == (-1,):
                shape = (1, *shape[1:])
            if -1 in shape:
                raise ConversionError(f"it has the open shape {list(shape)}; fix it with --shape {key}=1,…")
            tensor = self.builder.input(name, shape, dtype_of(attributes.get("dtype", {}).get("type")))
            self._made[name] = [tensor]
            return tensor

    def _output(self, endpoint: str) -> Tensor:
        """A tensor of its own for each: a constant or an input cannot be an output."""
        tensor = self._tensor(endpoint)
        if tensor.is_constant:
            raise ConversionError(f"its output '{endpoint}' is a constant")
        return tensor

    def _tensor(self, endpoint: str) -> Tensor:
        name, index = _split(endpoint)
        made = self._made[name]
        if index >= len(made):
            raise ConversionError(f"the node '{name}' has no output {index}")
        return made[index]

    def _node(self, name: str) -> dict[str, Any]:
        if name not in self._nodes:
            raise ConversionError(f"there is no node '{name}'")
        return self._nodes[name]

    def _make(self, last: str) -> None:
        """Makes a node and all before it; without recursion, since graphs are deep."""
        stack, begun = [last], set[str]()
        while stack:
            name = stack[-1]
            missing = [one for one in map(_source, self._node(name).get("input", [])) if one not in self._made]
            if name in self._made or not missing:
                stack.pop()
                if name not in self._made:
                    self._made[name] = self._convert(name)
                continue
            if name in begun:
                raise ConversionError(f"the node '{name}' takes, by way of others, what it gives itself: a circle")
            begun.add(name)
            stack += missing

    def _convert(self, name: str) -> list[Tensor]:
        node = self._nodes[name]
        op = node["op"]
        with where(f"the node '{name}' ({op})"):
            if op == "Const":
                return [self._constant(name)]
            if op not in OPERATIONS:
                raise ConversionError("this operation is not known; convert the model that it came from instead")
            given = [self._tensor(one) for one in node.get("input", []) if not one.startswith("^")]
            try:
                made = OPERATIONS[op](self.builder, Node(name, op, given, node.get("attr", {})))
            except _MISFITS as error:
                raise ConversionError(f"its inputs or attributes do not fit ({error})") from error
            return made if isinstance(made, list) else [made]

    def _constant(self, name: str) -> Tensor:
        if name not in self._weights:
            raise ConversionError("it is a constant, but the weights do not have it")
        return self.builder.constant(name, np.asarray(self._weights[name]))


def _split(endpoint: str) -> tuple[str, int]:
    """A node's name and the number of its output, in "node" or "node:1"."""
    name, _, number = endpoint.removeprefix("^").rpartition(":")
    return (name, int(number)) if name and number.isdecimal() else (endpoint.removeprefix("^"), 0)


def _source(endpoint: str) -> str:
    return _split(endpoint)[0]


def _open_shape(attributes: dict[str, Any]) -> tuple[int, ...]:
    """A placeholder's shape, -1 where it is open.

    Raises:
        ConversionError: not even its rank is known.
    """
    shape = attributes.get("shape", {}).get("shape", {})
    if shape.get("unknownRank") or "dim" not in shape:
        raise ConversionError("it says no shape; give one with --shape")
    return tuple(int(one.get("size", -1)) for one in shape["dim"])
