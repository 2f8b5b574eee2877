"""Open shapes fixed: what follows is inferred, computations of shapes are folded, nothing else may be chosen."""

from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter.interpreter import run_file, run_model
from pyweb_ml.converter.model import Graph, Model, Operator, Signature, Tensor
from pyweb_ml.converter.passes.fix_shapes import fix_shapes
from pyweb_ml.converter.passes.fold_constants import fold_constants
from pyweb_ml.converter.preparation import prepare
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.small_models import constant, normal, ops_of
from tests.converter.zoo import fetch


def flattening() -> Model:
    """Gives each row of (?, ?, 4) flat, by a computation of shapes: a RESHAPE to (SHAPE[0], -1), then RELU."""
    sound = Tensor("sound", (-1, -1, 4))
    shape, batch = Tensor("shape", (3,), "int32"), Tensor("batch", (1,), "int32")
    wanted, flat, out = Tensor("wanted", (2,), "int32"), Tensor("flat", (-1, -1)), Tensor("out", (-1, -1))
    first, one, rest = (constant(f"constant {value}", np.array([value], np.int32)) for value in (0, 1, -1))
    operators = [
        Operator("SHAPE", [sound], [shape], {"out_type": "INT32"}),
        Operator("SLICE", [shape, first, one], [batch]),
        Operator("CONCATENATION", [batch, rest], [wanted], {"axis": 0}),
        Operator("RESHAPE", [sound, wanted], [flat]),
        Operator("RELU", [flat], [out]),
    ]
    return Model([Graph([sound], [out], operators)], [Signature({"waveform": sound}, {"flat": out})])


@pytest.mark.parametrize("name", ["", "sound", "waveform"])
def test_what_follows_from_an_inputs_shape_is_known_though_shapes_are_computed(name: str) -> None:
    model = fix_shapes(flattening(), {name: (3, 5, 4)})
    assert model.graph.is_fixed
    assert [tensor.shape for tensor in (*model.graph.inputs, *model.graph.outputs)] == [(3, 5, 4), (3, 20)]
    assert ops_of(model) == ["RESHAPE", "RELU"]
    values = normal(0, 3, 5, 4)
    (got,) = run_model(model, {"sound": values})
    np.testing.assert_array_equal(got, np.maximum(values.reshape(3, 20), 0))


def test_what_depends_on_values_that_flow_stays_unknown() -> None:
    values, places = Tensor("values", (-1,)), Tensor("places", (-1, 1), "int64")
    chosen = Tensor("chosen", (-1,), "bool")
    positive = Operator("GREATER", [values, constant("zero", np.zeros(1, np.float32))], [chosen])
    graph = Graph([values], [places], [positive, Operator("WHERE", [chosen], [places])])
    fix_shapes(Model([graph]), {"": (4,)})
    assert [tensor.shape for tensor in (values, chosen, places)] == [(4,), (4,), (-1, 1)]


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 4, 1), (3, 5, 8), (0, 5, 4), (-1, 5, 4)])
def test_a_shape_that_does_not_fit_is_refused_with_one_that_does(shape: tuple[int, ...], tmp_path: Path) -> None:
    write_tflite(flattening(), tmp_path / "net.tflite")
    with pytest.raises(ConversionError) as refused:
        read_tflite(tmp_path / "net.tflite", ReadOptions({"": shape}))
    assert str(refused.value) == (
        f"'net.tflite': the shape {shape} does not fit the input 'sound', which is (?, ?, 4); "
        "only a ? may be chosen, as in (1, 1, 4)"
    )


@pytest.mark.network
@pytest.mark.parametrize("batch", [1, 2])
def test_a_real_audio_model_loses_its_computations_of_shapes_and_gives_the_same(batch: int) -> None:
    path = fetch("basic_pitch.tflite")
    read = read_tflite(path)
    before = len(read.graph.operators)
    model = fold_constants(fix_shapes(read, {"": (batch, 43844, 1)}))
    assert len(model.graph.operators) < before
    assert "SHAPE" not in ops_of(model)
    assert model.graph.is_fixed
    inputs = {model.graph.inputs[0].name: normal(0, batch, 43844, 1)}
    for got, wanted in zip(run_model(model, inputs), run_file(path, inputs), strict=True):
        assert np.abs(got - wanted).max() <= 1e-6


@pytest.mark.network
def test_a_batch_that_nobody_fixes_is_1() -> None:
    model = prepare(fetch("basic_pitch.tflite"), ReadOptions()).model
    assert [tensor.shape[0] for tensor in (*model.graph.inputs, *model.graph.outputs)] == [1, 1, 1, 1]
