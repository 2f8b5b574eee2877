"""InferenceCalculator: runs a `.tflite` model; on the desktop with ai-edge-litert (XNNPACK)."""

import functools
import threading
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from pyweb_ml.errors import ModelError
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Tensors


@standard("InferenceCalculator", tags={"tensors": "TENSORS"}, outputs=(OutputPort("TENSORS", "Tensors"),))
def inference(tensors: Tensors, *, model: Model) -> Tensors:
    """Runs a model on tensors.

    Args:
        tensors: one array for each input of the model, of its shape and dtype.
        model: the model's file.

    Returns:
        One array for each output, in the order of the model's outputs.

    Raises:
        ModelError: the file is no model that LiteRT can run, or the tensors do not fit its inputs.
    """
    from pyweb_ml.models import fetch

    return run_model(fetch(model), model.name, tensors)


def run_model(path: Path, name: str, tensors: Tensors) -> Tensors:
    """Runs the model in the file at `path`; `name` is what errors call it. Safe on several threads."""
    interpreter, lock = _interpreter(path, name)
    with lock:
        return _run(interpreter, name, tensors)


def _run(interpreter: Any, name: str, tensors: Tensors) -> Tensors:
    details = interpreter.get_input_details()
    if len(details) != len(tensors):
        raise ModelError(f"the model '{name}' takes {len(details)} tensors, but was given {len(tensors)}")
    for detail, tensor in zip(details, tensors, strict=True):
        _check_input(name, detail, tensor)
        interpreter.set_tensor(detail["index"], tensor)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


@functools.cache
def _interpreter(path: Path, name: str) -> tuple[Any, threading.Lock]:
    """The interpreter, and the lock to hold from setting its tensors until they are read: nodes may share it."""
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(model_path=str(path))
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        _refuse(name, error)
    return interpreter, threading.Lock()


def _refuse(name: str, error: Exception) -> NoReturn:
    raise ModelError(f"LiteRT cannot run the model '{name}': {' '.join(str(error).split())[:300]}") from error


def _check_input(name: str, detail: dict[str, Any], tensor: Any) -> None:
    shape, dtype = tuple(int(one) for one in detail["shape"]), np.dtype(detail["dtype"])
    if tensor.shape != shape or tensor.dtype != dtype:
        raise ModelError(
            f"the model '{name}' takes {dtype} {shape} as '{detail['name']}', "
            f"but was given {tensor.dtype} {tensor.shape}"
        )
