"""What is written: a clean file that LiteRT takes, the same bytes each time, and no file if it cannot be."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from pyweb_ml.converter.interpreter import run_file
from pyweb_ml.converter.model import Graph, Model, Operator, Option, Quantization, Tensor
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.small_models import after, chain, constant, conv, normal, picture
from tests.converter.zoo import TFLITE, fetch


def small_model() -> Model:
    first = conv(picture())
    return chain(first, after(first, "RELU"))


def written(model: Model, folder: Path, name: str = "m.tflite") -> bytes:
    write_tflite(model, folder / name)
    return (folder / name).read_bytes()


def unpacked(data: bytes) -> schema.ModelT:
    return schema.ModelT.InitFromPackedBuf(data, 0)


@pytest.mark.network
@pytest.mark.parametrize("name", TFLITE)
def test_writing_what_was_read_from_what_was_written_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    first = written(read_tflite(fetch(name)), tmp_path, "first.tflite")
    assert written(read_tflite(tmp_path / "first.tflite"), tmp_path, "second.tflite") == first


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(small_model(), tmp_path, "a") == written(small_model(), tmp_path, "b")


def test_a_signature_is_added_with_the_tensors_names(tmp_path: Path) -> None:
    write_tflite(small_model(), tmp_path / "m.tflite")
    signatures = Interpreter(str(tmp_path / "m.tflite")).get_signature_list()
    assert signatures == {"serving_default": {"inputs": ["picture"], "outputs": ["relu"]}}


def test_constants_that_are_the_same_are_written_once_and_begin_at_multiples_of_16(tmp_path: Path) -> None:
    ones = [constant(f"ones_{index}", np.ones(4096, np.float32)) for index in range(3)]
    other = constant("other", np.arange(3, dtype=np.int8))
    data = written(Model([Graph([], [*ones, other], [])]), tmp_path)
    assert len(data) < 2 * 4096 * 4
    for values in (b"\0\0\x80\x3f" * 4096, b"\0\1\2"):
        assert data.index(values) % 16 == 0


def test_both_codes_of_an_operator_are_written(tmp_path: Path) -> None:
    first = conv(picture())
    codes = unpacked(written(chain(first, after(first, "GELU")), tmp_path)).operatorCodes or []
    assert [(code.builtinCode, code.deprecatedBuiltinCode) for code in codes] == [(3, 3), (150, 127)]


def test_names_that_clash_get_a_number(tmp_path: Path) -> None:
    tensors = [constant(name, normal(seed, 2)) for seed, name in enumerate(["a", "a", "a_1", "", ""])]
    write_tflite(Model([Graph([], tensors, [])]), tmp_path / "m.tflite")
    names = [tensor.name for tensor in read_tflite(tmp_path / "m.tflite").graph.outputs]
    assert names == ["a", "a_1", "a_1_1", "tensor", "tensor_1"]


@pytest.mark.parametrize("xnnpack", [True, False], ids=["XNNPACK", "LiteRT's own kernels"])
def test_a_large_model_has_its_constants_outside_of_the_flatbuffer_and_runs_the_same(
    tmp_path: Path, xnnpack: bool
) -> None:
    inputs = {"picture": normal(3, 2, 8, 6, 3)}
    write_tflite(small_model(), tmp_path / "inside.tflite")
    write_tflite(small_model(), tmp_path / "outside.tflite", inline_bytes=0)
    buffers = unpacked((tmp_path / "outside.tflite").read_bytes()).buffers or []
    assert [(buffer.data, buffer.offset % 16, buffer.size) for buffer in buffers[1:]] == [
        (None, 0, 540),
        (None, 0, 20),
    ]
    inside, outside = (
        run_file(tmp_path / name, inputs, xnnpack=xnnpack)[0] for name in ("inside.tflite", "outside.tflite")
    )
    assert np.array_equal(inside, outside)
    assert written(read_tflite(tmp_path / "outside.tflite"), tmp_path) == (tmp_path / "inside.tflite").read_bytes()


def test_int4_strings_and_quantisation_survive(tmp_path: Path) -> None:
    quantization = Quantization(np.array([0.5, 2], np.float32), np.array([0, 3]), 1)
    int4 = Tensor("int4", (3, 2), "int4", np.array([[-8, 7], [1, -1], [0, 5]], np.int8), quantization)
    text = np.empty(2, object)
    text[:] = [b"cat", "Käse".encode()]
    strings = Tensor("strings", (2,), "string", text)
    write_tflite(Model([Graph([], [int4, strings], [])], metadata={"mine": b"bytes"}), tmp_path / "m.tflite")
    model = read_tflite(tmp_path / "m.tflite")
    first, second = model.graph.outputs
    assert first.quantization is not None
    assert [np.asarray(each.data).tolist() for each in (first, second)] == [
        [[-8, 7], [1, -1], [0, 5]],
        text.tolist(),
    ]
    assert (first.quantization.scale.tolist(), first.quantization.zero_point.tolist()) == ([0.5, 2], [0, 3])
    assert (first.quantization.axis, model.metadata) == (1, {"mine": b"bytes"})


def test_a_constant_without_values_stays_a_constant(tmp_path: Path) -> None:
    write_tflite(Model([Graph([], [constant("scalar", np.empty(0, np.int32))], [])]), tmp_path / "m.tflite")
    assert np.asarray(read_tflite(tmp_path / "m.tflite").graph.outputs[0].data).shape == (0,)


def circle() -> Model:
    a, b = Tensor("a", (2,)), Tensor("b", (2,))
    return Model([Graph([], [a], [Operator("NEG", [b], [a]), Operator("NEG", [a], [b])])])


def of_type(dtype: str, values: object) -> Model:
    return Model([Graph([], [Tensor("c", (2,), dtype, np.asarray(values))], [])])


def with_operator(op: str, **options: Option) -> Model:
    tensor = picture()
    inputs: list[Tensor | None] = [tensor, constant("weights", normal(0, 3, 1, 1, 3))]
    return chain(Operator(op, inputs, [Tensor("y", tensor.shape)], {**options}))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Model([]), "it has no graph"),
        (circle(), "graph 0 'main': operator 0 NEG: the tensor 'b' is neither a constant nor given before"),
        (of_type("float8", [1.0, 2.0]), "tensor 'c': a .tflite has no tensors of the type 'float8'"),
        (of_type("float32", [1.0, 2.0]), "tensor 'c': its type is float32, but its data is of float64"),
        (of_type("int8", np.zeros(3, np.int8)), r"tensor 'c': its shape is \[2\], but its data has \[3\]"),
        (
            of_type("int4", np.array([1, 8], np.int8)),
            "tensor 'c': it is of int4, but has values outside of -8 to 7",
        ),
        (with_operator("CONVOLVE"), "operator 0 CONVOLVE: 'CONVOLVE' is no operator of LiteRT's schema"),
        (with_operator("RELU", alpha=1.0), "operator 0 RELU: it has no option 'alpha'; its options are none"),
        (with_operator("LEAKY_RELU", beta=1.0), "it has no option 'beta'; its options are alpha"),
        (
            with_operator("CONV_2D", padding="FULL"),
            "operator 0 CONV_2D: its option 'padding' is 'FULL'; it must be one of SAME, VALID",
        ),
        (
            with_operator("CONV_2D", stride_w=2**40),
            "its option 'stride_w' is 1099511627776; it must be of the kind int32",
        ),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_name_and_leaves_no_file(
    model: Model, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConversionError, match=f"^'m.tflite': .*{message}"):
        write_tflite(model, tmp_path / "m.tflite")
    assert list(tmp_path.iterdir()) == []
