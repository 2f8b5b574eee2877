"""Weights take few values, the file compresses better, and the results stay near."""

from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter.passes.cluster import cluster
from pyweb_ml.converter.passes.fold_dequantize import fold_dequantize
from pyweb_ml.converter.passes.weights import weights_of
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.faces import FACES, boxes, error_of, size_of
from tests.converter.small_models import chain, conv, picture
from tests.converter.zoo import fetch


@pytest.mark.network
@pytest.mark.parametrize(("values", "error"), [(256, 0.01), (16, 0.04)])
def test_a_clustered_model_has_so_many_values_compresses_better_and_stays_near(
    values: int, error: float, tmp_path: Path
) -> None:
    model = fold_dequantize(read_tflite(fetch(FACES)))
    large, wanted = size_of(model, tmp_path, compressed=True), boxes(model)
    cluster(model, values)
    assert all(len(np.unique(np.asarray(tensor.data))) <= values for tensor in weights_of(model))
    assert error_of(model, wanted) <= error
    assert size_of(model, tmp_path, compressed=True) < 0.75 * large


def test_weights_that_take_few_values_keep_them() -> None:
    model = chain(conv(picture()))
    weights = weights_of(model)[0]
    weights.data = np.random.default_rng(0).choice(np.array([-1, 0, 2], np.float32), weights.shape)
    before = weights.data.copy()
    assert np.allclose(np.asarray(weights_of(cluster(model, 7))[0].data), before)


def test_one_value_is_refused() -> None:
    with pytest.raises(ConversionError, match="weights can share 2 values or more, not 1"):
        cluster(chain(conv(picture())), 1)
