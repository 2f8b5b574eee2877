"""Real models as TF.js graph models, against LiteRT, on a photograph, noise and black, or on sound."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from playwright.sync_api import Browser

from pyweb_ml.converter.model import Model, Tensor
from pyweb_ml.converter.passes.quantize import quantize
from pyweb_ml.converter.proof.comparison import compare, worst
from pyweb_ml.converter.proof.litert import run_litert
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tfjs import signature_of, write_tfjs
from pyweb_ml.converter.writers.tfjs_weights import Storage
from pyweb_ml.converter.writers.tflite import write_tflite
from tests.converter.tfjs import Arrays, NodeTfjs
from tests.converter.tfjs_page import tfjs_page
from tests.converter.zoo import TFLITE, fetch

TOLERANCES: dict[Storage, float] = {"float32": 1e-3, "float16": 2e-2}
"""Of the outputs' range, for each storage of the weights."""
LEAST_SPAN = 1e-2
"""A score that is 0 for all samples has no range to speak of."""

SHAPES = {"basic_pitch.tflite": {"": (1, 43844, 1)}}
"""For inputs with an open size: two seconds of sound."""


@pytest.fixture(scope="module")
def node() -> Iterator[NodeTfjs]:
    process = NodeTfjs()
    yield process
    process.close()


@pytest.mark.network
@pytest.mark.parametrize("storage", TOLERANCES)
@pytest.mark.parametrize("name", TFLITE)
def test_a_model_computes_on_wasm_what_litert_does(
    name: str, storage: Storage, tmp_path: Path, node: NodeTfjs
) -> None:
    model = _read(name)
    write_tfjs(model, tmp_path, weights=storage)
    samples = [_sample(model, kind) for kind in ("photograph", "noise", "black")]
    made = [node.run(tmp_path, sample, "wasm") for sample in samples]
    for one in compare(run_litert(fetch(name), model, samples), made):
        assert one.error * one.span <= TOLERANCES[storage] * max(one.span, LEAST_SPAN), one


@pytest.mark.network
@pytest.mark.parametrize("backend", ["webgl", "webgpu"])
def test_a_model_computes_in_the_page_what_litert_does(backend: str, browser: Browser, tmp_path: Path) -> None:
    """One small model: SwiftShader stands in for the GPU, and takes long to compile."""
    name = "face_detection_short_range.tflite"
    model = _read(name)
    write_tfjs(model, tmp_path / "model", weights="float16")
    sample = _sample(model, "photograph")
    with tfjs_page(browser.browser_type) as page:
        made = page.run(tmp_path / "model", sample, backend)
    assert worst(compare(run_litert(fetch(name), model, [sample]), [made])).error <= TOLERANCES["float32"]


@pytest.mark.network
@pytest.mark.parametrize("round_integers", [False, True])
def test_an_int8_model_is_no_farther_from_float_than_litert_s_int8(
    round_integers: bool, tmp_path: Path, node: NodeTfjs
) -> None:
    name = "face_detection_short_range.tflite"
    model = _read(name)
    samples = [_sample(model, kind) for kind in ("photograph", "noise", "black")]
    wanted = run_litert(fetch(name), model, samples)
    write_tflite(quantize(model, "static_int8", samples), tmp_path / "int8.tflite")
    integers = read_tflite(tmp_path / "int8.tflite")
    write_tfjs(integers, tmp_path, round_integers=round_integers)
    made = [node.run(tmp_path, sample, "wasm") for sample in samples]
    ours = compare(wanted, made)
    theirs = compare(wanted, run_litert(tmp_path / "int8.tflite", integers, samples))
    assert [one.mean_error <= other.mean_error * 1.05 for one, other in zip(ours, theirs, strict=True)] == [
        True,
        True,
    ]


@pytest.mark.network
@pytest.mark.parametrize("name", ["face_detection_short_range.tflite", "selfie_segmentation.tflite"])
def test_weights_of_float16_are_stored_as_they_are_in_the_file(name: str, tmp_path: Path, node: NodeTfjs) -> None:
    """So that the smaller files lose nothing: those of MediaPipe hold float16."""
    model = _read(name)
    sample = _sample(model, "photograph")
    made = []
    for storage in TOLERANCES:
        write_tfjs(model, tmp_path / storage, weights=storage)
        made.append(node.run(tmp_path / storage, sample, "wasm"))
    for output, values in made[0].items():
        np.testing.assert_array_equal(values, made[1][output])


def _read(name: str) -> Model:
    model = read_tflite(fetch(name), ReadOptions(shapes=SHAPES.get(name, {})))
    model.signatures = [signature_of(model)]
    return model


def _sample(model: Model, kind: str) -> Arrays:
    return {name: _values(tensor, kind) for name, tensor in model.signatures[0].inputs.items()}


def _values(tensor: Tensor, kind: str) -> NDArray[np.float32]:
    if kind == "black":
        return np.zeros(tensor.shape, np.float32)
    if kind == "photograph" and tensor.shape[3:] == (3,):
        picture = skimage.data.astronaut()[:256, :256]  # type: ignore[no-untyped-call]
        rows, columns = (np.arange(size) * 256 // size for size in tensor.shape[1:3])
        scaled: NDArray[np.float32] = picture[rows][:, columns][None].astype(np.float32) / np.float32(255)
        return scaled
    noise = np.random.default_rng(7).random(tensor.shape, np.float32)
    return _chord(tensor.shape) + noise * np.float32(0.01) if len(tensor.shape) == 3 else noise


def _chord(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A major at 22,050 Hz. What surrounds it must not be silence: the model takes logarithms of the spectrum."""
    seconds = np.arange(shape[1]) / 22050
    tones = [np.sin(2 * np.pi * hertz * seconds) for hertz in (220.0, 277.2, 329.6)]
    chord: NDArray[np.float32] = np.sum(tones, 0).reshape(shape).astype(np.float32) / np.float32(6)
    return chord
