"""Pictures with channels last: what image_to_tensor gives goes into an ONNX model, with no transpose left."""

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Model, Signature
from pyweb_ml.converter.passes.channels_last import channels_last
from tests.converter import zoo
from tests.converter.readers.onnx_cases import floats
from tests.converter.readers.onnx_running import run_onnxruntime, with_input_shape
from tests.converter.running import farthest, run_litert


def test_an_app_gives_an_onnx_model_pictures_as_it_has_them() -> None:
    shape, file = (1, 3, 32, 64), zoo.ZOO["centerface.onnx"]
    model = pw.Model(f"{file.package}/{file.path}", sha256=file.sha256, shape=shape, channels_last=True)
    given = floats(*shape)
    got = pw.inference([np.ascontiguousarray(given.transpose(0, 2, 3, 1))], model=model)
    original = with_input_shape(zoo.fetch(file.name).read_bytes(), "input.1", shape)
    (wanted,) = run_onnxruntime([(original, {"input.1": given})])
    for ours, theirs in zip(got, wanted, strict=True):
        assert farthest(ours, theirs.transpose(0, 2, 3, 1)) < 1e-4


@pytest.mark.parametrize(("inputs", "outputs"), [(True, True), (True, False), (False, True)])
def test_each_side_may_be_turned_for_itself(inputs: bool, outputs: bool) -> None:
    to = GraphBuilder()
    x, w = to.input("x", (1, 2, 3, 4)), to.input("w", (3, 4))
    y, z = to.add("MUL", [x, w], name="y"), to.add("RELU", [w], name="z")
    model = Model([to.build([y, z])], [Signature({"x": x, "w": w}, {"y": y, "z": z})])
    changed = channels_last(model, inputs=inputs, outputs=outputs)
    (signature,) = changed.signatures
    assert [one.shape for one in signature.inputs.values()] == [(1, 3, 4, 2) if inputs else (1, 2, 3, 4), (3, 4)]
    assert [one.shape for one in signature.outputs.values()] == [(1, 3, 4, 2) if outputs else (1, 2, 3, 4), (3, 4)]
    assert [one.name for one in (*changed.graph.inputs, *changed.graph.outputs)] == ["x", "w", "y", "z"]
    picture, factors = floats(1, 2, 3, 4), floats(3, 4)
    got, _ = run_litert(changed, picture.transpose(0, 2, 3, 1) if inputs else picture, factors)
    wanted = picture * factors
    np.testing.assert_allclose(got, wanted.transpose(0, 2, 3, 1) if outputs else wanted, rtol=1e-6)


def test_an_input_that_is_given_out_as_it_is_stays_one() -> None:
    to = GraphBuilder()
    x = to.input("x", (1, 2, 3, 4))
    model = Model([to.build([to.add("RESHAPE", [x, to.integers("s", x.shape)], name="y")])])
    changed = channels_last(model)
    given = floats(1, 3, 4, 2)
    (got,) = run_litert(changed, given)
    np.testing.assert_array_equal(got, given)
