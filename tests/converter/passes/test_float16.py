"""Weights as float16 take half the room, behind a DEQUANTIZE."""

from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter.passes.float16 import float16
from pyweb_ml.converter.passes.fold_dequantize import fold_dequantize
from pyweb_ml.converter.readers.tflite import read_tflite
from tests.converter.faces import FACES, boxes, error_of, size_of
from tests.converter.small_models import chain, conv, ops_of, picture
from tests.converter.zoo import fetch


def test_float16_stores_weights_behind_a_dequantize_and_small_or_large_values_as_they_are() -> None:
    model = chain(conv(picture(), channels=20))
    weights, bias = model.graph.operators[0].inputs[1:]
    assert bias is not None
    bias.data = np.full(20, 1e6, np.float32)
    assert ops_of(float16(model)) == ["DEQUANTIZE", "CONV_2D"]
    (source,) = model.graph.operators[0].inputs
    assert source is not None
    assert weights is not None
    assert np.array_equal(np.asarray(source.data), np.asarray(weights.data).astype(np.float16))
    assert model.graph.operators[1].inputs[2] is bias
    assert ops_of(float16(chain(conv(picture(), channels=1, bias=False)))) == ["DEQUANTIZE", "CONV_2D"]


@pytest.mark.network
def test_float16_halves_a_real_model_and_gives_back_what_was_float16_before(tmp_path: Path) -> None:
    wide = fold_dequantize(read_tflite(fetch(FACES)))
    large, wanted = size_of(wide, tmp_path), boxes(wide)
    narrow = float16(wide)
    assert size_of(narrow, tmp_path) < 0.6 * large
    assert error_of(narrow, wanted) == 0
