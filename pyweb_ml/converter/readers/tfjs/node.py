"""A node of TF.js's graph: its attributes, which are protobuf's `AttrValue` in JSON."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyweb_ml.converter.model import Tensor
from pyweb_ml.errors import ConversionError

TYPES = {"DT_FLOAT": "float32", "DT_INT32": "int32", "DT_BOOL": "bool", "DT_INT64": "int32", "DT_HALF": "float32"}
"""What TF.js makes of TensorFlow's types; by number too, as old files have them."""
_NUMBERS = {1: "DT_FLOAT", 3: "DT_INT32", 9: "DT_INT64", 10: "DT_BOOL", 19: "DT_HALF"}


@dataclass(frozen=True)
class Node:
    """A node with what it takes.

    Attributes:
        op: TensorFlow's name of the operation.
        inputs: in TensorFlow's order.
    """

    name: str
    op: str
    inputs: Sequence[Tensor]
    attributes: dict[str, Any]

    def text(self, key: str, default: str = "") -> str:
        return _text(self._value(key, "s", None)) or default

    def texts(self, key: str) -> list[str]:
        return [_text(one) for one in self._list(key, "s")]

    def flag(self, key: str) -> bool:
        return bool(self._value(key, "b", False))

    def real(self, key: str, default: float) -> float:
        return float(self._value(key, "f", default))

    def integer(self, key: str, default: int = 0) -> int:
        return int(self._value(key, "i", default))

    def integers(self, key: str) -> list[int]:
        return [int(one) for one in self._list(key, "i")]

    def dtype(self, key: str) -> str:
        """numpy's name of a type."""
        return dtype_of(self._value(key, "type", None))

    def take(self, index: int) -> Tensor:
        """An input.

        Raises:
            ConversionError: there is none at this place.
        """
        if index >= len(self.inputs):
            raise ConversionError(f"it has {len(self.inputs)} inputs, but needs one at place {index}")
        return self.inputs[index]

    def numbers(self, index: int) -> list[int]:
        """The integers of an input that must be a constant.

        Raises:
            ConversionError: it is none.
        """
        data = self.take(index).data
        if data is None:
            raise ConversionError(f"its input {index} ('{self.take(index).name}') must be a constant")
        return [int(one) for one in data.reshape(-1)]

    def _value(self, key: str, kind: str, default: Any) -> Any:
        found = self.attributes.get(key)
        return found.get(kind, default) if isinstance(found, dict) else default

    def _list(self, key: str, kind: str) -> list[Any]:
        found = self._value(key, "list", {})
        values = found.get(kind, []) if isinstance(found, dict) else []
        return values if isinstance(values, list) else []


def dtype_of(given: Any) -> str:
    """numpy's name of a type of TensorFlow's.

    Raises:
        ConversionError: TF.js has none for it.
    """
    name = _NUMBERS.get(given) if isinstance(given, int) else given
    if name not in TYPES:
        raise ConversionError(f"its type {given} is none that is read: {', '.join(TYPES)}")
    return TYPES[name]


def _text(given: Any) -> str:
    """Bytes are in base64; old files have a list of their numbers."""
    if isinstance(given, list):
        return bytes(given).decode("utf-8", "replace")
    try:
        return base64.b64decode(given or "").decode("utf-8", "replace")
    except (binascii.Error, TypeError) as error:
        raise ConversionError(f"its text {str(given)[:40]!r} is no base64") from error
