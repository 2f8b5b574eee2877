"""Runs `.tflite` files in ai-edge-litert, by the names of the model's signature."""

import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from pyweb_ml.converter.interpreter import open_interpreter
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.proof.samples import Arrays
from pyweb_ml.errors import ConversionError

ENGINE = f"ai-edge-litert {version('ai-edge-litert')}"
_RUNS = 15
_SECONDS = 2.0


def run_litert(path: Path, model: Model, samples: Sequence[Arrays]) -> list[Arrays]:
    """Every output by name, for each sample.

    Args:
        path: a `.tflite`.
        model: the same model, or what it was read as: its signature names the inputs and outputs.

    Raises:
        ConversionError: LiteRT cannot run it.
    """
    interpreter = open_interpreter(path)
    try:
        return [_run(interpreter, model, sample) for sample in samples]
    except (RuntimeError, ValueError) as error:
        said = " ".join(str(error).split())[:400]
        raise ConversionError(f"LiteRT cannot run '{path.name}': {said}") from error


def native_milliseconds(path: Path, model: Model, sample: Arrays) -> float:
    """The median time of a run on one thread, in milliseconds.

    Of 15 runs after one that warms up, or as many as fit into 2 s, but 3 at least.
    """
    interpreter = open_interpreter(path)
    _run(interpreter, model, sample)
    times: list[float] = []
    while len(times) < 3 or (len(times) < _RUNS and sum(times) < _SECONDS):
        start = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - start)
    return 1000 * median(times)


def _run(interpreter: Any, model: Model, sample: Arrays) -> Arrays:
    """By position: a file need not have a signature."""
    signature = model.signatures[0]
    names = {tensor: name for name, tensor in signature.inputs.items()}
    places = list(zip(interpreter.get_input_details(), model.graph.inputs, strict=True))
    for detail, tensor in places:
        interpreter.resize_tensor_input(detail["index"], sample[names[tensor]].shape)
    interpreter.allocate_tensors()
    for detail, tensor in places:
        interpreter.set_tensor(detail["index"], sample[names[tensor]])
    interpreter.invoke()
    details = dict(zip(model.graph.outputs, interpreter.get_output_details(), strict=True))
    return {
        name: interpreter.get_tensor(details[tensor]["index"]).copy() for name, tensor in signature.outputs.items()
    }
