"""Small networks as TF.js graph models, against LiteRT: how operators of a family work together."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.writers.tfjs import write_tfjs
from pyweb_ml.converter.writers.tfjs_weights import Storage
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.one_op import difference, run_litert
from tests.converter.tfjs import Arrays, NodeTfjs

TOKENS, WIDTH, HEADS = 6, 8, 2
CONV: dict[str, Any] = {"padding": "SAME", "stride_w": 2, "stride_h": 2, "fused_activation_function": "RELU6"}
POOL: dict[str, Any] = {"padding": "VALID", "stride_w": 2, "stride_h": 2, "filter_width": 2, "filter_height": 2}


@pytest.fixture(scope="module")
def node() -> Iterator[NodeTfjs]:
    process = NodeTfjs()
    yield process
    process.close()


class Weights:
    """Random constants, the same in each run."""

    def __init__(self, graph: GraphBuilder) -> None:
        self._graph = graph
        self._random = np.random.default_rng(3)

    def __call__(self, *shape: int) -> Tensor:
        return self._graph.constant("weights", self._random.normal(0, 0.5, shape).astype(np.float32))


def layer_norm(graph: GraphBuilder, x: Tensor, weights: Weights) -> Tensor:
    last = graph.integers("last", [2])
    mean = graph.add("MEAN", [x, last], keep_dims=True)
    variance = graph.add("MEAN", [graph.add("SQUARED_DIFFERENCE", [x, mean]), last], keep_dims=True)
    small = graph.constant("small", np.array(1e-5, np.float32))
    scale = graph.add("RSQRT", [graph.add("ADD", [variance, small])])
    normal = graph.add("MUL", [graph.add("SUB", [x, mean]), scale])
    return graph.add("ADD", [graph.add("MUL", [normal, weights(WIDTH)]), weights(WIDTH)])


def heads(graph: GraphBuilder, x: Tensor, weights: Weights) -> Tensor:
    """(1, tokens, width) as (1, heads, tokens, width / heads)."""
    made = graph.add("FULLY_CONNECTED", [x, weights(WIDTH, WIDTH), weights(WIDTH)], keep_num_dims=True)
    return graph.transpose(graph.reshape(made, [1, TOKENS, HEADS, WIDTH // HEADS]), [0, 2, 1, 3])


def attention(graph: GraphBuilder, x: Tensor, weights: Weights) -> Tensor:
    query, key, value = (heads(graph, x, weights) for _ in range(3))
    scores = graph.add("BATCH_MATMUL", [query, key], adj_x=False, adj_y=True)
    mixed = graph.add("BATCH_MATMUL", [graph.add("SOFTMAX", [scores], beta=0.5), value], adj_x=False, adj_y=False)
    return graph.reshape(graph.transpose(mixed, [0, 2, 1, 3]), [1, TOKENS, WIDTH])


def transformer() -> tuple[Model, Arrays]:
    """Embedding, a layer with attention and GELU, and the classes of the first token."""
    graph = GraphBuilder()
    weights = Weights(graph)
    ids = graph.input("ids", (1, TOKENS), "int32")
    x = graph.add("GATHER", [weights(20, WIDTH), ids], axis=0, batch_dims=0)
    x = graph.add("ADD", [x, attention(graph, layer_norm(graph, x, weights), weights)])
    wide = graph.add(
        "FULLY_CONNECTED", [layer_norm(graph, x, weights), weights(16, WIDTH), weights(16)], keep_num_dims=True
    )
    narrow = graph.add("GELU", [wide], approximate=True)
    x = graph.add(
        "ADD", [x, graph.add("FULLY_CONNECTED", [narrow, weights(WIDTH, 16), weights(WIDTH)], keep_num_dims=True)]
    )
    first = graph.add("SLICE", [x, graph.integers("begin", [0, 0, 0]), graph.integers("size", [1, 1, WIDTH])])
    classes = graph.add("FULLY_CONNECTED", [first, weights(5, WIDTH), weights(5)])
    output = graph.add("SOFTMAX", [classes], beta=1.0, name="classes")
    return Model([graph.build([output])]), {"ids": np.array([[3, 19, 0, 7, 7, 2]], np.int32)}


def test_a_transformer_computes_what_litert_does(tmp_path: Path, node: NodeTfjs) -> None:
    model, inputs = transformer()
    assert _differences(model, inputs, tmp_path, node) == []


def spectrum(op: str, width: int) -> tuple[Model, Arrays]:
    """Frames of sound by frequency, as audio models begin."""
    x, frames = Tensor("x", (2, 3, width)), Tensor("frames", (2, 3, 1, width))
    complex_, flat = Tensor("complex", (2, 3, 1, 9), "complex64"), Tensor("flat", (2, 3, 9), "complex64")
    y, length = Tensor("y", (2, 3, 9)), Tensor("length", (2,), "int32", np.array([1, 16], np.int32))
    axis = Tensor("axis", (), "int32", np.array(2, np.int32))
    operators = [
        Operator("EXPAND_DIMS", [x, axis], [frames]),
        Operator("RFFT2D", [frames, length], [complex_]),
        Operator("SQUEEZE", [complex_], [flat], {"squeeze_dims": [2]}),
        Operator(op, [flat], [y]),
    ]
    return Model([Graph([x], [y], operators)]), {
        "x": np.random.default_rng(1).normal(size=(2, 3, width)).astype("f")
    }


@pytest.mark.parametrize("storage", ["float32", "float16"])
@pytest.mark.parametrize("width", [16, 12, 20], ids=["as long", "shorter", "longer"])
@pytest.mark.parametrize("op", ["COMPLEX_ABS", "REAL", "IMAG"])
def test_a_spectrum_is_numpy_s(op: str, width: int, storage: Storage, tmp_path: Path, node: NodeTfjs) -> None:
    """The transform is exact, however weights are stored."""
    model, inputs = spectrum(op, width)
    write_tfjs(model, tmp_path, weights=storage)
    numpy_s: dict[str, Callable[..., Any]] = {"COMPLEX_ABS": np.abs, "REAL": np.real, "IMAG": np.imag}
    expected = numpy_s[op](np.fft.rfft(inputs["x"], 16))
    assert difference(expected.astype(np.float32), node.run(tmp_path, inputs, "wasm")["y"], 1e-5) == ""


def test_a_spectrum_is_litert_s(tmp_path: Path, node: NodeTfjs) -> None:
    assert _differences(*spectrum("COMPLEX_ABS", 16), tmp_path, node) == []


def test_other_arithmetic_with_complex_numbers_is_refused(tmp_path: Path) -> None:
    model, _ = spectrum("NEG", 16)
    with pytest.raises(ConversionError, match=r"operator 3 NEG \('y'\): it computes with complex numbers"):
        write_tfjs(model, tmp_path)


@pytest.mark.parametrize("batch", [1, 3])
def test_a_model_with_an_open_batch_takes_any(batch: int, tmp_path: Path, node: NodeTfjs) -> None:
    graph = GraphBuilder()
    weights = Weights(graph)
    x = graph.input("x", (batch, 8, 8, 3))
    x = graph.add("CONV_2D", [x, weights(4, 3, 3, 3), weights(4)], **CONV)
    x = graph.add("MAX_POOL_2D", [x], **POOL)
    x = graph.reshape(x, [-1, 16])
    x = graph.add("FULLY_CONNECTED", [x, weights(5, 16), weights(5)], name="y")
    model = Model([graph.build([x])])
    inputs = {"x": np.random.default_rng(0).random((batch, 8, 8, 3), np.float32)}
    write_tflite(model, tmp_path / "model.tflite")
    expected = run_litert(tmp_path / "model.tflite", inputs)
    for tensor in model.graph.tensors:
        if not tensor.is_constant:
            tensor.shape = (-1, *tensor.shape[1:])
    write_tfjs(model, tmp_path)
    assert difference(expected["y"], node.run(tmp_path, inputs, "wasm")["y"], 1e-4) == ""


def _differences(model: Model, inputs: Arrays, folder: Path, node: NodeTfjs) -> list[str]:
    write_tflite(model, folder / "model.tflite")
    write_tfjs(model, folder)
    expected = run_litert(folder / "model.tflite", inputs)
    made: dict[str, NDArray[Any]] = node.run(folder, inputs, "wasm")
    return [told for name in expected if (told := difference(expected[name], made[name], 1e-4))]
