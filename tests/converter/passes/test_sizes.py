"""Weights that take less room: float16, pruned, clustered."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pyweb_ml.converter.interpreter import run_model
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.passes.cluster import cluster
from pyweb_ml.converter.passes.float16 import float16
from pyweb_ml.converter.passes.fold_dequantize import fold_dequantize
from pyweb_ml.converter.passes.prune import prune
from pyweb_ml.converter.passes.weights import weights_of
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.passes.test_quantize import pictures
from tests.converter.small_models import chain, conv, normal, ops_of, picture
from tests.converter.zoo import fetch

FACES = "face_detection_short_range.tflite"


def size_of(model: Model, folder: Path, *, compressed: bool = False) -> int:
    write_tflite(model, folder / "m.tflite")
    data = (folder / "m.tflite").read_bytes()
    return len(gzip.compress(data)) if compressed else len(data)


def boxes(model: Model) -> NDArray[Any]:
    """What the face detector says of a photograph of a person."""
    (name,) = [tensor.name for tensor in model.graph.inputs]
    return run_model(model, {name: pictures()[0]})[0]


def error_of(model: Model, wanted: NDArray[Any]) -> float:
    """The mean difference, as a part of the wanted values' range."""
    return float(np.abs(boxes(model) - wanted).mean() / np.ptp(wanted))


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


@pytest.mark.network
@pytest.mark.parametrize(("sparsity", "error"), [(0.0, 0.0), (0.2, 0.02), (0.5, 0.04)])
def test_a_pruned_model_has_that_share_of_zeros_compresses_better_and_stays_near(
    sparsity: float, error: float, tmp_path: Path
) -> None:
    model = fold_dequantize(read_tflite(fetch(FACES)))
    large, wanted = size_of(model, tmp_path, compressed=True), boxes(model)
    prune(model, sparsity)
    for tensor in weights_of(model):
        assert np.count_nonzero(np.asarray(tensor.data) == 0) >= round(tensor.data.size * sparsity)  # type: ignore[union-attr]
    assert error_of(model, wanted) <= error
    assert size_of(model, tmp_path, compressed=True) <= large * (1 - sparsity / 2)


def test_pruning_takes_the_smallest_weights_and_leaves_the_others() -> None:
    model = prune(chain(conv(picture())), 0.25)
    before, after = normal(1, 5, 3, 3, 3), np.asarray(weights_of(model)[0].data)
    gone = after == 0
    assert np.count_nonzero(gone) == round(0.25 * before.size)
    assert np.abs(before[gone]).max() <= np.abs(before[~gone]).min()
    assert np.array_equal(after[~gone], before[~gone])


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


@pytest.mark.parametrize("sparsity", [-0.1, 1.0])
def test_a_sparsity_that_is_no_share_is_refused(sparsity: float) -> None:
    with pytest.raises(ConversionError, match=f"from 0 to below 1, not {sparsity}"):
        prune(chain(conv(picture())), sparsity)


def test_one_value_is_refused() -> None:
    with pytest.raises(ConversionError, match="weights can share 2 values or more, not 1"):
        cluster(chain(conv(picture())), 1)
