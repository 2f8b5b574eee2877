"""Reads packets, by the names of MediaPipe's `packet_getter`; an empty one, or another type, is an error."""

from typing import Any

import numpy as np

from pyweb_ml.packet import Packet


def get(packet: Packet) -> Any:
    """The payload, of whatever type.

    Raises:
        ValueError: the packet is empty.
    """
    if packet.is_empty():
        raise ValueError(f"the packet at {packet.timestamp} is empty: it has no payload")
    return packet.value


def get_str(packet: Packet) -> str:
    return str(_checked(packet, str))


def get_bytes(packet: Packet) -> bytes:
    value = _checked(packet, str, bytes)
    return value.encode() if isinstance(value, str) else bytes(value)


def get_bool(packet: Packet) -> bool:
    return bool(_checked(packet, bool))


def get_int(packet: Packet) -> int:
    value = _checked(packet, int, np.integer)
    if isinstance(value, bool):
        raise TypeError(f"the packet at {packet.timestamp} holds a bool, not an integer")
    return int(value)


def get_uint(packet: Packet) -> int:
    value = get_int(packet)
    if value < 0:
        raise ValueError(f"the packet at {packet.timestamp} holds {value}, which is negative")
    return value


def get_float(packet: Packet) -> float:
    return float(_checked(packet, float, np.floating))


def get_int_list(packet: Packet) -> list[int]:
    return _list(packet, int)


def get_bool_list(packet: Packet) -> list[bool]:
    return _list(packet, bool)


def get_float_list(packet: Packet) -> list[float]:
    return _list(packet, float)


def get_str_list(packet: Packet) -> list[str]:
    return _list(packet, str)


def get_packet_list(packet: Packet) -> list[Packet]:
    return _list(packet, Packet)


def get_str_to_packet_dict(packet: Packet) -> dict[str, Packet]:
    value: dict[str, Packet] = _checked(packet, dict)
    return dict(value)


def get_matrix(packet: Packet) -> Any:
    return _checked(packet, np.ndarray)


def get_image(packet: Packet) -> Any:
    """An Image: uint8 (height, width, 3 or 4)."""
    return _checked(packet, np.ndarray)


get_image_frame = get_image


def _list(packet: Packet, kind: type) -> list[Any]:
    value: list[Any] = _checked(packet, list, tuple)
    wrong = [one for one in value if not isinstance(one, kind)]
    if wrong:
        raise TypeError(f"the packet at {packet.timestamp} holds {wrong[0]!r}, which is no {kind.__name__}")
    return list(value)


def _checked(packet: Packet, *kinds: type) -> Any:
    value = get(packet)
    if not isinstance(value, kinds):
        name = type(value).__name__
        raise TypeError(
            f"the packet at {packet.timestamp} holds a value of type '{name}', not {kinds[0].__name__}"
        )
    return value
