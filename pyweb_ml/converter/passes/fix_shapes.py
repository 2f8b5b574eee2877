"""Shapes that are known only at run time, fixed."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from pyweb_ml.converter.interpreter import open_interpreter
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError

Shapes = Mapping[str, tuple[int, ...]]


def fix_shapes(model: Model, shapes: Shapes) -> Model:
    """Gives inputs of the first graph these shapes, by name ("": the only one), and its tensors what follows.

    LiteRT says what follows. What depends on the values that flow stays unknown.

    Raises:
        ConversionError: there is no such input, or LiteRT does not take its shape.
    """
    if not shapes:
        return model
    with tempfile.TemporaryDirectory(prefix="pywebml-shapes-") as folder:
        path = Path(folder) / "model.tflite"
        write_tflite(model, path)
        follows = _resized(path, {_number(model, name): shape for name, shape in shapes.items()})
    for number, tensor in enumerate(model.graph.tensors):
        if number in follows and not tensor.is_constant:
            tensor.shape = follows[number]
    return model


def _resized(path: Path, shapes: Mapping[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """The shapes of a file's tensors by their numbers, when its inputs have these."""
    interpreter = open_interpreter(path, xnnpack=False)
    try:
        for number, shape in shapes.items():
            interpreter.resize_tensor_input(number, shape)
        interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise ConversionError(f"LiteRT does not take the shapes {list(shapes.values())}: {error}") from error
    return {detail["index"]: tuple(map(int, detail["shape"])) for detail in interpreter.get_tensor_details()}


def _number(model: Model, name: str) -> int:
    """The number of an input, by its tensor's name or a signature's, in the written file: inputs come first."""
    inputs = model.graph.inputs
    named = {tensor.name: tensor for tensor in inputs}
    for signature in model.signatures:
        named |= {known: tensor for known, tensor in signature.inputs.items() if tensor in inputs}
    if not name and len(inputs) == 1:
        return 0
    if name not in named:
        raise ConversionError(f"there is no input '{name}' to give a shape to; the inputs are {sorted(named)}")
    return inputs.index(named[name])
