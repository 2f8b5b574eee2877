"""The constants of a file that is being written, each once."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Tensor
from pyweb_ml.errors import ConversionError


class Constants:
    """Bytes by number, from 1; what is the same has the same number.

    Attributes:
        size: of all of them, in bytes.
    """

    def __init__(self) -> None:
        self.size = 0
        self._data: list[memoryview] = []
        self._numbers: dict[bytes, int] = {}

    def items(self) -> Iterable[tuple[int, memoryview]]:
        """The numbers and what they stand for."""
        return enumerate(self._data, 1)

    def add(self, data: bytes | memoryview) -> int:
        """The number of these bytes."""
        view = memoryview(data)
        digest = hashlib.blake2b(view, digest_size=32).digest()
        if digest not in self._numbers:
            self._data.append(view)
            self._numbers[digest] = len(self._data)
            self.size += len(view)
        return self._numbers[digest]

    def add_tensor(self, tensor: Tensor) -> int:
        """The number of a constant's values, as a `.tflite` has them.

        Raises:
            ConversionError: the values are not of the tensor's shape and type.
        """
        assert tensor.data is not None
        if tensor.data.shape != tensor.shape:
            raise ConversionError(f"its shape is {list(tensor.shape)}, but its data has {list(tensor.data.shape)}")
        if tensor.dtype == "string":
            return self.add(_pack_strings(tensor.data))
        stored = np.dtype("int8" if tensor.dtype == "int4" else tensor.dtype)
        if tensor.data.dtype != stored:
            raise ConversionError(f"its type is {tensor.dtype}, but its data is of {tensor.data.dtype}")
        values = np.ascontiguousarray(tensor.data, stored.newbyteorder("<"))
        return self.add(_bytes(_pack_int4(values) if tensor.dtype == "int4" else values))


def _bytes(values: NDArray[Any]) -> memoryview:
    return memoryview(values.reshape(-1).view(np.uint8))  # type: ignore[arg-type]


def _pack_int4(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Two values a byte, the first in the lower half."""
    if values.size and not -8 <= values.min() <= values.max() <= 7:
        raise ConversionError("it is of int4, but has values outside of -8 to 7")
    halves = values.reshape(-1).view(np.uint8) & 15
    even = np.concatenate([halves, np.zeros(halves.size % 2, np.uint8)])
    packed: NDArray[np.uint8] = even[::2] | even[1::2] << 4
    return packed


def _pack_strings(values: NDArray[Any]) -> bytes:
    """Strings are packed as their number, then where each begins and the last ends, then their bytes (int32)."""
    strings = [value.encode() if isinstance(value, str) else bytes(value) for value in values.reshape(-1)]
    start = 8 + 4 * len(strings)
    bounds = start + np.cumsum([0, *map(len, strings)])
    return np.array([len(strings), *bounds], "<i4").tobytes() + b"".join(strings)
