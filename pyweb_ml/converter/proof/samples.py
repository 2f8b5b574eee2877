"""Inputs that a model is tried with: random ones, and pictures where there are any."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from pyweb_ml.converter.model import Model, Tensor
from pyweb_ml.errors import ConversionError

Arrays = dict[str, NDArray[Any]]
"""Arrays by the names of inputs or outputs."""
Range = tuple[float, float]
"""The values of a picture's black and white, as a model wants them."""

PICTURES = (".bmp", ".jpeg", ".jpg", ".png", ".webp")
MAX_PICTURES = 200
"""More would make a calibration slow, and no better."""
_RANDOM = 2
_CELLS = 6
_SEED = 20_261_121


@dataclass(frozen=True)
class Sample:
    """One set of inputs; `name` says where it is from, `real` whether it is no noise."""

    name: str
    inputs: Arrays
    real: bool = False


def random_samples(model: Model, value_range: Range = (0, 1)) -> list[Sample]:
    """Noise, the same each time: floats in `value_range`, integers over their type (32 bits and more: 0 to 9).

    Where an input takes pictures, half of the samples are noise that runs smoothly, as pictures do: what a model
    answers to hard noise is often the same everywhere, and proves little.
    """
    generator = np.random.default_rng(_SEED)
    inputs = model.signatures[0].inputs
    samples = [
        Sample(f"noise {index + 1}", {name: _noise(one, generator, value_range) for name, one in inputs.items()})
        for index in range(_RANDOM)
    ]
    if any(map(takes_pictures, inputs.values())):
        samples += [
            Sample(f"smooth noise {index + 1}", {
                name: (_smooth if takes_pictures(one) else _noise)(one, generator, value_range)
                for name, one in inputs.items()
            })
            for index in range(_RANDOM)
        ]  # fmt: skip
    return samples


def picture_samples(model: Model, folder: Path, value_range: Range = (0, 1)) -> list[Sample]:
    """The pictures in a folder, resized to each input that takes pictures; other inputs get noise.

    Raises:
        ConversionError: the folder has no pictures, or no input takes any.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)[:MAX_PICTURES]
    if not files:
        raise ConversionError(f"'{folder}' holds no pictures ({', '.join(PICTURES)})")
    inputs = model.signatures[0].inputs
    if not any(takes_pictures(tensor) for tensor in inputs.values()):
        raise ConversionError(
            f"'{folder}': no input of the model takes pictures, which has four dimensions and 1 or 3 channels"
        )
    generator = np.random.default_rng(_SEED)
    return [
        Sample(
            path.name,
            {
                name: _picture(path, tensor, value_range)
                if takes_pictures(tensor)
                else _noise(tensor, generator, value_range)
                for name, tensor in inputs.items()
            },
            real=True,
        )
        for path in files
    ]


def takes_pictures(tensor: Tensor) -> bool:
    """Whether an input has the shape of pictures: NHWC, or NCHW, of one or three channels."""
    return len(tensor.shape) == 4 and any(tensor.shape[axis] in (1, 3) for axis in (3, 1))


def _smooth(tensor: Tensor, generator: np.random.Generator, value_range: Range) -> NDArray[Any]:
    """A picture of noise at `_CELLS` places across its height and width, and a smooth course between them."""
    height, width, channels = _size_of(tensor)
    coarse = generator.integers(0, 256, (channels, _CELLS, _CELLS), np.uint8)
    size = (width, height)
    planes = [Image.fromarray(plane).resize(size, Image.Resampling.BICUBIC) for plane in coarse]
    return _placed(np.stack([np.asarray(plane) for plane in planes], axis=-1), tensor, value_range)


def _size_of(tensor: Tensor) -> tuple[int, int, int]:
    """The height, width and channels of the pictures that an input takes."""
    if tensor.shape[3] in (1, 3):
        return tensor.shape[1], tensor.shape[2], tensor.shape[3]
    return tensor.shape[2], tensor.shape[3], tensor.shape[1]


def _placed(pixels: NDArray[np.uint8], tensor: Tensor, value_range: Range) -> NDArray[Any]:
    """Pixels (height, width, channels) as an input takes them."""
    placed = pixels[None] if tensor.shape[3] in (1, 3) else pixels[None].transpose(0, 3, 1, 2)
    return np.ascontiguousarray(np.repeat(_valued(placed, tensor.dtype, value_range), tensor.shape[0], 0))


def _picture(path: Path, tensor: Tensor, value_range: Range) -> NDArray[Any]:
    height, width, channels = _size_of(tensor)
    try:
        with Image.open(path) as picture:
            mode = "RGB" if channels == 3 else "L"
            pixels = np.asarray(picture.convert(mode).resize((width, height), Image.Resampling.BILINEAR))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise ConversionError(f"the picture '{path}' cannot be read ({error})") from error
    return _placed(pixels.reshape(height, width, channels), tensor, value_range)


def _valued(pixels: NDArray[np.uint8], dtype: str, value_range: Range) -> NDArray[Any]:
    """Bytes as the values that an input takes; integers of 8 bits take them as they are, int8 moved by 128."""
    if dtype == "uint8":
        return pixels
    if dtype == "int8":
        return (pixels.astype(np.int16) - 128).astype(np.int8)
    low, high = value_range
    return (pixels * np.float32((high - low) / 255) + np.float32(low)).astype(dtype)


def _noise(tensor: Tensor, generator: np.random.Generator, value_range: Range) -> NDArray[Any]:
    dtype = np.dtype(tensor.dtype)
    if dtype.kind == "f":
        return generator.uniform(*value_range, tensor.shape).astype(dtype)
    if dtype.kind == "b":
        return generator.integers(0, 2, tensor.shape).astype(dtype)
    limits = np.iinfo(dtype)
    low, high = (limits.min, limits.max) if dtype.itemsize < 4 else (0, 9)
    return generator.integers(low, high, tensor.shape, endpoint=True).astype(dtype)


def require_fixed(model: Model) -> None:
    """Refuses inputs whose sizes are not known, or whose types no array has.

    Raises:
        ConversionError: with the input and what to give.
    """
    for name, problem in _input_problems(model):
        raise ConversionError(f"the input '{name}' {problem}")


def _input_problems(model: Model) -> Iterator[tuple[str, str]]:
    for name, tensor in model.signatures[0].inputs.items():
        if any(size < 1 for size in tensor.shape):
            shape = "x".join("?" if size < 0 else str(size) for size in tensor.shape)
            yield name, f"has the shape {shape}; fix it with --shape {name}=1,…"
        if tensor.dtype in ("string", "int4", "resource", "variant"):
            yield name, f"is of the type {tensor.dtype}, which no page can give"
