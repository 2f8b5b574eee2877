"""Shapes that are known only at run time, fixed."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyweb_ml.converter.interpreter import open_interpreter
from pyweb_ml.converter.model import Model, Tensor
from pyweb_ml.converter.passes.fold_constants import fold_constants
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError

Shapes = Mapping[str, tuple[int, ...]]


def fix_shapes(model: Model, shapes: Shapes) -> Model:
    """Gives inputs of the first graph these shapes, by name ("": the only one), and its tensors what follows.

    LiteRT says what follows. What depends on the values that flow stays unknown; where these are only shapes that
    are known by now, they are folded.

    Raises:
        ConversionError: there is no such input, a shape does not fit it, or LiteRT does not take it.
    """
    if not shapes:
        return model
    for name, shape in shapes.items():
        tensor = _input(model, name)
        tensor.shape = _fitting(tensor, shape)
    _infer(model, shapes)
    while not model.graph.is_fixed and _folds(model):
        _infer(model, shapes)
    return model


def _folds(model: Model) -> bool:
    """Whether some operators have become constants."""
    before = len(model.graph.operators)
    return len(fold_constants(model).graph.operators) < before


def _fitting(tensor: Tensor, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape, if it differs from the tensor's in sizes alone that are open."""
    own = tensor.shape
    fits = [size > 0 and old in (-1, size) for size, old in zip(shape, own, strict=False)]
    if len(shape) == len(own) and all(fits):
        return shape
    example = ", ".join("1" if size == -1 else str(size) for size in own)
    declared = ", ".join("?" if size == -1 else str(size) for size in own)
    raise ConversionError(
        f"the shape {shape} does not fit the input '{tensor.name}', which is ({declared}); "
        f"only a ? may be chosen, as in ({example})"
    )


def _infer(model: Model, shapes: Shapes) -> None:
    """Sets the shapes of the first graph's tensors that its inputs' shapes decide."""
    with tempfile.TemporaryDirectory(prefix="pywebml-shapes-") as folder:
        path = Path(folder) / "model.tflite"
        write_tflite(model, path)
        decided = _decided(path, shapes)
    for number, tensor in enumerate(model.graph.tensors):
        if number in decided and not tensor.is_constant:
            tensor.shape = decided[number]


def _decided(path: Path, shapes: Shapes) -> dict[int, tuple[int, ...]]:
    """The shapes of a file's tensors by their numbers, but of those that LiteRT decides while it runs."""
    interpreter = open_interpreter(path, xnnpack=False)
    try:
        interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise ConversionError(f"LiteRT does not take the shapes {list(shapes.values())}: {error}") from error
    details = [one for one in interpreter.get_tensor_details() if _has_room(interpreter, one["index"])]
    return {detail["index"]: tuple(map(int, detail["shape"])) for detail in details}


def _has_room(interpreter: Any, number: int) -> bool:
    """Whether a tensor has got its memory, before anything runs: until its shape is known it has none."""
    try:
        interpreter.tensor(number)()
    except ValueError:
        return False
    return True


def _input(model: Model, name: str) -> Tensor:
    """An input, by its tensor's name or a signature's."""
    inputs = model.graph.inputs
    named = {tensor.name: tensor for tensor in inputs}
    for signature in model.signatures:
        named |= {known: tensor for known, tensor in signature.inputs.items() if tensor in inputs}
    if not name and len(inputs) == 1:
        return inputs[0]
    if not name:
        raise ConversionError(f"one shape is given, but it has the inputs {sorted(named)}")
    if name not in named:
        raise ConversionError(f"there is no input '{name}' to give a shape to; the inputs are {sorted(named)}")
    return named[name]
