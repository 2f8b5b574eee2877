"""Darknet's `.weights`: a header, then every layer's float32 values in the order of the `.cfg`.

The header is int32 major, minor and revision, then how many pictures the model has seen: 64 bits if
major * 10 + minor >= 2 while both are below 1000, else 32. All of it is little-endian.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.errors import ConversionError

_VERSION_BYTES = 12


class Weights:
    """The values of a `.weights` file, taken from its beginning to its end.

    Attributes:
        name: the file's.
        transposed: connected layers are stored by inputs, not by outputs (versions of 1000 and above).
        count: how many float32 values the file holds.
    """

    def __init__(self, path: Path) -> None:
        """Opens a file; its values are read when they are taken.

        Raises:
            ConversionError: it cannot be read, or ends within its header, or within a value.
        """
        self.name = path.name
        try:
            data: NDArray[np.uint8] = np.memmap(path, np.uint8, mode="r")
        except (OSError, ValueError) as error:  # ValueError: an empty file
            raise ConversionError(f"'{path}' cannot be read ({error})") from error
        header = self._header_bytes(data)
        if (len(data) - header) % 4:
            raise ConversionError(
                f"'{self.name}' is damaged: after its header of {header} bytes come {len(data) - header}, "
                "not a whole number of float32 values"
            )
        self._values = data[header:].view("<f4")
        self.count = len(self._values)
        self._taken = 0

    def take(self, *shape: int) -> NDArray[np.float32]:
        """The next values, as a view of the file."""
        count = int(np.prod(shape, dtype=np.int64))
        first, self._taken = self._taken, self._taken + count
        if self._taken > self.count:
            raise ConversionError(f"'{self.name}' ends before value {self._taken}")
        return self._values[first : self._taken].reshape(shape)

    def _header_bytes(self, data: NDArray[np.uint8]) -> int:
        if len(data) < _VERSION_BYTES:
            raise ConversionError(f"'{self.name}' ends within its header, after {len(data)} bytes")
        major, minor = (int(one) for one in data[:8].view("<i4"))
        self.transposed = major > 1000 or minor > 1000
        wide = major * 10 + minor >= 2 and major < 1000 and minor < 1000
        header = _VERSION_BYTES + (8 if wide else 4)
        if major < 0 or minor < 0 or len(data) < header:
            raise ConversionError(f"'{self.name}' is no .weights of Darknet: its version is {major}.{minor}")
        return header
