"""An ONNX graph, node by node, into the middle form."""

from collections import ChainMap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.coverage import place_of, require_known, rule_of
from pyweb_ml.converter.readers.onnx.emitter import Emitter
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.readers.onnx.tensors import dtype_of, read_tensor
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError


class GraphReader:
    """Reads one model's graph.

    Attributes:
        builder: the graph that has been built so far.
    """

    def __init__(self, folder: Path, opset: int, options: ReadOptions) -> None:
        self._folder = folder
        self._opset = opset
        self._options = options
        self._values: ChainMap[str, Tensor] = ChainMap()
        self.builder = Emitter(lambda proto: read_tensor(proto, folder), self._inline)

    def read(self, graph: Any) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Reads the model's own graph; gives its inputs and outputs by name."""
        require_known(graph)
        self._read_constants(graph)
        inputs = self._read_inputs(graph)
        self._read_nodes(graph)
        return inputs, {value.name: self._output(value.name, inputs) for value in graph.output}

    def _read_constants(self, graph: Any) -> None:
        if graph.sparse_initializer:
            raise ConversionError("it has sparse constants, which are not supported")
        for proto in graph.initializer:
            self._define(proto.name, self.builder.constant(proto.name, read_tensor(proto, self._folder)))

    def _read_inputs(self, graph: Any) -> dict[str, Tensor]:
        """Inputs that are constants too, as older files have them, are only that."""
        free = [value for value in graph.input if value.name not in self._values]
        unknown = [name for name in self._options.shapes if name and name not in {value.name for value in free}]
        if unknown:
            known = ", ".join(f"'{value.name}'" for value in free)
            raise ConversionError(f"a shape is given for '{unknown[0]}', but its inputs are {known}")
        inputs = {}
        for value in free:
            kind = value.type.tensor_type
            shape = self._input_shape(value.name, kind, len(free))
            with where(f"the input '{value.name}'"):
                inputs[value.name] = self.builder.input(value.name, shape, dtype_of(kind.elem_type))
            self._define(value.name, inputs[value.name])
        return inputs

    def _input_shape(self, name: str, kind: Any, inputs: int) -> tuple[int, ...]:
        given = self._options.shape_of(name, inputs)
        declared: list[Any] = [
            dim.dim_value if dim.dim_value > 0 else dim.dim_param or "?" for dim in kind.shape.dim
        ]
        if given is not None:
            if len(given) != len(declared) or min(given) < 1:
                raise ConversionError(
                    f"the shape {list(given)} does not fit the input '{name}', {_text(declared)}"
                )
            return given
        if all(isinstance(size, int) for size in declared):
            return tuple(declared)
        example = ",".join(str(size) if isinstance(size, int) else "1" for size in declared)
        raise ConversionError(
            f"the input '{name}' has the open shape {_text(declared)}; "
            f"fix it, for example with --shape {name}={example}"
        )

    def _read_nodes(self, graph: Any) -> None:
        require_known(graph)
        for number, proto in enumerate(graph.node):
            self._options.progress("node", proto.op_type, number + 1, len(graph.node))
            with where(place_of(proto, number)):
                outputs = self._emit(proto)
                self._name_outputs(proto, outputs)

    def _emit(self, proto: Any) -> list[Tensor]:
        rule = rule_of(proto)
        assert rule, "require_known has been asked"
        inputs = [self._input(name) if name else None for name in proto.input]
        node = Node(proto, self._opset, inputs, {one.name: one for one in proto.attribute})
        try:
            with np.errstate(all="ignore"):
                made = rule(self.builder, node)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise ConversionError(f"its inputs or attributes do not fit the operator ({error})") from error
        return made if isinstance(made, list) else [made]

    def _input(self, name: str) -> Tensor:
        if name not in self._values:
            raise ConversionError(f"it takes '{name}', which no node before it gives")
        return self._values[name]

    def _name_outputs(self, proto: Any, outputs: list[Tensor]) -> None:
        if len(proto.output) > len(outputs):
            raise ConversionError(f"it has {len(proto.output)} outputs, but {len(outputs)} are known")
        for name, tensor in zip(proto.output, outputs, strict=False):
            if name:
                self._define(name, tensor)
                if not tensor.is_constant and tensor not in self.builder.inputs:
                    tensor.name = self.builder.unique(name)

    def _define(self, name: str, tensor: Tensor) -> None:
        if name in self._values.maps[0]:
            raise ConversionError(f"'{name}' is given twice")
        self._values[name] = tensor

    def _inline(self, graph: Any) -> list[Tensor]:
        """The outputs of a branch, which sees what is around it."""
        self._values = self._values.new_child()
        try:
            self._read_constants(graph)
            self._read_nodes(graph)
            return [self._input(value.name) for value in graph.output]
        finally:
            self._values = self._values.parents

    def _output(self, name: str, inputs: Mapping[str, Tensor]) -> Tensor:
        """An output, which TFLite wants to be made by an operator."""
        if name not in self._values:
            raise ConversionError(f"no node gives its output '{name}'")
        tensor = self._values[name]
        if not tensor.is_constant and tensor not in inputs.values():
            return tensor
        self.builder.fold = False
        shape = self.builder.integers("shape", tensor.shape)
        made = self.builder.add("RESHAPE", [tensor, shape], name=name, new_shape=list(tensor.shape))
        self.builder.fold = True
        return made


def _text(shape: list[Any]) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"
