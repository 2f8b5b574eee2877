"""Multiplications and additions of constants move into the layer before them, and the results stay."""

import numpy as np
import pytest

from pyweb_ml.converter.interpreter import run_model
from pyweb_ml.converter.model import Graph, Model, Operator, Option, Tensor
from pyweb_ml.converter.passes.fold_batch_norm import fold_batch_norm
from tests.converter.small_models import CONV_OPTIONS, after, chain, constant, conv, normal, ops_of, picture


def depthwise() -> Operator:
    weights, bias = constant("weights", normal(1, 1, 3, 3, 6)), constant("bias", normal(2, 6))
    options = {**CONV_OPTIONS, "depth_multiplier": 2}
    return Operator("DEPTHWISE_CONV_2D", [picture(), weights, bias], [Tensor("y", (2, 8, 6, 6))], options)


def dense(*, bias: bool = True) -> Operator:
    biases = [constant("bias", normal(2, 4))] if bias else [None]
    return Operator(
        "FULLY_CONNECTED",
        [Tensor("picture", (5, 7)), constant("w", normal(1, 4, 7)), *biases],
        [Tensor("y", (5, 4))],
    )


def transposed() -> Operator:
    shape, weights = constant("shape", np.array([2, 16, 12, 4], np.int32)), constant("w", normal(1, 4, 2, 2, 3))
    options: dict[str, Option] = {"padding": "SAME", "stride_w": 2, "stride_h": 2}
    return Operator("TRANSPOSE_CONV", [shape, weights, picture()], [Tensor("y", (2, 16, 12, 4))], options)


LAYERS = {
    "CONV_2D": lambda: conv(picture()),
    "DEPTHWISE_CONV_2D": depthwise,
    "FULLY_CONNECTED": dense,
    "FULLY_CONNECTED without bias": lambda: dense(bias=False),
    "TRANSPOSE_CONV": transposed,
}


def normalised(layer: Operator, activation: str = "NONE") -> Model:
    """A layer as BatchNorm leaves it: times a constant a channel, plus another; divided, less one for all."""
    count = layer.outputs[0].shape[-1]
    times = after(layer, "MUL", constant("gamma", normal(5, count)))
    plus = after(times, "ADD", constant("beta", normal(6, 1, count)))
    by = after(plus, "DIV", constant("by", np.abs(normal(7, count)) + 1))
    less = after(by, "SUB", constant("less", normal(8, 1)), fused_activation_function=activation)
    return chain(layer, times, plus, by, less)


def outputs_of(model: Model, *, xnnpack: bool) -> np.ndarray:
    return run_model(model, {"picture": normal(3, *model.graph.inputs[0].shape)}, xnnpack=xnnpack)[0]


@pytest.mark.parametrize("xnnpack", [True, False], ids=["XNNPACK", "LiteRT's own kernels"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_normalised_layer_becomes_one_operator_and_gives_the_same(name: str, xnnpack: bool) -> None:
    wanted = outputs_of(normalised(LAYERS[name]()), xnnpack=xnnpack)
    folded = fold_batch_norm(normalised(LAYERS[name]()))
    assert ops_of(folded) == [LAYERS[name]().op]
    assert np.abs(outputs_of(folded, xnnpack=xnnpack) - wanted).max() < 1e-5 * np.ptp(wanted)


def test_the_activation_after_it_moves_too() -> None:
    folded = fold_batch_norm(normalised(conv(picture()), "RELU6"))
    assert folded.graph.operators[0].options["fused_activation_function"] == "RELU6"
    wanted = outputs_of(normalised(conv(picture()), "RELU6"), xnnpack=False)
    assert np.abs(outputs_of(folded, xnnpack=False) - wanted).max() < 1e-5


def test_a_constant_may_come_first_where_the_order_does_not_matter() -> None:
    layer = conv(picture())
    times = after(layer, "MUL", constant("gamma", normal(5, 5)))
    times.inputs = times.inputs[::-1]
    assert ops_of(fold_batch_norm(chain(layer, times))) == ["CONV_2D"]


def twice_read() -> Model:
    model = normalised(conv(picture()))
    model.graph.outputs.append(model.graph.operators[0].outputs[0])
    return model


def followed(op: str, *others: Tensor, swap: bool = False, fused: str = "NONE") -> Model:
    layer = conv(picture(), fused_activation_function=fused)
    second = after(layer, op, *others)
    if swap:
        second.inputs = second.inputs[::-1]
    return chain(layer, second)


@pytest.mark.parametrize(
    "model",
    [
        twice_read(),
        followed("MUL", constant("c", normal(5, 5)), fused="RELU"),
        followed("MUL", constant("c", normal(5, 6, 1))),
        followed("DIV", constant("c", normal(5, 5)), swap=True),
        followed("SUB", constant("c", normal(5, 5)), swap=True),
        followed("DIV", constant("c", np.zeros(5, np.float32))),
        followed("MAXIMUM", constant("c", normal(5, 5))),
    ],
    ids=[
        "read twice",
        "activated",
        "one a row",
        "constant divided",
        "constant less",
        "by zero",
        "another operator",
    ],
)
def test_what_would_not_be_the_same_stays(model: Model) -> None:
    before = ops_of(model)
    assert ops_of(fold_batch_norm(model)) == before


def test_weights_that_another_layer_shares_are_not_changed_for_that_one() -> None:
    layer = conv(picture())
    other = conv(layer.inputs[0] or picture())
    other.inputs[1] = layer.inputs[1]
    times = after(layer, "MUL", constant("gamma", normal(5, 5)))
    model = Model([Graph(chain(layer).graph.inputs, [*times.outputs, *other.outputs], [layer, times, other])])
    fold_batch_norm(model)
    assert other.inputs[1] is not None
    assert np.array_equal(np.asarray(other.inputs[1].data), normal(1, 5, 3, 3, 3))
