"""8 bits by ai-edge-quantizer: int8 weights, float32 inputs and outputs, near the original on a real picture."""

from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter.interpreter import run_model
from pyweb_ml.converter.passes.quantize import Precision, quantize
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.faces import FACES, pictures
from tests.converter.small_models import chain, conv, picture
from tests.converter.zoo import fetch


@pytest.mark.network
@pytest.mark.parametrize("precision", ["dynamic_int8", "weight_only_int8", "static_int8"])
def test_a_real_model_is_smaller_and_its_boxes_stay_near(precision: Precision, tmp_path: Path) -> None:
    model = read_tflite(fetch(FACES))
    (name,) = [tensor.name for tensor in model.graph.inputs]
    samples = [{name: values} for values in pictures()]
    wanted = run_model(model, samples[0])[0]
    quantize(model, precision, samples)
    got = run_model(model, samples[0])[0]
    assert np.abs(got - wanted).mean() < 0.01 * np.ptp(wanted)
    write_tflite(model, tmp_path / "m.tflite")
    assert (tmp_path / "m.tflite").stat().st_size < 0.85 * fetch(FACES).stat().st_size
    assert "int8" in {tensor.dtype for tensor in model.graph.tensors if tensor.is_constant}
    assert {tensor.dtype for tensor in (*model.graph.inputs, *model.graph.outputs)} == {"float32"}
    assert model.signatures[0].inputs.keys() == {name}


def test_static_int8_without_samples_is_refused() -> None:
    with pytest.raises(ConversionError, match="static_int8 needs samples of the model's inputs"):
        quantize(chain(conv(picture())), "static_int8")
