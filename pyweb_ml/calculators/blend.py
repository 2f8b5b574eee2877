"""BlendCalculator: one image over another, by a mask."""

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Image, Mask

_ONE = 32768
"""Weights are whole numbers of 1/32768, at most 32767: what WebAssembly multiplies 16 bits by. That the
greatest is less than 1 is lost in the rounding, so that 0 and 1 choose exactly."""
_BLOCK = 128


@standard("BlendCalculator", outputs=(OutputPort("IMAGE", "Image"),), package="pywebml")
def blend(foreground: Image, background: Image, mask: Mask) -> Image:
    """mask * foreground + (1 - mask) * background, rounded; alpha too.

    Args:
        foreground, background: uint8 (height, width, 3 or 4), of one shape.
        mask: float32 (height, width); what lies outside 0..1 is clipped, NaN is 0.

    Returns:
        An image of the same shape.

    Raises:
        ValueError: the sizes differ.
    """
    _check_size("background", background.shape, foreground.shape)
    _check_size("mask", mask.shape, foreground.shape[:2])
    out = np.empty_like(foreground)
    for start in range(0, len(out), _BLOCK):
        rows = slice(start, start + _BLOCK)
        out[rows] = _mix(foreground[rows], background[rows], mask[rows])
    return out


def _mix(foreground: Image, background: Image, mask: Mask) -> NDArray[np.int32]:
    back = background.astype(np.int32)
    share = np.where(mask > 0, np.minimum(mask, np.float32((_ONE - 1) / _ONE)), np.float32(0))
    weight = np.rint(share * np.float32(_ONE)).astype(np.int32)[..., np.newaxis]
    mixed: NDArray[np.int32] = back + (((foreground - back) * weight + 0x4000) >> 15)
    return mixed


def _check_size(name: str, given: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if given != wanted:
        raise ValueError(
            "blend takes images and a mask of one size, but the foreground is "
            f"{wanted[1]}x{wanted[0]} and the {name} {given[1]}x{given[0]}"
            + (f" ({given[2]} and {wanted[2]} channels)" if given[:2] == wanted[:2] else "")
        )
