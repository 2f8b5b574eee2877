"""LiteRT.js takes what is written, in each of its forms, and gives what LiteRT gives."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser

from pyweb_ml.converter.custom import apply_rules
from pyweb_ml.converter.interpreter import run_model
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.passes.float16 import float16
from pyweb_ml.converter.passes.fold_dequantize import fold_dequantize
from pyweb_ml.converter.passes.quantize import quantize
from pyweb_ml.converter.readers.tflite import read_tflite
from tests.converter.faces import FACES, pictures
from tests.converter.litert_page import LiteRtPage, litert_page
from tests.converter.zoo import fetch

Arrays = dict[str, NDArray[Any]]
SELFIE = "selfie_segmentation.tflite"


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteRtPage]:
    with litert_page(browser, tmp_path_factory.mktemp("litert")) as running:
        yield running


def faces(form: str) -> Model:
    """The face detector as it is read, or in another form."""
    model = read_tflite(fetch(FACES))
    if form == "as read":
        return model
    if form.endswith("int8"):
        return quantize(model, form, [{"input": picture} for picture in pictures()])  # type: ignore[arg-type]
    return float16(fold_dequantize(model)) if form == "float16" else fold_dequantize(model)


def require_same(page: LiteRtPage, model: Model, inputs: Arrays, tolerance: float = 1e-3, **how: int) -> None:
    """Compares every output; LiteRT.js knows them by their names in the signature."""
    wanted = dict(zip(model.graph.outputs, run_model(model, inputs), strict=True))
    names = model.signatures[0].outputs if model.signatures else {t.name: t for t in model.graph.outputs}
    got = page.run(model, inputs, **how)
    assert got.keys() == names.keys()
    for name, tensor in names.items():
        value = wanted[tensor]
        assert np.abs(got[name] - value.reshape(-1)).max() <= tolerance * np.ptp(value)


@pytest.mark.network
@pytest.mark.parametrize(
    "form", ["as read", "float32", "float16", "dynamic_int8", "weight_only_int8", "static_int8"]
)
def test_each_form_of_a_real_model_gives_in_litert_js_what_it_gives_in_litert(form: str, page: LiteRtPage) -> None:
    # Ranges that are taken anew from each run turn a difference of rounding into one of a whole step.
    require_same(page, faces(form), {"input": pictures()[0]}, tolerance=0.05 if form == "dynamic_int8" else 1e-3)


@pytest.mark.network
def test_constants_outside_of_the_flatbuffer_are_read_by_litert_js(page: LiteRtPage) -> None:
    require_same(page, faces("float32"), {"input": pictures()[0]}, inline_bytes=0)


@pytest.mark.network
def test_a_model_with_standard_operators_for_its_custom_one_runs_in_litert_js(page: LiteRtPage) -> None:
    model = apply_rules(read_tflite(fetch(SELFIE)))
    (name,) = [tensor.name for tensor in model.graph.inputs]
    require_same(page, model, {name: np.random.default_rng(0).random((1, 256, 256, 3), np.float32)})
