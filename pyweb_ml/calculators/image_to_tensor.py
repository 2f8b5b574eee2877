"""ImageToTensorCalculator: an image as the float tensor that a model takes."""

from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import Fields, OutputPort
from pyweb_ml.graph.payloads import Image, ImageTensors, Matrix, Padding

_FRACTIONS = 32
"""Positions are kept in 1/32 of a pixel, as OpenCV's warpPerspective does (INTER_BITS 5)."""


@standard(
    "ImageToTensorCalculator",
    tags={"image": "IMAGE"},
    outputs=(
        OutputPort("TENSORS", "Tensors"),
        OutputPort("MATRIX", "Matrix", "matrix"),
        OutputPort("LETTERBOX_PADDING", "LetterboxPadding", "letterbox_padding"),
    ),
)
def image_to_tensor(
    image: Image,
    *,
    output_tensor_width: int,
    output_tensor_height: int,
    keep_aspect_ratio: bool = False,
    output_tensor_float_range: Annotated[tuple[float, float], Fields(("min", "max"))] = (0.0, 1.0),
    border_mode: Literal["BORDER_ZERO", "BORDER_REPLICATE"] = "BORDER_REPLICATE",
) -> ImageTensors:
    """Scales an image to a model's input, bilinearly and without averaging, as MediaPipe does on a CPU.

    Column i samples the image at x0 + i * (width of the region / output_tensor_width), rows likewise, where
    0 is the centre of the first pixel; the sample is rounded to 0..255 before it is scaled to the range.

    Args:
        image: uint8 (height, width, 3 or 4); alpha is left out.
        output_tensor_width, output_tensor_height: in pixels, at least 1.
        keep_aspect_ratio: pad the image (letterbox) rather than stretch it.
        output_tensor_float_range: what 0 and 255 become.
        border_mode: what lies outside the image: black (zero), or its nearest pixel.

    Returns:
        One float32 tensor (1, output_tensor_height, output_tensor_width, 3), with `matrix` (tensor to image)
        and `letterbox_padding`.

    Raises:
        ValueError: a size is not positive.
    """
    if output_tensor_width < 1 or output_tensor_height < 1:
        raise ValueError(f"the tensor's size {output_tensor_width}x{output_tensor_height} must be positive")
    height, width = image.shape[:2]
    region, padding = _region(width, height, output_tensor_height / output_tensor_width, keep_aspect_ratio)
    replicate = border_mode == "BORDER_REPLICATE"
    columns = _neighbours(region.x, region.width, output_tensor_width, width, replicate)
    rows = _neighbours(region.y, region.height, output_tensor_height, height, replicate)
    low, high = output_tensor_float_range
    pixels = _sample(image, rows, columns).astype(np.float32)
    tensor = pixels * np.float32((high - low) / 255) + np.float32(low)
    return ImageTensors([tensor[np.newaxis]], _matrix(region, width, height), padding)


class _Region(NamedTuple):
    """The part of an image, in pixels, that the whole tensor shows; it may reach beyond the image."""

    x: float
    y: float
    width: float
    height: float


class _Neighbours(NamedTuple):
    """For each row or column, the two pixels that it lies between, and their weights of 0..32."""

    indices: NDArray[np.intp]
    weights: NDArray[np.int32]


def _region(width: int, height: int, wanted: float, keep_aspect_ratio: bool) -> tuple[_Region, Padding]:
    has = height / width
    if not keep_aspect_ratio or wanted == has:
        return _Region(0, 0, width, height), Padding(0, 0, 0, 0)
    if wanted > has:
        tall, padding = width * wanted, (1 - has / wanted) / 2
        return _Region(0, (height - tall) / 2, width, tall), Padding(0, padding, 0, padding)
    wide, padding = height / wanted, (1 - wanted / has) / 2
    return _Region((width - wide) / 2, 0, wide, height), Padding(padding, 0, padding, 0)


def _neighbours(start: float, length: float, count: int, size: int, replicate: bool) -> _Neighbours:
    units = np.rint((start + np.arange(count) * (length / count)) * _FRACTIONS).astype(np.int64)
    first, fraction = units // _FRACTIONS, (units % _FRACTIONS).astype(np.int32)
    wanted = np.stack([first, first + 1])
    inside = np.clip(wanted, 0, size - 1)
    weights = np.stack([_FRACTIONS - fraction, fraction])
    return _Neighbours(inside, weights if replicate else np.where(inside == wanted, weights, 0))


def _sample(image: Image, rows: _Neighbours, columns: _Neighbours) -> NDArray[np.int32]:
    total = np.full((rows.indices.shape[1], columns.indices.shape[1], 3), _FRACTIONS**2 // 2, np.int32)
    for row, row_weight in zip(rows.indices, rows.weights, strict=True):
        for column, column_weight in zip(columns.indices, columns.weights, strict=True):
            pixels = image[row[:, np.newaxis], column, :3]
            total += pixels * np.multiply.outer(row_weight, column_weight)[..., np.newaxis]
    return total // _FRACTIONS**2


def _matrix(region: _Region, width: int, height: int) -> Matrix:
    x_scale, y_scale = region.width / width, region.height / height
    x, y = region.x / width, region.y / height
    return [x_scale, 0, 0, x, 0, y_scale, 0, y, 0, 0, x_scale, 0, 0, 0, 0, 1]
