"""Makes packets, by the names of MediaPipe's `packet_creator`; the packets have no timestamp until `Packet.at`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pyweb_ml.packet import Packet


def create(value: Any) -> Packet:
    """A packet of any payload."""
    return Packet(value)


def create_string(data: str) -> Packet:
    return Packet(_checked(str, data))


def create_bool(data: bool) -> Packet:
    return Packet(_checked(bool, data))


def _integer(low: int, high: int) -> Callable[[int], Packet]:
    def create_integer(data: int) -> Packet:
        if isinstance(data, bool) or not isinstance(data, int | np.integer):
            raise TypeError(f"{data!r} is no integer")
        if not low <= data <= high:
            raise OverflowError(f"{data} is out of range: the type holds {low} to {high}")
        return Packet(int(data))

    return create_integer


create_int8 = _integer(-(2**7), 2**7 - 1)
create_int16 = _integer(-(2**15), 2**15 - 1)
create_int = create_int32 = _integer(-(2**31), 2**31 - 1)
create_int64 = _integer(-(2**63), 2**63 - 1)
create_uint8 = _integer(0, 2**8 - 1)
create_uint16 = _integer(0, 2**16 - 1)
create_uint32 = _integer(0, 2**32 - 1)
create_uint64 = _integer(0, 2**64 - 1)


def create_float(data: float) -> Packet:
    """A packet of a number; what a 32-bit float cannot hold is rounded to it, as in MediaPipe."""
    return Packet(float(np.float32(data)))


def create_double(data: float) -> Packet:
    return Packet(float(data))


def create_int_vector(data: Sequence[int]) -> Packet:
    return Packet([create_int(one).value for one in data])


def create_bool_vector(data: Sequence[bool]) -> Packet:
    return Packet([_checked(bool, one) for one in data])


def create_float_vector(data: Sequence[float]) -> Packet:
    return Packet([create_float(one).value for one in data])


def create_string_vector(data: Sequence[str]) -> Packet:
    return Packet([_checked(str, one) for one in data])


create_int_array = create_int_vector
create_float_array = create_float_vector


def create_packet_vector(data: Sequence[Packet]) -> Packet:
    return Packet([_checked(Packet, one) for one in data])


def create_string_to_packet_map(data: Mapping[str, Packet]) -> Packet:
    return Packet({_checked(str, key): _checked(Packet, one) for key, one in data.items()})


def create_matrix(data: Any, transpose: bool = False) -> Packet:
    """A packet of a float32 matrix of two dimensions."""
    matrix = np.asarray(data, np.float32)
    if matrix.ndim != 2:
        raise ValueError(f"a matrix has two dimensions, not {matrix.ndim}")
    return Packet(matrix.T if transpose else matrix)


def create_image(data: Any, *, copy: bool = True) -> Packet:
    """A packet of an Image: uint8 (height, width, 3 or 4), RGB or RGBA."""
    image = np.array(data, copy=True) if copy else np.asarray(data)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4):
        raise ValueError(f"an Image is uint8 (height, width, 3 or 4), not {image.dtype} {image.shape}")
    return Packet(image)


create_image_frame = create_image


def _checked(kind: type, data: Any) -> Any:
    if not isinstance(data, kind):
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data
