"""Building a graph operator by operator, for readers of formats that are not shaped like a `.tflite`."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pyweb_ml.converter.evaluate import evaluate
from pyweb_ml.converter.model import Graph, Operator, Option, Tensor
from pyweb_ml.converter.shapes import Form, Shape, output_forms
from pyweb_ml.errors import ConversionError

MAX_VALUES = 2**31 - 1
"""The most values of one tensor: TFLite counts them in 32 bits."""
MAX_FOLDED = 2**24
"""The most values that computing with constants may make of fewer: above it, a run makes them each time."""
MAX_COMPUTED = 2**28
"""The most values that are computed for one graph: a graph made for it could keep a reader busy for hours."""


_VIEWS = ("RESHAPE", "TRANSPOSE")
"""Operators that numpy computes without touching a value."""
_VERSIONS = {"BROADCAST_TO": 2}
"""The first version that LiteRT has of an operator, where that is not 1."""


class GraphBuilder:
    """A graph that grows: each operator's outputs get their shapes and unique names from it."""

    def __init__(self, name: str = "main", *, fold: bool = False) -> None:
        """Begins an empty graph; with `fold`, operators whose inputs are all constants give constants."""
        self.name = name
        self.fold = fold
        self._computed = 0
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
        _require_size(op, forms)
        name = name or op.lower()
        folded = self._folded(op, inputs, options, forms)
        if folded is not None:
            return [self.constant(name, array) for array in folded]
        outputs = [Tensor(self.unique(name), shape, dtype) for shape, dtype in forms]
        self.operators.append(Operator(op, list(inputs), outputs, dict(options), version=_VERSIONS.get(op, 1)))
        return outputs

    def _folded(
        self, op: str, inputs: Sequence[Tensor | None], options: dict[str, Option], forms: Sequence[Form]
    ) -> list[NDArray[Any]] | None:
        """The operator's constant outputs; None if it must run."""
        arrays = [one.data for one in inputs if one is not None and one.data is not None]
        if not self.fold or len(arrays) < len(inputs):
            return None
        count = sum(prod(shape) for shape, _ in forms)
        self._computed += 0 if op in _VIEWS else count
        if count > max([MAX_FOLDED, *(array.size for array in arrays)]) or self._computed > MAX_COMPUTED:
            return None
        try:
            return evaluate(op, arrays, options)
        except (ArithmeticError, IndexError, TypeError, ValueError) as error:
            raise ConversionError(f"{op} of constants fails ({error})") from error

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


def _require_size(op: str, forms: Sequence[Form]) -> None:
    for shape, _ in forms:
        if prod(shape) > MAX_VALUES:
            raise ConversionError(f"{op} would give {list(shape)}, more values than the {MAX_VALUES} of a tensor")
