"""One node of an ONNX graph: its inputs, its attributes with their types, and errors that name it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import numpy as np

from pyweb_ml.converter.model import Tensor
from pyweb_ml.errors import ConversionError

_TYPES: Final = {1: "f", 2: "i", 3: "s", 4: "t", 5: "g", 6: "floats", 7: "ints", 8: "strings"}
"""AttributeProto.AttributeType: the field that holds the value."""


@dataclass
class Node:
    """A node whose inputs are known.

    Attributes:
        proto: the NodeProto.
        opset: the version of ONNX's operators that the model uses.
        inputs: None where an optional one is left out.
        attributes: AttributeProto by name.
    """

    proto: Any
    opset: int
    inputs: Sequence[Tensor | None]
    attributes: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.proto.op_type)

    @property
    def outputs(self) -> int:
        """How many outputs are named."""
        return len(self.proto.output)

    def given(self, index: int) -> Tensor | None:
        """An input, or None if it is left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def input(self, index: int) -> Tensor:
        """An input that must be there."""
        tensor = self.given(index)
        if tensor is None:
            self.fail(f"its input {index} is missing")
        return tensor

    def constant(self, index: int, what: str) -> np.ndarray[Any, Any]:
        """The values of an input that must be known when the model is read."""
        tensor = self.input(index)
        if tensor.data is None:
            self.fail(f"its {what} ('{tensor.name}') is computed by the model; only a constant is supported")
        return tensor.data

    def whole(self, index: int, what: str) -> list[int]:
        """The whole numbers of an input that must be known when the model is read."""
        return [int(one) for one in self.constant(index, what).reshape(-1)]

    def integer(self, name: str, default: int | None = None) -> int:
        return int(self._attribute(name, "i", default))

    def real(self, name: str, default: float) -> float:
        return float(self._attribute(name, "f", default))

    def integers(self, name: str, default: Sequence[int] | None = None) -> list[int]:
        return [int(one) for one in self._attribute(name, "ints", default)]

    def reals(self, name: str) -> list[float]:
        return [float(one) for one in self._attribute(name, "floats", [])]

    def text(self, name: str, default: str = "") -> str:
        return bytes(self._attribute(name, "s", default.encode())).decode(errors="replace")

    def texts(self, name: str) -> list[str]:
        return [bytes(one).decode(errors="replace") for one in self._attribute(name, "strings", [])]

    def tensor(self, name: str) -> Any:
        """A TensorProto."""
        return self._attribute(name, "t", None)

    def graph(self, name: str) -> Any:
        """A GraphProto."""
        return self._attribute(name, "g", None)

    def has(self, name: str) -> bool:
        return name in self.attributes

    def require(self, known: bool, what: str) -> None:
        """Refuses what is not supported."""
        if not known:
            self.fail(f"{what} is not supported")

    def fail(self, message: str) -> NoReturn:
        raise ConversionError(message)

    def _attribute(self, name: str, field: str, default: Any) -> Any:
        if name in self.attributes:
            attribute = self.attributes[name]
            if _TYPES.get(attribute.type) != field:
                self.fail(f"its attribute '{name}' has another type than ONNX gives it")
            return getattr(attribute, field)
        if default is None:
            self.fail(f"it lacks the attribute '{name}'")
        return default
