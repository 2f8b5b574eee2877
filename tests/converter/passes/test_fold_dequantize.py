"""float16 weights become float32 ones of the same values; integers stay as small as they are."""

import numpy as np
import pytest

from pyweb_ml.converter.interpreter import run_file, run_model
from pyweb_ml.converter.model import Graph, Model, Operator, Quantization, Tensor
from pyweb_ml.converter.passes.fold_dequantize import fold_dequantize
from pyweb_ml.converter.readers.tflite import read_tflite
from tests.converter.small_models import constant, normal, ops_of
from tests.converter.zoo import TFLITE, fetch


@pytest.mark.network
@pytest.mark.parametrize("name", TFLITE)
def test_real_models_lose_every_dequantize_and_give_the_same_bits(name: str) -> None:
    model = fold_dequantize(read_tflite(fetch(name)))
    assert not {"DEQUANTIZE", "DENSIFY"} & set(ops_of(model))
    random = np.random.default_rng(0)
    inputs = {t.name: random.random([abs(s) for s in t.shape], np.float32) for t in model.graph.inputs}
    wanted = [value.tobytes() for value in run_file(fetch(name), inputs)]
    assert [value.tobytes() for value in run_model(model, inputs)] == wanted


def test_integers_stay_behind_their_dequantize() -> None:
    weights = Tensor("w", (3,), "int8", np.arange(3, dtype=np.int8))
    weights.quantization = Quantization(np.ones(1, np.float32), np.zeros(1, np.int64))
    output = Tensor("y", (3,))
    model = Model([Graph([], [output], [Operator("DEQUANTIZE", [weights], [output])])])
    assert ops_of(fold_dequantize(model)) == ["DEQUANTIZE"]


def test_what_flows_is_left_to_run_time() -> None:
    source, output = Tensor("x", (3,), "float16"), Tensor("y", (3,))
    model = Model([Graph([source], [output], [Operator("DEQUANTIZE", [source], [output])])])
    assert ops_of(fold_dequantize(model)) == ["DEQUANTIZE"]


def test_values_that_tensors_share_are_widened_once() -> None:
    half = normal(0, 4).astype(np.float16)
    outputs = [Tensor("a", (4,)), Tensor("b", (4,))]
    operators = [Operator("DEQUANTIZE", [constant(t.name, half)], [t]) for t in outputs]
    first, second = fold_dequantize(Model([Graph([], outputs, operators)])).graph.outputs
    assert first.data is second.data
    assert np.array_equal(np.asarray(first.data), half.astype(np.float32))
