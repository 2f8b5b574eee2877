"""Recurrent layers, which TF.js's graph models have no node for: written out, step by step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule, several
from pyweb_ml.converter.writers.tfjs_ops.options import activation_of, flag, real
from pyweb_ml.converter.writers.tfjs_values import tfjs_values
from pyweb_ml.errors import ConversionError

MAX_STEPS = 512
"""A step is about ten nodes; beyond this the graph itself would be a burden."""

_WEIGHTS, _RECURRENT, _BIASES = range(1, 5), range(5, 9), range(12, 16)
_VARIANTS = {
    "peepholes": range(9, 12),
    "a projection": range(16, 18),
    "layer normalisation": range(20, 24),
}
"""Where the schema puts what only some of these layers have."""


@rule("UNIDIRECTIONAL_SEQUENCE_LSTM")
def lstm(emitter: Emitter, operator: Operator) -> Endpoint:
    """Input, forget, cell and output gate as one product; the state starts at 0 whenever the model runs."""
    _require_plain(operator)
    axis = 0 if flag(operator, "time_major") else 1
    shape = emitter.tensor(operator, 0).shape
    if not 0 < shape[axis] <= MAX_STEPS:
        raise ConversionError(f"it has {shape[axis]} steps; 1 to {MAX_STEPS} can be written out")
    emitter.notes.append(f"the state of '{operator.outputs[0].name}' starts at 0 in each run; a .tflite keeps it")
    recurrent = emitter.builder.constant(_joined(emitter, operator, _RECURRENT).T, "recurrent")
    hidden: list[Endpoint] = []
    state = None
    for gates in several(_projected(emitter, operator, axis), shape[axis]):
        if hidden:
            gates = emitter.add("AddV2", gates, emitter.add("MatMul", hidden[-1], recurrent))
        made, state = _step(emitter, gates, state)
        hidden.append(made)
    return emitter.add("Pack", *hidden, axis=axis)


def _projected(emitter: Emitter, operator: Operator, axis: int) -> Endpoint:
    """The gates' share of the inputs, for all steps at once, then apart."""
    *outer, width = emitter.tensor(operator, 0).shape
    weights = emitter.builder.constant(_joined(emitter, operator, _WEIGHTS).T, "weights")
    biases = emitter.builder.constant(_joined(emitter, operator, _BIASES), "biases")
    rows = emitter.reshape(emitter.input(operator, 0), [-1, width])
    gates = emitter.add("BiasAdd", emitter.add("MatMul", rows, weights), biases)
    return emitter.add(
        "Unpack", emitter.reshape(gates, [*outer, 4 * emitter.tensor(operator, 5).shape[0]]), axis=axis
    )


def _step(emitter: Emitter, gates: Endpoint, state: Endpoint | None) -> tuple[Endpoint, Endpoint]:
    """The hidden values and the state of the cell after a step."""
    parts = several(emitter.add("Split", emitter.numbers(1), gates, num_split=4), 4)
    opened, kept, output = (emitter.add("Sigmoid", parts[index]) for index in (0, 1, 3))
    made = emitter.add("Mul", opened, emitter.add("Tanh", parts[2]))
    if state is not None:
        made = emitter.add("AddV2", emitter.add("Mul", kept, state), made)
    return emitter.add("Mul", output, emitter.add("Tanh", made)), made


def _joined(emitter: Emitter, operator: Operator, indices: range) -> NDArray[Any]:
    """The four gates' constants, one below the other."""
    for index in indices:
        emitter.values(operator, index)
    return np.concatenate([tfjs_values(emitter.tensor(operator, index)) for index in indices])


def _require_plain(operator: Operator) -> None:
    inputs = dict(enumerate(operator.inputs))
    found = [
        name for name, indices in _VARIANTS.items() if any(inputs.get(index) is not None for index in indices)
    ]
    if inputs.get(1) is None:
        found.append("coupled gates")
    if any(real(operator, name) for name in ("cell_clip", "proj_clip")):
        found.append("clipping")
    if found or activation_of(operator) != "TANH":
        told = " and ".join(found) or f"the activation '{activation_of(operator)}'"
        raise ConversionError(f"it has {told}; only the plain layer with TANH is written out")
