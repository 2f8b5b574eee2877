"""Building a graph operator by operator, for readers of formats that are not shaped like a `.tflite`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pyweb_ml.converter.model import Graph, Operator, Option, Tensor
from pyweb_ml.converter.shapes import Shape, output_forms


class GraphBuilder:
    """A graph that grows: each operator's outputs get their shapes and unique names from it."""

    def __init__(self, name: str = "main") -> None:
        self.name = name
        self.inputs: list[Tensor] = []
        self.operators: list[Operator] = []
        self._names: dict[str, int] = {}

    def input(self, name: str, shape: Shape, dtype: str = "float32") -> Tensor:
        """A tensor that the caller gives."""
        self.inputs.append(Tensor(self.unique(name), shape, dtype))
        return self.inputs[-1]

    def constant(self, name: str, array: NDArray[Any]) -> Tensor:
        """A tensor that holds `array`, not copied."""
        return Tensor(self.unique(name), array.shape, array.dtype.name, array)

    def integers(self, name: str, numbers: ArrayLike) -> Tensor:
        """An int32 constant, as operators take sizes and axes."""
        return self.constant(name, np.asarray(numbers, np.int32))

    def add(self, op: str, inputs: Sequence[Tensor | None], *, name: str = "", **options: Option) -> Tensor:
        """Appends an operator of one output, which it gives.

        Args:
            op: the name in TFLite's `BuiltinOperator`.
            inputs: in the schema's order.
            name: of the output; without one, it is called after the operator.
            options: by the schema's names.

        Raises:
            ConversionError: the inputs do not fit the operator.
        """
        (output,) = self.add_all(op, inputs, name=name, **options)
        return output

    def add_all(
        self, op: str, inputs: Sequence[Tensor | None], *, name: str = "", **options: Option
    ) -> list[Tensor]:
        """Appends an operator of any number of outputs."""
        forms = output_forms(op, inputs, options)
        outputs = [Tensor(self.unique(name or op.lower()), shape, dtype) for shape, dtype in forms]
        self.operators.append(Operator(op, list(inputs), outputs, dict(options)))
        return outputs

    def transpose(self, tensor: Tensor, order: Sequence[int], name: str = "") -> Tensor:
        """The tensor with its axes in another order."""
        return self.add("TRANSPOSE", [tensor, self.integers(f"{tensor.name}/order", order)], name=name)

    def reshape(self, tensor: Tensor, shape: Sequence[int], name: str = "") -> Tensor:
        """The same values in another shape; the tensor itself if it has that shape."""
        if tuple(shape) == tensor.shape:
            return tensor
        wanted = self.integers(f"{tensor.name}/shape", shape)
        return self.add("RESHAPE", [tensor, wanted], name=name, new_shape=list(shape))

    def unique(self, name: str) -> str:
        """`name`, or with a number after it where it is taken."""
        while name in self._names:
            self._names[name] += 1
            name = f"{name}_{self._names[name]}"
        self._names[name] = 0
        return name

    def build(self, outputs: Sequence[Tensor]) -> Graph:
        """The graph as it has grown so far."""
        return Graph(list(self.inputs), list(outputs), list(self.operators), self.name)
