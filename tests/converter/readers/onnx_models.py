"""ONNX models of a few nodes, written with the messages that the reader reads with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.readers.onnx.proto import ModelProto
from pyweb_ml.converter.readers.onnx.tensors import DTYPES

Array = NDArray[Any]
_NUMBERS = {name: number for number, name in DTYPES.items()}


@dataclass
class Node:
    """One node: its operator, the names it reads and gives, its attributes."""

    op: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    domain: str = ""


def onnx_model(
    nodes: Sequence[Node],
    inputs: Mapping[str, Array],
    outputs: Sequence[str],
    constants: Mapping[str, Array] | None = None,
    opset: int = 17,
) -> bytes:
    """A model whose inputs have the shapes and dtypes of `inputs`."""
    proto = ModelProto(ir_version=8)
    proto.opset_import.add(domain="", version=opset)
    proto.graph.name = "test"
    fill_graph(proto.graph, nodes, outputs, constants or {})
    for name, array in inputs.items():
        kind = proto.graph.input.add(name=name).type.tensor_type
        kind.elem_type = _NUMBERS[array.dtype.name]
        for size in array.shape:
            kind.shape.dim.add(dim_value=size)
    return bytes(proto.SerializeToString())


def fill_graph(graph: Any, nodes: Sequence[Node], outputs: Sequence[str], constants: Mapping[str, Array]) -> None:
    """Puts nodes, outputs of unsaid type and constants into a GraphProto."""
    graph.name = graph.name or "branch"
    for node in nodes:
        proto = graph.node.add(op_type=node.op, input=node.inputs, output=node.outputs, domain=node.domain)
        for name, value in node.attributes.items():
            fill_attribute(proto.attribute.add(name=name), value)
    for name, array in constants.items():
        fill_tensor(graph.initializer.add(name=name), array)
    for name in outputs:
        graph.output.add(name=name)


def fill_tensor(proto: Any, array: Array) -> None:
    proto.dims.extend(array.shape)
    proto.data_type = _NUMBERS[array.dtype.name]
    proto.raw_data = array.tobytes()


def fill_attribute(proto: Any, value: Any) -> None:
    """A float, a whole number, a text, a tensor, or a list; its number is that of AttributeProto's types."""
    if isinstance(value, np.ndarray):
        proto.type = 4
        fill_tensor(proto.t, value)
    elif isinstance(value, float):
        proto.type, proto.f = 1, value
    elif isinstance(value, int):
        proto.type, proto.i = 2, value
    elif isinstance(value, str):
        proto.type, proto.s = 3, value.encode()
    elif callable(value):
        proto.type = 5
        value(proto.g)
    else:
        _fill_list(proto, value)


def _fill_list(proto: Any, values: Sequence[Any]) -> None:
    if values and isinstance(values[0], str):
        proto.type = 8
        proto.strings.extend(one.encode() for one in values)
    elif values and isinstance(values[0], float):
        proto.type = 6
        proto.floats.extend(values)
    else:
        proto.type = 7
        proto.ints.extend(values)
