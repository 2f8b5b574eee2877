"""What constants alone decide is computed once, by LiteRT; what changes or grows is not."""

import numpy as np
import pytest

from pyweb_ml.converter.interpreter import run_model
from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.passes.fold_constants import fold_constants
from tests.converter.small_models import constant, normal, ops_of


def model_of(*operators: Operator, inputs: tuple[Tensor, ...] = ()) -> Model:
    return Model([Graph(list(inputs), list(operators[-1].outputs), list(operators))])


def test_a_chain_of_constants_becomes_its_last_value() -> None:
    a, b = constant("a", normal(0, 2, 3)), constant("b", normal(1, 2, 3))
    total, turned = Tensor("total", (2, 3)), Tensor("turned", (3, 2))
    order = constant("order", np.array([1, 0], np.int32))
    model = model_of(Operator("ADD", [a, b], [total]), Operator("TRANSPOSE", [total, order], [turned]))
    fold_constants(model)
    assert ops_of(model) == []
    assert np.allclose(np.asarray(model.graph.outputs[0].data), (normal(0, 2, 3) + normal(1, 2, 3)).T)


def test_the_shape_and_rank_of_what_flows_are_constants_when_they_are_known() -> None:
    x, shape, rank, both = (
        Tensor("x", (4, 5)),
        Tensor("s", (2,), "int32"),
        Tensor("r", (), "int32"),
        Tensor("b", (2,), "int32"),
    )
    add = Operator("ADD", [shape, rank], [both])
    model = model_of(Operator("SHAPE", [x], [shape]), Operator("RANK", [x], [rank]), add, inputs=(x,))
    assert np.asarray(fold_constants(model).graph.outputs[0].data).tolist() == [6, 7]


def test_a_shape_that_is_not_known_stays() -> None:
    x = Tensor("x", (-1, 5))
    model = model_of(Operator("SHAPE", [x], [Tensor("s", (2,), "int32")]), inputs=(x,))
    assert ops_of(fold_constants(model)) == ["SHAPE"]


def test_what_flows_stays_and_reads_the_new_constants() -> None:
    x, c, negated, y = Tensor("x", (3,)), constant("c", normal(0, 3)), Tensor("n", (3,)), Tensor("y", (3,))
    model = model_of(Operator("NEG", [c], [negated]), Operator("ADD", [x, negated], [y]), inputs=(x,))
    assert ops_of(fold_constants(model)) == ["ADD"]
    assert np.allclose(run_model(model, {"x": normal(1, 3)})[0], normal(1, 3) - normal(0, 3))


@pytest.mark.parametrize(
    "operator",
    [
        Operator("RANDOM_UNIFORM", [constant("shape", np.array([4], np.int32))], [Tensor("y", (4,))], {"seed": 1}),
        Operator("Mine", [constant("c", normal(0, 4))], [Tensor("y", (4,))], custom=b""),
        Operator(
            "FILL",
            [constant("s", np.array([2**15], np.int32)), constant("v", normal(0, 1)[0])],
            [Tensor("y", (2**15,))],
        ),
    ],
    ids=["a random one", "a custom one", "one that would take more room"],
)
def test_an_operator_that_changes_or_grows_stays(operator: Operator) -> None:
    assert ops_of(fold_constants(model_of(operator))) == [operator.op]
