"""The smallest weights become 0, the file compresses better, and the results stay near."""

from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter.passes.fold_dequantize import fold_dequantize
from pyweb_ml.converter.passes.prune import prune
from pyweb_ml.converter.passes.weights import weights_of
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.faces import FACES, boxes, error_of, size_of
from tests.converter.small_models import chain, conv, normal, picture
from tests.converter.zoo import fetch


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


@pytest.mark.parametrize("sparsity", [-0.1, 1.0])
def test_a_sparsity_that_is_no_share_is_refused(sparsity: float) -> None:
    with pytest.raises(ConversionError, match=f"from 0 to below 1, not {sparsity}"):
        prune(chain(conv(picture())), sparsity)
