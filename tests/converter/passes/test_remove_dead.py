"""What nobody reads goes; what has an effect, and what a caller sees, stays."""

from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter.interpreter import run_model
from pyweb_ml.converter.model import Graph, Model, Operator, Signature, Tensor
from pyweb_ml.converter.passes.remove_dead import remove_dead
from pyweb_ml.converter.readers.tflite import read_tflite
from tests.converter.raw_tflite import packed
from tests.converter.readers.test_tflite import while_model
from tests.converter.small_models import after, chain, conv, ops_of, picture


def test_operators_whose_outputs_nobody_reads_go_with_what_fed_them_alone() -> None:
    first = conv(picture())
    kept = after(first, "RELU")
    dead = after(first, "NEG")
    deader = after(dead, "ABS")
    model = chain(first, dead, deader, kept)
    assert ops_of(remove_dead(model)) == ["CONV_2D", "RELU"]


def test_inputs_stay_though_nobody_reads_them() -> None:
    first, unread = conv(picture()), Tensor("unread", (1,))
    model = chain(first)
    model.graph.inputs.append(unread)
    assert [tensor.name for tensor in remove_dead(model).graph.inputs] == ["picture", "unread"]


@pytest.mark.parametrize(
    "effect",
    [
        Operator("ASSIGN_VARIABLE", [Tensor("handle", (), "resource")], []),
        Operator("RNN", [Tensor("x", (1, 2)), Tensor("state", (1, 2), variable=True)], [Tensor("y", (1, 2))]),
    ],
    ids=["an assignment", "a layer with state"],
)
def test_an_operator_with_an_effect_stays(effect: Operator) -> None:
    inputs = [tensor for tensor in effect.inputs if tensor and not tensor.variable]
    assert ops_of(remove_dead(Model([Graph(inputs, inputs[:1], [effect])]))) == [effect.op]


def test_graphs_that_nobody_calls_go_and_calls_of_the_others_are_renumbered(tmp_path: Path) -> None:
    model = read_tflite(packed(while_model(), tmp_path / "while.tflite"))
    model.signatures.clear()
    unused = [Graph([], [], [], "unused"), Graph([], [], [], "unused too")]
    model.graphs[1:1] = unused
    model.graph.operators[0].options = {"cond_subgraph_index": 3, "body_subgraph_index": 4}
    remove_dead(model)
    assert [graph.name for graph in model.graphs] == ["main", "condition", "body"]
    assert model.graph.operators[0].options == {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    assert run_model(model, {"start": np.array([7], np.int32)})[0].tolist() == [10]


def test_a_graph_with_a_signature_stays() -> None:
    other = Tensor("other", (2,))
    model = chain(conv(picture()))
    model.graphs.append(Graph([other], [other], [], "other"))
    model.signatures.append(Signature({"x": other}, {"y": other}, "other"))
    assert len(remove_dead(model).graphs) == 2
