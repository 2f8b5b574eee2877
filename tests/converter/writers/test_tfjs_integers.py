"""Quantised models in TF.js, against LiteRT's integer kernels: the same integers, but for a step of rounding."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from pyweb_ml.converter.model import Graph, Model, Operator, Option, Quantization, Tensor
from pyweb_ml.converter.writers.tfjs import write_tfjs
from pyweb_ml.converter.writers.tflite import write_tflite
from tests.converter.tfjs import Arrays, NodeTfjs

CONV: dict[str, Any] = {"padding": "SAME", "stride_h": 1, "stride_w": 1}
POOL = {**CONV, "filter_height": 2, "filter_width": 2}


@pytest.fixture(scope="module")
def node() -> Iterator[NodeTfjs]:
    process = NodeTfjs()
    yield process
    process.close()


def quantized(
    name: str,
    shape: tuple[int, ...],
    scale: float | NDArray[Any],
    zero_point: int = 0,
    dtype: str = "int8",
    data: NDArray[Any] | None = None,
    axis: int = 0,
) -> Tensor:
    scales = np.atleast_1d(np.asarray(scale, np.float32))
    points = np.full(scales.shape, zero_point, np.int64)
    return Tensor(name, shape, dtype, data, Quantization(scales, points, axis))


def integers(*shape: int, dtype: str = "int8", seed: int = 0, span: int = 127) -> NDArray[Any]:
    low = 0 if dtype == "uint8" else -span
    return np.random.default_rng(seed).integers(low, low + 2 * span + 1, shape).astype(dtype)


def conv(op: str = "CONV_2D", scale: float = 0.05, zero_point: int = 3, activation: str = "NONE") -> Graph:
    """Per channel, as quantisers write it: int32 biases of the scale of x times the scale of the weights."""
    x = quantized("x", (1, 5, 6, 4), 0.02, -5)
    shape, axis = ((6, 3, 3, 4), 0) if op == "CONV_2D" else ((1, 3, 3, 4), 3)
    scales = np.linspace(0.005, 0.02, shape[axis])
    weights = quantized("weights", shape, scales, data=integers(*shape, seed=1), axis=axis)
    bias = quantized("bias", shape[axis : axis + 1], scales * 0.02, dtype="int32")
    bias.data = integers(shape[axis], dtype="int32", seed=2, span=900)
    y = quantized("y", (1, 5, 6, shape[axis]), scale, zero_point)
    depth = {} if op == "CONV_2D" else {"depth_multiplier": 1}
    options = {**CONV, **depth, "fused_activation_function": activation}
    return Graph([x], [y], [Operator(op, [x, weights, bias], [y], options, version=3)])


def connected() -> Graph:
    x = quantized("x", (3, 8), 0.02, -5)
    weights = quantized("weights", (5, 8), 0.01, data=integers(5, 8, seed=1))
    bias = quantized("bias", (5,), 0.0002, dtype="int32", data=integers(5, dtype="int32", seed=2, span=900))
    y = quantized("y", (3, 5), 0.03, 1)
    options: dict[str, Option] = {"fused_activation_function": "RELU"}
    return Graph([x], [y], [Operator("FULLY_CONNECTED", [x, weights, bias], [y], options, version=4)])


def binary(op: str) -> Graph:
    a, b = quantized("a", (2, 3, 4), 0.02, -5), quantized("b", (2, 3, 4), 0.03, 7)
    y = quantized("y", (2, 3, 4), 0.04, 2)
    return Graph([a, b], [y], [Operator(op, [a, b], [y], {}, version=2)])


def unary(op: str, scale: float, zero_point: int, version: int = 2, **options: Any) -> Graph:
    x, y = quantized("x", (1, 4, 6, 4), 0.05, -5), quantized("y", (1, 4, 6, 4), scale, zero_point)
    return Graph([x], [y], [Operator(op, [x], [y], options, version=version)])


def moved() -> Graph:
    x, y = quantized("x", (1, 4, 6, 4), 0.05, -5), quantized("y", (4, 24), 0.05, -5)
    shape = Tensor("shape", (2,), "int32", np.array([4, 24], np.int32))
    return Graph([x], [y], [Operator("RESHAPE", [x, shape], [y], {"new_shape": [4, 24]})])


def between_floats(dtype: str) -> Graph:
    """What a static quantiser writes: QUANTIZE, integers, DEQUANTIZE."""
    zero_point = 120 if dtype == "uint8" else -5
    x, y = Tensor("x", (1, 4, 6, 4)), Tensor("y", (1, 4, 6, 4))
    a, b = (quantized(name, (1, 4, 6, 4), scale, zero_point, dtype) for name, scale in (("a", 0.02), ("b", 0.03)))
    operators = [
        Operator("QUANTIZE", [x], [a]),
        Operator("ADD", [a, a], [b], {"fused_activation_function": "RELU"}, version=2),
        Operator("DEQUANTIZE", [b], [y], version=2),
    ]
    return Graph([x], [y], operators)


GRAPHS = {
    "conv": conv(),
    "conv whose RELU6 is only in its range": conv(scale=6 / 255, zero_point=-128),
    "conv with RELU": conv(activation="RELU"),
    "conv with RELU6": conv(activation="RELU6"),
    "depthwise conv": conv("DEPTHWISE_CONV_2D"),
    "fully connected": connected(),
    "add": binary("ADD"),
    "sub": binary("SUB"),
    "mul": binary("MUL"),
    "logistic": unary("LOGISTIC", 1 / 256, -128),
    "softmax": unary("SOFTMAX", 1 / 256, -128, beta=1.0),
    "average pool": unary("AVERAGE_POOL_2D", 0.05, -5, **POOL),
    "max pool": unary("MAX_POOL_2D", 0.05, -5, **POOL),
    "reshape": moved(),
    "requantised": unary("QUANTIZE", 0.03, 4, version=1),
    "between floats, int8": between_floats("int8"),
    "between floats, uint8": between_floats("uint8"),
}


@pytest.mark.parametrize("round_integers", [False, True])
@pytest.mark.parametrize("name", GRAPHS)
def test_a_quantised_operator_gives_litert_s_integers_within_a_step(
    name: str, round_integers: bool, tmp_path: Path, node: NodeTfjs
) -> None:
    graph = GRAPHS[name]
    model = Model([graph])
    write_tflite(model, tmp_path / "model.tflite")
    result = write_tfjs(model, tmp_path, round_integers=round_integers)
    inputs = {tensor.name: _values(tensor, seed) for seed, tensor in enumerate(graph.inputs)}
    expected = _run_litert(tmp_path / "model.tflite", inputs)["y"]
    made = node.run(tmp_path, inputs, "wasm")["y"]
    output = graph.operators[-1].inputs[0] if graph.outputs[0].quantization is None else None
    step = float(output.quantization.scale[0]) if output and output.quantization else 1
    assert np.abs(made.astype(np.float64) - expected).max() <= step * 1.001
    assert [note for note in result.notes if "TF.js has no integer kernels" in note]


def test_a_range_that_stands_for_an_activation_is_kept(tmp_path: Path, node: NodeTfjs) -> None:
    """Without it values below 0 and above 6 would come out."""
    graph = conv(scale=6 / 255, zero_point=-128)
    model = Model([graph])
    write_tfjs(model, tmp_path)
    made = node.run(tmp_path, {"x": _values(graph.inputs[0], 0)}, "wasm")["y"]
    assert (made.min(), made.max()) == (-128, 127)


def _values(tensor: Tensor, seed: int) -> NDArray[Any]:
    if tensor.dtype == "float32":
        return np.random.default_rng(seed).uniform(-2, 2, tensor.shape).astype(np.float32)
    return integers(*tensor.shape, dtype=tensor.dtype, seed=seed)


def _run_litert(path: Path, inputs: Arrays) -> Arrays:
    kind = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    outputs: Arrays = Interpreter(str(path), experimental_op_resolver_type=kind).get_signature_runner()(**inputs)
    return outputs
