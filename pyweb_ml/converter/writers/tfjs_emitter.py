"""Turns a graph of the middle form into TF.js nodes, operator by operator, by the rules that are registered."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Graph, Operator, Tensor
from pyweb_ml.converter.writers.tfjs_graph import Attribute, DType, GraphBuilder
from pyweb_ml.converter.writers.tfjs_values import tfjs_dtype, tfjs_values
from pyweb_ml.errors import ConversionError

Endpoint = str
Rule = Callable[["Emitter", Operator], "Endpoint | list[Endpoint]"]
"""Adds the nodes of one operator; gives the endpoints of its outputs."""

RULES: dict[str, Rule] = {}
"""By the operator's name; filled by the files of `tfjs_ops`."""

COMPLEX = ("COMPLEX_ABS", "EXPAND_DIMS", "IMAG", "REAL", "RESHAPE", "SQUEEZE")
"""The operators whose rules know complex tensors."""

Change = Callable[[NDArray[Any]], NDArray[Any]]


def rule(*ops: str) -> Callable[[Rule], Rule]:
    """Registers a rule for these operators."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(ops, function))
        return function

    return register


def several(node: Endpoint, count: int) -> list[Endpoint]:
    """The endpoints of a node with that many outputs."""
    return [f"{node}:{index}" if index else node for index in range(count)]


def _changed(tensor: Tensor, change: Change) -> NDArray[Any]:
    return change(tfjs_values(tensor))


class Emitter:
    """What the rules work with: endpoints of tensors, constants on demand, nodes.

    Attributes:
        builder: the nodes so far.
        notes: what the user should know of the result.
        fused: the operators that run inside an earlier one's node, by that earlier one.
        imaginary: the second half of complex tensors (see spectra.py).
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.builder = GraphBuilder()
        self.notes: list[str] = []
        self.fused: dict[Operator, Operator] = {}
        self.imaginary: dict[Tensor, Endpoint] = {}
        self._endpoints: dict[Tensor, Endpoint] = {}
        self._constants: dict[tuple[Tensor, str], Endpoint] = {}
        self._hint = "node"

    def set(self, tensor: Tensor, endpoint: Endpoint) -> None:
        """Says where a tensor's values are to be had."""
        self._endpoints[tensor] = endpoint

    def emit(self, operator: Operator) -> None:
        """Adds one operator's nodes.

        Raises:
            ConversionError: there is no rule, or TF.js cannot do what the options ask for.
        """
        made = self._rule(operator)
        endpoints = [made] if isinstance(made, str) else made
        outputs = self._outputs(operator)
        if len(outputs) != len(endpoints):
            raise ConversionError(f"it has {len(outputs)} outputs, but gives {len(endpoints)}")
        for tensor, endpoint in zip(outputs, endpoints, strict=True):
            self.set(tensor, endpoint)

    def _rule(self, operator: Operator) -> Endpoint | list[Endpoint]:
        self._hint = self._outputs(operator)[0].name if operator.outputs else operator.op
        if operator.op not in RULES:
            raise ConversionError("TF.js has nothing for it")
        is_complex = any(one is not None and one.dtype == "complex64" for one in operator.inputs)
        if is_complex and operator.op not in COMPLEX:
            raise ConversionError("it computes with complex numbers, which is written for transforms only")
        try:
            return RULES[operator.op](self, operator)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # A reader gives what a file says, which need not be what the operator takes.
            raise ConversionError(f"its inputs and options do not fit together ({error})") from error

    def _outputs(self, operator: Operator) -> list[Tensor]:
        return self.fused[operator].outputs if operator in self.fused else operator.outputs

    def input(self, operator: Operator, index: int) -> Endpoint:
        """The endpoint of an operator's input."""
        return self.endpoint(self.tensor(operator, index))

    def tensor(self, operator: Operator, index: int) -> Tensor:
        """An operator's input.

        Raises:
            ConversionError: it is left out.
        """
        tensor = operator.inputs[index] if index < len(operator.inputs) else None
        if tensor is None:
            raise ConversionError(f"its input {index} is missing")
        return tensor

    def values(self, operator: Operator, index: int) -> NDArray[Any]:
        """The values of an input that says how the operator works, and so must be a constant.

        Raises:
            ConversionError: it is computed.
        """
        tensor = self.tensor(operator, index)
        if tensor.data is None:
            raise ConversionError(
                f"its input '{tensor.name}' is computed while the model runs, but TF.js needs it as a constant; "
                "fix the shapes, so that it can be folded"
            )
        return tensor.data

    def endpoint(self, tensor: Tensor) -> Endpoint:
        if tensor in self._endpoints:
            return self._endpoints[tensor]
        if tensor.is_constant:
            return self.constant(tensor)
        raise ConversionError(f"nothing makes its input '{tensor.name}'")

    def constant(self, tensor: Tensor, form: str = "", change: Change = np.asarray) -> Endpoint:
        """A constant, with its values changed by `change`; `form` names that change, so that it is made once."""
        key = (tensor, form)
        if key not in self._constants:
            if tensor.quantization is None:
                made = self.builder.constant(change(tfjs_values(tensor)), tensor.name)
            else:
                # Made only when written: as reals they take four times the memory of the integers.
                make = partial(_changed, tensor, change)
                made = self.builder.constant_later(make, tfjs_dtype(tensor), tensor.name)
            self._constants[key] = made
        return self._constants[key]

    def add(self, op: str, *inputs: Endpoint, **attributes: Attribute) -> Endpoint:
        """Adds a node, named after what the operator computes."""
        return self.builder.add(op, inputs, self._hint, **attributes)

    def numbers(self, values: int | Sequence[int] | float | NDArray[Any]) -> Endpoint:
        """A constant that TF.js reads as plain numbers, such as axes, shapes or limits.

        Raises:
            ConversionError: TF.js has no such number.
        """
        plain = values.tolist() if isinstance(values, np.ndarray) else values
        try:
            return self.builder.numbers(plain)
        except OverflowError as error:
            raise ConversionError(f"TF.js counts with 32 bits, and {plain} needs more") from error

    def scalar(self, value: float, dtype: str = "float32") -> Endpoint:
        """A constant to compute with."""
        return self.exact(np.asarray(value, dtype))

    def exact(self, values: NDArray[Any]) -> Endpoint:
        """Values of a formula, which keep their type however weights are stored."""
        return self.builder.constant(values, f"{self._hint}/constant", exact=True)

    def cast(self, x: Endpoint, dtype: str) -> Endpoint:
        return self.add("Cast", x, DstT=DType(dtype))

    def reals(self, x: Endpoint) -> Endpoint:
        """Integers or truth values as float32 that every kernel takes.

        On WebGPU, TF.js 4.22's Cast to float32 leaves integers in the memory, which its Transpose trips over.
        """
        return self.add("Mul", self.cast(x, "float32"), self.scalar(1))

    def reshape(self, x: Endpoint, shape: Sequence[int]) -> Endpoint:
        return self.add("Reshape", x, self.numbers(list(shape)))
