"""A model of one operator, run by LiteRT and written for TF.js, so that the two can be compared."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.writers.tfjs import write_tfjs
from pyweb_ml.converter.writers.tflite import write_tflite
from tests.converter.op_specs.case import After, Case, Given
from tests.converter.tfjs import Arrays, Runner, TfjsError

TOLERANCES = {"cpu": 1e-4, "wasm": 1e-4, "webgl": 1e-3, "webgpu": 1e-3}
"""Of the range of the reference's values: another order of sums, and on GPUs sines and powers of their own."""


@dataclass(frozen=True)
class Prepared:
    """A case in a folder, as TF.js reads it; its inputs, and what LiteRT makes of them."""

    folder: Path
    operator: Operator
    inputs: Arrays
    expected: Arrays


def prepare(case: Case, folder: Path) -> Prepared:
    """Writes the case's model for LiteRT, runs it there, and writes it for TF.js."""
    folder.mkdir(parents=True)
    model = model_of(case)
    inputs = {f"in{index}": one.values for index, one in _flowing(case)}
    write_tflite(model, folder / "model.tflite")
    expected = run_litert(folder / "model.tflite", inputs)
    for operator in model.graph.operators:
        # What stands between has the output's shape: activations keep it.
        for made, last in zip(operator.outputs, model.graph.outputs, strict=True):
            made.shape = expected[last.name].shape
    write_tfjs(model, folder)
    return Prepared(folder, model.graph.operators[0], inputs, expected)


def run_litert(path: Path, inputs: Arrays) -> Arrays:
    """Every output by name, as LiteRT's own kernels make it (no delegate)."""
    interpreter = Interpreter(
        str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    )
    runner = interpreter.get_signature_runner()
    outputs: Arrays = runner(**inputs)
    return outputs


def what_differs(prepared: Prepared, runner: Runner, backend: str) -> str:
    """What is wrong with TF.js's outputs, its own complaint if it cannot run the model; nothing if they agree."""
    try:
        made = runner.run(prepared.folder, prepared.inputs, backend)
    except TfjsError as error:
        return str(error)
    pairs = ((values, made[name]) for name, values in prepared.expected.items())
    return "; ".join(filter(None, (difference(*pair, TOLERANCES[backend]) for pair in pairs)))


def difference(expected: NDArray[Any], made: NDArray[Any], tolerance: float) -> str:
    """What is wrong with the values; nothing if they agree: reals to a part of their range, others exactly."""
    if expected.shape != made.shape:
        return f"the shape is {made.shape}, not {expected.shape}"
    if expected.dtype.kind != "f":
        wrong = int((expected.astype(made.dtype) != made).sum())
        return f"{wrong} of {made.size} values differ" if wrong else ""
    error = np.abs(expected - made).max(initial=0)
    allowed = tolerance * max(1, float(np.ptp(expected)) if expected.size else 0)
    return "" if error <= allowed else f"the largest error is {error:.3g}, above {allowed:.3g}"


def _flowing(case: Case) -> list[tuple[int, Given]]:
    inputs = enumerate(case.step.inputs)
    return [(index, one) for index, one in inputs if one is not None and not (one.constant or one.variable)]


def model_of(case: Case) -> Model:
    """The case's model; its outputs have no shapes yet."""
    step = case.step
    inputs = [None if one is None else _tensor(index, one) for index, one in enumerate(step.inputs)]
    outputs = [Tensor(f"out{index}", (), dtype) for index, dtype in enumerate(step.outputs)]
    operator = Operator(case.op, inputs, outputs, dict(step.options), step.custom, version=step.version)
    given = [one for one in inputs if one is not None and not (one.is_constant or one.variable)]
    if step.after is None:
        return Model([Graph(given, outputs, [operator])])
    operator.outputs = [Tensor("between", (), outputs[0].dtype)]
    return Model([Graph(given, outputs, [operator, _after(step.after, operator.outputs[0], outputs)])])


def _after(after: After, source: Tensor, outputs: list[Tensor]) -> Operator:
    constants = [_tensor(100 + index, one) for index, one in enumerate(after.inputs)]
    return Operator(after.op, [source, *constants], outputs, dict(after.options))


def _tensor(index: int, given: Given) -> Tensor:
    values = given.values
    data = values if given.constant else None
    return Tensor(f"in{index}", values.shape, values.dtype.name, data, variable=given.variable)
