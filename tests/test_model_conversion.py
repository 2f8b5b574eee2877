"""`pw.Model` of other formats: converted once, kept in the cache, and made again when something has changed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.bundle.reference import make_reference
from pyweb_ml.calculators.inference import run_model
from pyweb_ml.converter.interpreter import run_file
from pyweb_ml.converter.writers.tfjs import write_tfjs
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ModelError
from pyweb_ml.models import fetch
from tests.converter import zoo
from tests.converter.test_convert import small_model


@pytest.fixture
def app(tmp_path: Path, cache: Path) -> Path:
    """An app's folder, with a model of TF.js's in it, and an empty cache."""
    write_tfjs(small_model(), tmp_path / "app" / "net")
    return tmp_path / "app"


def test_a_model_of_another_format_becomes_a_tflite_in_the_cache(app: Path, cache: Path) -> None:
    path = fetch(pw.Model("net", base=app))
    assert path.parent == cache / "converted"
    (mask,) = run_model(path, "net", [np.zeros((1, 8, 8, 3), np.float32)])
    assert mask.shape == (1, 8, 8, 4)


def test_it_is_converted_once(app: Path) -> None:
    stages: list[str] = []
    first = fetch(pw.Model("net", base=app), lambda stage, *_: stages.append(stage))
    assert "convert" in stages
    stages.clear()
    assert fetch(pw.Model("net", base=app), lambda stage, *_: stages.append(stage)) == first
    assert stages == []


def test_it_is_converted_again_when_a_file_of_it_changes(app: Path) -> None:
    first = fetch(pw.Model("net", base=app))
    write_tfjs(small_model("TANH"), app / "net")
    assert fetch(pw.Model("net", base=app)) != first


def test_what_cannot_be_converted_says_why(app: Path) -> None:
    (app / "net" / "model.json").write_text("{}")
    with pytest.raises(
        ModelError, match=r"the model 'net' cannot be converted: 'model.json' is JSON, but no TF.js"
    ):
        fetch(pw.Model("net", base=app))


def test_a_pickle_is_never_read(app: Path) -> None:
    (app / "net.pt").write_bytes(b"\x80\x02}q\x00.")
    with pytest.raises(ModelError, match="is a pickle, which could run any code"):
        fetch(pw.Model("net.pt", base=app))


def test_a_folder_has_no_hash(app: Path) -> None:
    with pytest.raises(ModelError, match="the model 'net' is no file, so that it can have no sha256"):
        fetch(pw.Model("net", sha256="0" * 64, base=app))


@pytest.fixture
def open_batch(tmp_path: Path, cache: Path) -> Path:
    """A folder with "net.tflite", which takes (?, 8, 8, 3), and an empty cache."""
    model = small_model()
    model.graph.inputs[0].shape = (-1, *model.graph.inputs[0].shape[1:])
    write_tflite(model, tmp_path / "net.tflite")
    return tmp_path


def test_a_tflite_with_a_shape_is_fixed_in_the_cache_and_gives_what_the_file_gives(
    open_batch: Path,
) -> None:
    path = fetch(pw.Model("net.tflite", shape=(3, 8, 8, 3), base=open_batch))
    pictures = np.random.default_rng(1).random((3, 8, 8, 3), np.float32)
    (fixed,) = run_model(path, "net", [pictures])
    (own,) = run_file(open_batch / "net.tflite", {"picture": pictures})
    np.testing.assert_allclose(fixed, own, atol=1e-6)
    assert fixed.shape == (3, 8, 8, 4)


def test_a_tflite_without_a_shape_is_taken_as_it_is(open_batch: Path) -> None:
    assert fetch(pw.Model("net.tflite", base=open_batch)) == open_batch / "net.tflite"


def test_a_tflite_of_an_open_batch_is_built_once_its_shape_is_given(open_batch: Path) -> None:
    with pytest.raises(ModelError, match=r"whose size is not fixed, .*with pw\.Model\(…, shape=…\)"):
        make_reference(fetch(pw.Model("net.tflite", base=open_batch)), "net.tflite")
    made = make_reference(fetch(pw.Model("net.tflite", shape=(1, 8, 8, 3), base=open_batch)), "net.tflite")
    assert made.inputs == [{"shape": [1, 8, 8, 3], "dtype": "float32"}]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (
            (1, 9, 8, 3),
            "cannot be converted: 'net.tflite': the shape (1, 9, 8, 3) does not fit the input 'picture', which is "
            "(?, 8, 8, 3); only a ? may be chosen, as in (1, 8, 8, 3)",
        ),
        ((-1, 8, 8, 3), "is given the shape (-1, 8, 8, 3); give sizes above 0, as in (1, 224, 224, 3)"),
        ((1.0, 8, 8, 3), "is given the shape (1.0, 8, 8, 3); give sizes above 0, as in (1, 224, 224, 3)"),
        ((), "is given the shape (); give sizes above 0, as in (1, 224, 224, 3)"),
        (8, "is given the shape 8; give sizes above 0, as in (1, 224, 224, 3)"),
    ],
)
def test_a_wrong_shape_of_a_tflite_is_one_error(open_batch: Path, shape: Any, reason: str) -> None:
    with pytest.raises(ModelError) as refused:
        fetch(pw.Model("net.tflite", shape=shape, base=open_batch))
    assert str(refused.value) == f"the model 'net.tflite' {reason}"


def test_a_damaged_tflite_with_a_shape_is_told_as_one_without(open_batch: Path) -> None:
    (open_batch / "net.tflite").write_bytes(b"no model at all")
    with pytest.raises(ModelError, match=r"the model 'net.tflite' is no .tflite: it lacks the identifier"):
        fetch(pw.Model("net.tflite", shape=(1, 8, 8, 3), base=open_batch))


@pytest.mark.network
def test_weights_of_darknet_may_name_their_config(cache: Path, tmp_path: Path) -> None:
    files = [zoo.ZOO["yolov3-tiny.weights"], zoo.ZOO["yolov3-tiny.cfg"]]
    for file in files:
        (tmp_path / file.name.replace("yolov3", "net")).symlink_to(zoo.fetch(file.name))
    config = pw.Model("net-tiny.cfg", files[1].sha256, base=tmp_path)
    path = fetch(pw.Model("net-tiny.weights", files[0].sha256, base=tmp_path, config=config))
    heads = run_model(path, "net", [np.zeros((1, 416, 416, 3), np.float32)])
    assert [head.shape for head in heads] == [(1, 13, 13, 255), (1, 26, 26, 255)]
