"""Pictures in and out with channels last, as image_to_tensor gives them and the page's engines like them."""

from collections.abc import Sequence

import numpy as np

from pyweb_ml.converter.model import Model, Operator, Tensor
from pyweb_ml.converter.passes.layout import cancel_transposes

_TO_FIRST = (0, 3, 1, 2)
_TO_LAST = (0, 2, 3, 1)


def channels_last(model: Model, *, inputs: bool = True, outputs: bool = True) -> Model:
    """Makes (batch, height, width, channels) of the first graph's inputs and outputs of four axes.

    For models of frameworks with channels first, (batch, channels, height, width); a model cannot say which it is.
    Names stay. Transposes that this makes needless are taken out.
    """
    graph = model.graph
    replaced: dict[Tensor, Tensor] = {}
    if inputs:
        turned = [_turned_input(one) for one in graph.inputs if len(one.shape) == 4]
        graph.operators = [op for op, _, _ in turned] + graph.operators
        replaced |= {old: new for _, old, new in turned}
        graph.inputs = [replaced.get(one, one) for one in graph.inputs]
    for signature in model.signatures:
        signature.inputs = {name: replaced.get(one, one) for name, one in signature.inputs.items()}
    if outputs:
        _turn_outputs(model)
    return cancel_transposes(model)


def _turned_input(old: Tensor) -> tuple[Operator, Tensor, Tensor]:
    """A transpose that makes what the input was, that, and the new input."""
    new = Tensor(old.name, _shape(old, _TO_LAST), old.dtype, quantization=old.quantization)
    old.name += "/first"
    return _transpose(new, old, _TO_FIRST), old, new


def _turn_outputs(model: Model) -> None:
    replaced = {}
    for old in dict.fromkeys(model.graph.outputs):
        if len(old.shape) == 4:
            new = Tensor(old.name, _shape(old, _TO_LAST), old.dtype, quantization=old.quantization)
            if old not in model.graph.inputs:
                old.name += "/first"
            model.graph.operators.append(_transpose(old, new, _TO_LAST))
            replaced[old] = new
    model.graph.outputs = [replaced.get(one, one) for one in model.graph.outputs]
    for signature in model.signatures:
        signature.outputs = {name: replaced.get(one, one) for name, one in signature.outputs.items()}


def _shape(tensor: Tensor, order: Sequence[int]) -> tuple[int, ...]:
    return tuple(tensor.shape[axis] for axis in order)


def _transpose(given: Tensor, made: Tensor, order: Sequence[int]) -> Operator:
    array = np.array(order, np.int32)
    return Operator("TRANSPOSE", [given, Tensor(f"{made.name}/order", (4,), "int32", array)], [made])
