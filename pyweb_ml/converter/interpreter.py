"""Runs models in ai-edge-litert."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError


def open_interpreter(path: Path, *, xnnpack: bool = True) -> Any:
    """LiteRT's interpreter of a `.tflite`, with its tensors not allocated yet.

    Args:
        xnnpack: whether operators go to XNNPACK where it takes them; else all run on LiteRT's own kernels.

    Raises:
        ConversionError: LiteRT does not take the file.
    """
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kind = OpResolverType.AUTO if xnnpack else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    try:
        return Interpreter(str(path), experimental_op_resolver_type=kind, num_threads=1)
    except (RuntimeError, ValueError) as error:
        raise ConversionError(f"LiteRT does not take it: {error}") from error


def run_model(
    model: Model, inputs: Mapping[str, NDArray[Any]] | None = None, *, xnnpack: bool = True
) -> list[NDArray[Any]]:
    """The outputs of a model's first graph, in its order, for inputs by the names of its tensors.

    Raises:
        ConversionError: LiteRT does not take the model, or fails to run it.
    """
    with tempfile.TemporaryDirectory(prefix="pywebml-run-") as folder:
        path = Path(folder) / "model.tflite"
        write_tflite(model, path)
        return run_file(path, inputs or {}, xnnpack=xnnpack)


def run_file(path: Path, inputs: Mapping[str, NDArray[Any]], *, xnnpack: bool = True) -> list[NDArray[Any]]:
    """The outputs of a `.tflite`, in its order, for inputs by the names of its tensors.

    Raises:
        ConversionError: LiteRT does not take the file, or fails to run it.
    """
    interpreter = open_interpreter(path, xnnpack=xnnpack)
    places = {detail["name"]: detail["index"] for detail in interpreter.get_input_details()}
    if places.keys() != inputs.keys():
        raise ConversionError(f"its inputs are {sorted(places)}, but values are given for {sorted(inputs)}")
    try:
        for name, value in inputs.items():
            interpreter.resize_tensor_input(places[name], value.shape)
        interpreter.allocate_tensors()
        for name, value in inputs.items():
            interpreter.set_tensor(places[name], value)
        interpreter.invoke()
    except (RuntimeError, ValueError) as error:
        raise ConversionError(f"LiteRT fails to run it: {error}") from error
    return [interpreter.get_tensor(detail["index"]).copy() for detail in interpreter.get_output_details()]
