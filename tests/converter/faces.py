"""The face detector, its pictures, and how far a changed model's boxes are from the original's."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from pyweb_ml.converter.interpreter import run_model
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.writers.tflite import write_tflite

FACES = "face_detection_short_range.tflite"
"""Its name in the zoo."""


def pictures() -> list[NDArray[Any]]:
    """Photographs as the face detector takes them: 1, 128, 128, 3 in -1 to 1."""
    photos: Any = (data.astronaut(), data.chelsea(), data.coffee(), data.rocket())  # type: ignore[no-untyped-call]
    return [
        np.asarray(Image.fromarray(photo).resize((128, 128)), np.float32)[None] / 127.5 - 1 for photo in photos
    ]


def size_of(model: Model, folder: Path, *, compressed: bool = False) -> int:
    """The bytes of its file, perhaps compressed as servers send it."""
    write_tflite(model, folder / "m.tflite")
    data = (folder / "m.tflite").read_bytes()
    return len(gzip.compress(data)) if compressed else len(data)


def boxes(model: Model) -> NDArray[Any]:
    """What the face detector says of a photograph of a person."""
    (name,) = [tensor.name for tensor in model.graph.inputs]
    return run_model(model, {name: pictures()[0]})[0]


def error_of(model: Model, wanted: NDArray[Any]) -> float:
    """The mean difference, as a part of the wanted values' range."""
    return float(np.abs(boxes(model) - wanted).mean() / np.ptp(wanted))
