"""Running a model of the middle form as ai-edge-litert runs its `.tflite`."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.writers.tflite import write_tflite


def run_litert(model: Model, *inputs: NDArray[Any]) -> list[NDArray[Any]]:
    """The outputs, in the order of the graph's, for inputs in the order of the graph's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        write_tflite(model, path)
        interpreter = Interpreter(str(path))
        interpreter.allocate_tensors()
        for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def farthest(got: NDArray[Any], wanted: NDArray[Any]) -> float:
    """The largest difference, as a part of the wanted values' range, or of the value where there is but one."""
    assert got.shape == wanted.shape
    wanted = np.asarray(wanted, np.float64)
    extent = float(np.ptp(wanted) if wanted.size > 1 else np.abs(wanted).max())
    return float(np.abs(np.asarray(got, np.float64) - wanted).max()) / max(extent, 1e-9)
