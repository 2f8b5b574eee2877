"""How far each step of a model is from the step of the same name in another."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Graph, Model, Signature, Tensor
from pyweb_ml.converter.outline import unpacks_constants
from pyweb_ml.converter.proof.comparison import compare
from pyweb_ml.converter.proof.litert import run_litert
from pyweb_ml.converter.proof.samples import Arrays
from pyweb_ml.converter.proof.tfjs import run_tfjs
from pyweb_ml.converter.writers.tfjs import write_tfjs
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError

MAX_VALUES = 2**27
"""Of all steps together; half a gigabyte of float32. A larger model is not looked into."""


@dataclass(frozen=True)
class Steps:
    """The results of a model's operators by the names of their tensors, as one engine computes them."""

    values: Mapping[str, NDArray[Any]]


def steps_in_litert(model: Model, sample: Arrays) -> Steps:
    """Every step of the first graph in ai-edge-litert; integers that stand for reals as reals.

    Raises:
        ConversionError: the model is too large to keep every step, or does not run with all of them as outputs.
    """
    opened = _opened(model)
    with tempfile.TemporaryDirectory(prefix="pywebml-steps-") as folder:
        path = Path(folder) / "model.tflite"
        write_tflite(opened, path)
        (found,) = run_litert(path, opened, [sample])
    return Steps(_reals(opened, found))


def steps_in_tfjs(model: Model, sample: Arrays) -> Steps:
    """Every step of the first graph in TF.js, on wasm under Node.js.

    Raises:
        ConversionError: as `steps_in_litert`.
    """
    opened = _opened(model)
    with tempfile.TemporaryDirectory(prefix="pywebml-steps-") as folder:
        write_tfjs(opened, Path(folder))
        (found,) = run_tfjs(Path(folder), [sample])
    return Steps(_reals(opened, found))


def step_errors(reference: Steps, result: Steps) -> dict[str, float]:
    """The largest error of each step that both have in the same shape, as a part of the reference's range."""
    both = {
        name: value
        for name, value in reference.values.items()
        if name in result.values and _matches(value, result.values[name])
    }
    return {one.output: one.error for one in compare([both], [dict(result.values)])} if both else {}


def _matches(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two results can be compared: numbers of one shape, or of NCHW and NHWC."""
    turned = (*one.shape[:1], *one.shape[2:], one.shape[1]) if one.ndim == 4 else one.shape
    return one.dtype.kind in "fiu" and other.shape in (one.shape, turned)


def _opened(model: Model) -> Model:
    """The model with every step of its first graph as an output, by its tensor's name."""
    graph = model.graph
    made = [op.outputs[0] for op in graph.operators if op.outputs and not unpacks_constants(op)]
    steps = list({tensor.name: tensor for tensor in made if tensor.dtype != "resource"}.values())
    if sum(int(np.prod(np.maximum(tensor.shape, 1))) for tensor in steps) > MAX_VALUES:
        raise ConversionError("the model is too large to look into each step")
    signature = Signature(model.signatures[0].inputs, {tensor.name: tensor for tensor in steps})
    first = Graph(graph.inputs, steps, graph.operators, graph.name)
    return replace(model, graphs=[first, *model.graphs[1:]], signatures=[signature])


def _reals(model: Model, values: Arrays) -> Arrays:
    outputs = model.signatures[0].outputs
    return {name: _real(outputs[name], value) for name, value in values.items()}


def _real(tensor: Tensor, value: NDArray[Any]) -> NDArray[Any]:
    """What integers stand for; other values as they are."""
    quantization = tensor.quantization
    if quantization is None or value.dtype.kind not in "iu" or quantization.scale.size != 1:
        return value
    scale, zero = quantization.scale[0], np.float32(quantization.zero_point[0])
    real: NDArray[np.float32] = ((value.astype(np.float32) - zero) * scale).astype(np.float32)
    return real
