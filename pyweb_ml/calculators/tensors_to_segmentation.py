"""TensorsToSegmentationCalculator: a model's output as a mask of the picture's size."""

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.calculators.image_properties import image_properties
from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Image, Mask, Size, Tensors

Activation: TypeAlias = Literal["NONE", "SIGMOID", "SOFTMAX"]


@standard(
    "TensorsToSegmentationCalculator",
    tags={"size_of": "OUTPUT_SIZE"},
    outputs=(OutputPort("MASK", "Mask"),),
    called="tensors_to_segmentation",
)
def _segmentation(
    tensors: Tensors,
    size_of: Size | None = None,
    *,
    activation: Activation = "NONE",
    output_layer_index: int = 1,
) -> Mask:
    small = _activate(_plane(tensors, activation), activation, output_layer_index)
    return small if size_of is None else _resize(small, size_of.width, size_of.height)


def tensors_to_segmentation(
    tensors: Tensors,
    *,
    size_of: Image | None = None,
    activation: Activation = "NONE",
    output_layer_index: int = 1,
    **unknown: Any,
) -> Mask:
    """Makes a segmentation model's output into a mask.

    Args:
        tensors: the first is float32 (1, height, width, channels); one channel, or two for "SOFTMAX".
        size_of: an image to whose size the mask is scaled, bilinearly with pixel centres aligned; without
            it, the mask has the tensor's size.
        activation: what turns the model's numbers into 0..1.
        output_layer_index: for "SOFTMAX", which of the two channels the mask is, 0 or 1.

    Returns:
        float32 (height, width).

    Raises:
        ValueError: the tensor's shape does not fit the activation.
    """
    size = None if size_of is None else image_properties(size_of)
    options: dict[str, Any] = {"activation": activation, "output_layer_index": output_layer_index, **unknown}
    return _segmentation(tensors, size, **options)


def _plane(tensors: Tensors, activation: Activation) -> NDArray[np.float32]:
    channels = 2 if activation == "SOFTMAX" else 1
    tensor = tensors[0]
    plane = tensor[0] if tensor.ndim == 4 and tensor.shape[0] == 1 else tensor
    if plane.ndim != 3 or plane.shape[2] != channels or tensor.dtype != np.float32:
        raise ValueError(
            f"segmentation with activation {activation} takes a float32 tensor (1, height, width, {channels}), "
            f"not {tensor.dtype} {tensor.shape}; choose another 'activation', or another model"
        )
    return np.asarray(plane)


def _activate(plane: NDArray[np.float32], activation: Activation, layer: int) -> Mask:
    if activation == "NONE":
        return plane[..., 0]
    if activation == "SIGMOID":
        return _sigmoid(plane[..., 0].astype(np.float64))
    if layer not in (0, 1):
        raise ValueError(f"the option 'output_layer_index' must be 0 or 1, not {layer}")
    wide = plane.astype(np.float64)
    # Of two channels, the share of one is the sigmoid of its lead.
    return _sigmoid(wide[..., layer] - wide[..., 1 - layer])


def _sigmoid(values: NDArray[np.float64]) -> Mask:
    with np.errstate(over="ignore"):  # exp(1000) is infinite, and 1 / infinity is the right 0
        return (1 / (1 + np.exp(-values))).astype(np.float32)


def _resize(mask: Mask, width: int, height: int) -> Mask:
    """As OpenCV's resize with INTER_LINEAR: pixel centres aligned, edges repeated."""
    left, right, across = _between(width, mask.shape[1])
    upper, lower, down = _between(height, mask.shape[0])
    stretched = mask[:, left] * (1 - across) + mask[:, right] * across
    down = down[:, np.newaxis]
    resized: Mask = stretched[upper] * (1 - down)
    resized += stretched[lower] * down
    return resized


def _between(count: int, size: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    position = ((np.arange(count) + 0.5) * (size / count) - 0.5).astype(np.float32)
    first = np.floor(position).astype(np.intp)
    within = (first >= 0) & (first < size - 1)
    fraction = np.where(within, position - first.astype(np.float32), np.float32(0))
    return np.clip(first, 0, size - 1), np.clip(np.where(within, first + 1, first), 0, size - 1), fraction
