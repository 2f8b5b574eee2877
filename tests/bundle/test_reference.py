"""The reference input, twin of static/src/engines/reference.ts, and what a build refuses."""

import json
from pathlib import Path
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
import pytest
from ai_edge_litert.schema_py_generated import ModelT, TensorType

from pyweb_ml.bundle.reference import MOST_NUMBERS, TOLERANCE, make_reference, reference_input
from pyweb_ml.errors import ModelError

VECTORS = json.loads((Path(__file__).parent / "reference_inputs.json").read_text())
"""Some numbers of some inputs; the page's tests hold its side to the same."""


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one['dtype']} {one['shape']} {one['seed']}")
def test_the_input_is_the_one_that_the_page_makes(vector: dict[str, Any]) -> None:
    made = reference_input(tuple(vector["shape"]), vector["dtype"], vector["seed"])
    assert made.dtype.name == vector["dtype"]
    np.testing.assert_allclose(made.reshape(-1)[vector["at"]], vector["values"], rtol=0, atol=1e-7)


def test_seeds_give_inputs_of_their_own() -> None:
    one, other = (reference_input((1, 32, 32, 3), "float32", seed) for seed in (0, 1))
    assert 0 <= one.min() < 0.2 < 0.8 < one.max() < 1
    assert np.abs(one - other).mean() > 0.1


def test_it_holds_the_outputs_of_the_desktop(model_app: Path) -> None:
    made = make_reference(model_app.with_name("net.tflite"), "net.tflite")
    wanted = reference_input((1, 2), "float32", made.seed)
    assert made.inputs == [{"shape": [1, 2], "dtype": "float32"}]
    (output,) = made.outputs
    assert output["tolerance"] == pytest.approx(TOLERANCE * wanted.max())
    np.testing.assert_array_equal(np.frombuffer(made.data, "<f4"), wanted.reshape(-1))
    assert output["count"] == 2 < MOST_NUMBERS


def test_a_file_that_litert_cannot_run_is_refused_by_name(tmp_path: Path, model_app: Path) -> None:
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(model_app.with_name("net.tflite").read_bytes()[:64])
    with pytest.raises(ModelError, match=r"LiteRT cannot run the model 'broken\.tflite'"):
        make_reference(broken, "broken.tflite")


def unusable(model: bytes, **changes: Any) -> bytes:
    """The model with another input."""
    tree = ModelT.InitFromPackedBuf(model, 0)
    for name, value in changes.items():
        for tensor in tree.subgraphs[0].tensors:
            setattr(tensor, name, value)
    builder = flatbuffers.Builder()
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shape": [1, 2], "shapeSignature": [-1, 2]}, r"of float32 \(1, 2\), whose size is not fixed, or 0"),
        ({"shape": [1, 0]}, r"of float32 \(1, 0\), whose size is not fixed, or 0; give it a fixed one"),
        ({"type": TensorType.INT64}, "of int64 .*: in a page, inputs and outputs must be float32, int32, uint8"),
        ({"shape": [1, 70_000_000]}, "of .*: more than 256 MiB, which no page can hold"),
        ({"shape": [65536, 65536]}, "of .*: more than 256 MiB, which no page can hold"),
    ],
    ids=["dynamic", "empty", "of a type that pages lack", "huge", "of more bytes than 32 bits count"],
)
def test_tensors_that_no_page_can_handle_are_refused_by_name(
    tmp_path: Path, tiny_model: bytes, changes: dict[str, Any], message: str
) -> None:
    path = tmp_path / "net.tflite"
    path.write_bytes(unusable(tiny_model, **changes))
    with pytest.raises(ModelError, match=f"the model 'net.tflite' has 'tensor0' {message}"):
        make_reference(path, "net.tflite")
