"""The nodes and constants of a TF.js graph model, as they are put together.

The form is TensorFlow's `GraphDef` in protobuf's JSON, as tfjs-converter 4.22 reads it (`operation_mapper.ts`):
bytes in base64, 64-bit integers as strings. A node's output is named by its endpoint, "node" or "node:1".
"""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL"}
"""What TF.js computes with, by its name and `DataType`'s."""


@dataclass(frozen=True)
class DType:
    """An attribute that is a type: "float32", "int32" or "bool"."""

    name: str


@dataclass(frozen=True)
class Weight:
    """A constant by its node's name; its values are made, or views are copied, only when it is written.

    An `exact` one keeps its type: a formula depends on it.
    """

    name: str
    make: Callable[[], NDArray[Any]]
    exact: bool = False


Attribute = bool | int | float | str | DType | Sequence[int] | Sequence[str]


class GraphBuilder:
    """Gathers nodes, each after its inputs, under names that are unique."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.weights: list[Weight] = []
        self._names: set[str] = set()
        self._numbers: dict[tuple[object, ...], str] = {}

    def add(self, op: str, inputs: Sequence[str], hint: str, **attributes: Attribute) -> str:
        """Adds a node named as near to `hint` as can be; gives its name."""
        node: dict[str, Any] = {"name": self._name(hint), "op": op}
        if inputs:
            node["input"] = list(inputs)
        if attributes:
            node["attr"] = {key: _attribute(value) for key, value in attributes.items()}
        self.nodes.append(node)
        return str(node["name"])

    def placeholder(self, hint: str, dtype: str, shape: Sequence[int]) -> str:
        name = self.add("Placeholder", [], hint, dtype=DType(dtype))
        self.nodes[-1]["attr"]["shape"] = {"shape": {"dim": [{"size": str(size)} for size in shape]}}
        return name

    def constant(self, data: NDArray[Any], hint: str, *, exact: bool = False) -> str:
        """Adds a constant of one of the `TYPES`, or of float16, which TF.js has as float32."""
        return self.constant_later(lambda: data, loaded_dtype(data), hint, exact=exact)

    def constant_later(
        self, make: Callable[[], NDArray[Any]], dtype: str, hint: str, *, exact: bool = False
    ) -> str:
        """Adds a constant whose values are to be made when it is written, of `dtype` once it is loaded."""
        name = self.add("Const", [], hint, dtype=DType(dtype))
        self.weights.append(Weight(name, make, exact))
        return name

    def numbers(self, values: int | Sequence[int] | float) -> str:
        """A small constant that says how an op works; equal ones are one.

        Kept apart from the constants that are computed with: TF.js reads these back on the CPU, which on WebGPU
        works only as long as no kernel has used them.
        """
        array = np.asarray(values, np.float32 if isinstance(values, float) else np.int32)
        key = (array.dtype.name, array.shape, array.tobytes())
        if key not in self._numbers:
            self._numbers[key] = self.constant(array, "numbers/" + "x".join(map(str, array.ravel()[:8])))
        return self._numbers[key]

    def _name(self, hint: str) -> str:
        """A name that the graph has not; of characters that TF.js gives no meaning to."""
        name = base = re.sub(r"[^\w./-]", "_", hint, flags=re.ASCII).lstrip("-./") or "node"
        count = 1
        while name in self._names:
            name, count = f"{base}_{count}", count + 1
        self._names.add(name)
        return name


def loaded_dtype(data: NDArray[Any]) -> str:
    """What TF.js has a constant as, once it is loaded."""
    return "float32" if data.dtype == np.float16 else data.dtype.name


def _attribute(value: Attribute) -> dict[str, Any]:
    if isinstance(value, DType):
        return {"type": TYPES[value.name]}
    if isinstance(value, (bool, np.bool_)):
        return {"b": bool(value)}
    if isinstance(value, (int, float)):
        return {"i": str(value)} if isinstance(value, int) else {"f": value}
    if isinstance(value, str):
        return {"s": _base64(value)}
    texts = [one for one in value if isinstance(one, str)]
    return {"list": {"s": [_base64(one) for one in texts]} if texts else {"i": [str(one) for one in value]}}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
