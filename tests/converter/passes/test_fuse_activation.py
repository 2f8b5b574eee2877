"""Activations become part of the operator before them where LiteRT has that, and not a bit changes."""

import numpy as np
import pytest

from pyweb_ml.converter.interpreter import run_file, run_model
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.passes.fuse_activation import fuse_activation
from pyweb_ml.converter.readers.tflite import read_tflite
from tests.converter.small_models import after, chain, constant, conv, normal, ops_of, picture
from tests.converter.zoo import fetch


def activated(activation: str, op: str = "CONV_2D", *, fused: str = "NONE") -> Model:
    first = conv(picture(), fused_activation_function=fused)
    if op == "CONV_2D":
        return chain(first, after(first, activation))
    second = after(first, op, constant("c", normal(5, 5)))
    return chain(first, second, after(second, activation))


@pytest.mark.parametrize("activation", ["RELU", "RELU6", "RELU_N1_TO_1"])
@pytest.mark.parametrize("op", ["CONV_2D", "ADD", "SUB", "MUL", "DIV"])
@pytest.mark.parametrize("xnnpack", [True, False], ids=["XNNPACK", "LiteRT's own kernels"])
def test_an_activation_is_fused_and_the_result_is_the_same(op: str, activation: str, xnnpack: bool) -> None:
    inputs = {"picture": normal(3, 2, 8, 6, 3)}
    wanted = run_model(activated(activation, op), inputs, xnnpack=xnnpack)[0]
    fused = fuse_activation(activated(activation, op))
    assert ops_of(fused)[-1] == op
    assert fused.graph.operators[-1].options["fused_activation_function"] == activation
    assert np.array_equal(run_model(fused, inputs, xnnpack=xnnpack)[0], wanted)


@pytest.mark.parametrize(
    "model",
    [activated("RELU", fused="RELU6"), activated("LOGISTIC"), activated("RELU", "MAXIMUM")],
    ids=["there is one already", "one that cannot be fused", "an operator that fuses none"],
)
def test_what_litert_does_not_fuse_stays(model: Model) -> None:
    before = ops_of(model)
    assert ops_of(fuse_activation(model)) == before


@pytest.mark.network
@pytest.mark.parametrize("name", ["face_detection_short_range.tflite", "selfie_segmentation.tflite"])
def test_real_models_lose_their_relus_and_give_the_same_bits(name: str) -> None:
    model = fuse_activation(read_tflite(fetch(name)))
    assert "RELU" not in ops_of(model)
    inputs = {t.name: np.random.default_rng(0).random(t.shape, np.float32) for t in model.graph.inputs}
    wanted = [value.tobytes() for value in run_file(fetch(name), inputs)]
    assert [value.tobytes() for value in run_model(model, inputs)] == wanted
