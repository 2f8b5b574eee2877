"""TF.js graph models, read: what we write comes back the same, and damage is refused by name."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyweb_ml.archive import read_tar_member
from pyweb_ml.converter.preparation import clean, fix_batch
from pyweb_ml.converter.proof.comparison import compare, worst
from pyweb_ml.converter.proof.litert import run_litert
from pyweb_ml.converter.proof.samples import random_samples
from pyweb_ml.converter.proof.tfjs import run_tfjs
from pyweb_ml.converter.readers import read
from pyweb_ml.converter.readers.tfjs import read_tfjs
from pyweb_ml.converter.writers.tfjs import write_tfjs
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from pyweb_ml.sources import npm_package
from tests.converter import zoo
from tests.converter.test_convert import small_model

PITCH = ("@spotify/basic-pitch", "1.0.1", "model/model.json", "model/group1-shard1of1.bin")


@pytest.mark.network
@pytest.mark.parametrize("name", ["face_detection_full_range.tflite", "selfie_segmentation.tflite",
                                  "pose_landmark_lite.tflite", "basic_pitch.tflite"])  # fmt: skip
def test_what_we_write_for_tfjs_comes_back_as_the_same_model(name: str, tmp_path: Path) -> None:
    source = clean(fix_batch(read(zoo.place(name, tmp_path))))
    samples = [sample.inputs for sample in random_samples(source)]
    write_tflite(source, tmp_path / "source.tflite")
    write_tfjs(source, tmp_path / "tfjs")
    back = read_tfjs(tmp_path / "tfjs")
    write_tflite(back, tmp_path / "back.tflite")
    wanted = run_litert(tmp_path / "source.tflite", source, samples)
    assert worst(compare(wanted, run_litert(tmp_path / "back.tflite", back, samples))).error <= 1e-3


@pytest.mark.network
def test_a_model_that_spotify_wrote_gives_in_litert_what_it_gives_in_tfjs(tmp_path: Path) -> None:
    package, version, *files = PITCH
    archive = npm_package(package, version)
    for file in files:
        (tmp_path / Path(file).name).write_bytes(read_tar_member(archive, file))
    model = read(tmp_path / "model.json")
    assert {name: tensor.shape for name, tensor in model.signatures[0].inputs.items()} == {
        "input_2": (1, 43844, 1)
    }
    write_tflite(model, tmp_path / "model.tflite")
    samples = [sample.inputs for sample in random_samples(model)]
    found = run_litert(tmp_path / "model.tflite", model, samples)
    assert worst(compare(run_tfjs(tmp_path, samples), found)).error <= 1e-3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small model as TF.js has it."""
    write_tfjs(small_model(), tmp_path / "model")
    return tmp_path / "model"


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    model = json.loads((folder / "model.json").read_text())
    change(model)
    (folder / "model.json").write_text(json.dumps(model))
    return folder


def node(model: dict[str, Any], op: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in model["modelTopology"]["node"] if one["op"] == op)
    return found


def circle(model: dict[str, Any]) -> None:
    sigmoid = node(model, "Identity")
    model["modelTopology"]["node"].append({"name": "back", "op": "Relu", "input": [sigmoid["name"]]})
    sigmoid["input"] = ["back"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["weightsManifest"][0]["paths"].append("../secret"), "'../secret' must be a file beside it"),
        (lambda m: m["weightsManifest"][0]["paths"].append("more.bin"), "'more.bin' cannot be read"),
        (lambda m: m["weightsManifest"][0]["weights"][0].update(shape=[2**40]), "but the shards have"),
        (lambda m: m["weightsManifest"][0]["weights"][0].update(shape=[-1]), r"\[-1\] is no list of sizes"),
        (lambda m: m["weightsManifest"][0]["weights"][0].update(dtype="string"), "its type 'string' is none of"),
        (lambda m: m["weightsManifest"][0]["weights"].pop(), "its shards hold .* but its weights need"),
        (lambda m: m["modelTopology"].update(node=[1]), "no list of nodes, each with a name and an op"),
        (lambda m: m["modelTopology"].update(library={"function": [{}]}), "control flow"),
        (lambda m: node(m, "Identity").update(op="Odd"), r"the node '.*' \(Odd\): this operation is not known"),
        (lambda m: node(m, "Identity").update(input=["nobody"]), "there is no node 'nobody'"),
        (lambda m: node(m, "Identity").update(input=[]), "it has 0 inputs, but needs one at place 0"),
        (lambda m: node(m, "Placeholder")["attr"].pop("shape"), "the input 'picture': it says no shape"),
        (circle, "a circle"),
    ],
)  # fmt: skip
def test_damage_is_refused_by_name(change: Callable[[dict[str, Any]], object], message: str, folder: Path) -> None:
    with pytest.raises(ConversionError, match=f"'model.json': .*{message}"):
        read_tfjs(changed(folder, change))


def test_weights_that_are_stored_as_integers_are_what_they_stand_for(tmp_path: Path) -> None:
    for storage in ("float16", "uint8", "uint16"):
        write_tfjs(small_model(), tmp_path / storage, weights=storage)
        found = next(one for one in read_tfjs(tmp_path / storage).graph.tensors if one.shape == (4, 3, 3, 3))
        wanted = next(one for one in small_model().graph.tensors if one.name == "weights")
        assert found.data is not None
        assert wanted.data is not None
        assert np.abs(found.data - wanted.data).max() <= 0.02


def test_random_damage_is_refused_or_read_and_never_anything_else(folder: Path) -> None:
    """Bytes changed, cut and swapped, 300 times with a fixed seed."""
    data = (folder / "model.json").read_bytes()
    generator = random.Random(5)
    refused = 0
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(generator.randint(1, 4)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(32, 127)
        (folder / "model.json").write_bytes(
            damaged[: generator.choice((len(damaged), generator.randrange(len(damaged))))]
        )
        try:
            read_tfjs(folder)
        except ConversionError:
            refused += 1
    assert refused > 100
