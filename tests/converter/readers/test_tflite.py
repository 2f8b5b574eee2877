"""Files as other writers write them: everything that a `.tflite` may hold is read, or refused by name."""

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from pyweb_ml.converter.interpreter import run_file, run_model
from pyweb_ml.converter.model import Graph, Model, Operator
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.raw_tflite import packed, raw_model, raw_operator, raw_tensor, unpacked
from tests.converter.small_models import chain, constant, conv, normal, picture
from tests.converter.zoo import TFLITE, fetch

VALUES = np.arange(6, dtype=np.float32).reshape(2, 3)


def add_model(kind: str = "FLOAT32", data: bytes = VALUES.tobytes()) -> Any:
    """A `ModelT` that adds a constant of 2 by 3."""
    tensors = [raw_tensor("x", [2, 3], kind), raw_tensor("c", [2, 3], kind, data), raw_tensor("y", [2, 3], kind)]
    operator = raw_operator([0, 1], [2], "AddOptions", schema.AddOptionsT())
    return raw_model([(schema.BuiltinOperator.ADD, operator)], tensors, [0], [2])


def only_operator(path: Path) -> Operator:
    (operator,) = read_tflite(path).graph.operators
    return operator


@pytest.mark.network
@pytest.mark.parametrize("name", TFLITE)
def test_a_real_model_is_read_and_written_without_a_change_of_one_bit_of_its_outputs(
    name: str, tmp_path: Path
) -> None:
    model = read_tflite(fetch(name))
    write_tflite(model, tmp_path / "written.tflite")
    random = np.random.default_rng(0)
    inputs = {t.name: random.random([abs(s) for s in t.shape], np.float32) for t in model.graph.inputs}
    before, after = run_file(fetch(name), inputs), run_file(tmp_path / "written.tflite", inputs)
    assert [value.tobytes() for value in after] == [value.tobytes() for value in before]


def test_tensors_operators_and_options_are_as_in_the_file(tmp_path: Path) -> None:
    options = schema.AddOptionsT()
    options.fusedActivationFunction = schema.ActivationFunctionType.RELU6
    model = add_model()
    model.subgraphs[0].operators[0].builtinOptions = options
    read = read_tflite(packed(model, tmp_path / "add.tflite"))
    (operator,) = read.graph.operators
    assert (operator.op, operator.version, operator.custom) == ("ADD", 1, None)
    assert operator.options == {"fused_activation_function": "RELU6", "pot_scale_int16": True}
    assert [(t.name, t.shape, t.dtype, t.is_constant) for t in read.graph.tensors] == [
        ("x", (2, 3), "float32", False),
        ("c", (2, 3), "float32", True),
        ("y", (2, 3), "float32", False),
    ]
    assert operator.inputs[1] is not None
    assert np.array_equal(np.asarray(operator.inputs[1].data), VALUES)
    assert read.description == "by hand"


@pytest.mark.parametrize(
    ("builtin", "deprecated", "name"),
    [(0, 18, "MUL"), (18, 0, "MUL"), (18, 18, "MUL"), (150, 127, "GELU")],
    ids=["an old writer", "ai-edge-quantizer", "both", "a code above 127"],
)
def test_the_operator_is_the_larger_of_its_two_codes(
    builtin: int, deprecated: int, name: str, tmp_path: Path
) -> None:
    model = add_model()
    model.operatorCodes[0].builtinCode, model.operatorCodes[0].deprecatedBuiltinCode = builtin, deprecated
    assert only_operator(packed(model, tmp_path / "m.tflite")).op == name


def test_options_of_the_second_union_are_read(tmp_path: Path) -> None:
    options = schema.StablehloConcatenateOptionsT()
    options.dimension = 1
    model = add_model()
    model.operatorCodes[0].builtinCode = schema.BuiltinOperator.STABLEHLO_CONCATENATE
    model.subgraphs[0].operators[0] = raw_operator([0, 1], [2], "StablehloConcatenateOptions", options)
    path = packed(model, tmp_path / "m.tflite")
    assert only_operator(path).options == {"dimension": 1}
    write_tflite(read_tflite(path), tmp_path / "again.tflite")
    assert only_operator(tmp_path / "again.tflite").options == {"dimension": 1}


def test_options_of_another_operators_kind_count_as_none(tmp_path: Path) -> None:
    model = add_model()
    model.subgraphs[0].operators[0].builtinOptionsType = schema.BuiltinOptions.SoftmaxOptions
    model.subgraphs[0].operators[0].builtinOptions = schema.SoftmaxOptionsT()
    assert only_operator(packed(model, tmp_path / "m.tflite")).options == {}


def test_an_optional_input_that_is_left_out_is_none(tmp_path: Path) -> None:
    model = add_model()
    model.operatorCodes[0].builtinCode = schema.BuiltinOperator.FULLY_CONNECTED
    model.operatorCodes[0].deprecatedBuiltinCode = 0
    model.subgraphs[0].operators[0].inputs = [0, 1, -1]
    assert only_operator(packed(model, tmp_path / "m.tflite")).inputs[2] is None


def test_a_custom_operator_has_its_name_and_bytes(tmp_path: Path) -> None:
    model = add_model()
    model.operatorCodes[0].builtinCode = model.operatorCodes[0].deprecatedBuiltinCode = 32
    model.operatorCodes[0].customCode = "Mine"
    model.subgraphs[0].operators[0].customOptions = np.frombuffer(b"own", np.uint8)
    operator = only_operator(packed(model, tmp_path / "m.tflite"))
    assert (operator.op, operator.custom) == ("Mine", b"own")


def test_values_outside_of_the_flatbuffer_are_read_by_offset_and_size(tmp_path: Path) -> None:
    model = add_model()
    buffer = model.buffers[1]
    buffer.data, buffer.offset, buffer.size = None, 2**40, 24
    buffer.offset = packed(model, tmp_path / "m.tflite").stat().st_size
    path = packed(model, tmp_path / "m.tflite", VALUES.tobytes())
    operator = only_operator(path)
    assert operator.inputs[1] is not None
    assert np.array_equal(np.asarray(operator.inputs[1].data), VALUES)


def test_int4_is_unpacked_the_lower_half_first(tmp_path: Path) -> None:
    path = packed(add_model("INT4", bytes([0x21, 0x83, 0x7F])), tmp_path / "m.tflite")
    operator = only_operator(path)
    assert operator.inputs[1] is not None
    assert (operator.inputs[1].dtype, np.asarray(operator.inputs[1].data).tolist()) == (
        "int4",
        [[1, 2, 3], [-8, -1, 7]],
    )


def test_strings_are_read_as_bytes(tmp_path: Path) -> None:
    data = np.array([2, 16, 19, 19], "<i4").tobytes() + b"cat"
    tensors = [raw_tensor("names", [2], "STRING", data)]
    path = packed(raw_model([], tensors, [], [0]), tmp_path / "m.tflite")
    (tensor,) = read_tflite(path).graph.outputs
    assert np.asarray(tensor.data).tolist() == [b"cat", b""]


def test_quantisation_has_one_zero_point_a_scale(tmp_path: Path) -> None:
    model = add_model("INT8", bytes(6))
    quantization = schema.QuantizationParametersT()
    quantization.scale, quantization.zeroPoint, quantization.quantizedDimension = [0.5, 1, 2], [4], 1
    model.subgraphs[0].tensors[1].quantization = quantization
    tensor = only_operator(packed(model, tmp_path / "m.tflite")).inputs[1]
    assert tensor is not None
    assert tensor.quantization is not None
    assert (tensor.quantization.scale.tolist(), tensor.quantization.zero_point.tolist()) == (
        [0.5, 1, 2],
        [4, 4, 4],
    )
    assert tensor.quantization.axis == 1


def test_several_graphs_and_signatures_are_kept_and_a_loop_still_runs(tmp_path: Path) -> None:
    path = packed(while_model(), tmp_path / "while.tflite")
    model = read_tflite(path)
    assert [graph.name for graph in model.graphs] == ["main", "condition", "body"]
    assert [signature.key for signature in model.signatures] == ["run", "once"]
    assert model.graph.operators[0].options == {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    write_tflite(model, tmp_path / "written.tflite")
    start = {"start": np.array([3], np.int32)}
    assert run_file(path, start)[0].tolist() == run_file(tmp_path / "written.tflite", start)[0].tolist() == [10]


def while_model() -> Any:
    """A `ModelT` that adds 1 while its input is below 10, and a second signature for the loop's body alone."""
    options = schema.WhileOptionsT()
    options.condSubgraphIndex, options.bodySubgraphIndex = 1, 2
    loop = raw_operator([0], [1], "WhileOptions", options)
    less = raw_operator([0, 1], [2], "LessOptions", schema.LessOptionsT())
    add = raw_operator([0, 1], [2], "AddOptions", schema.AddOptionsT())
    ten, one = np.array([10], np.int32), np.array([1], np.int32)
    integers = [
        raw_tensor("i", [1], "INT32"),
        raw_tensor("ten", [1], "INT32", ten),
        raw_tensor("less", [1], "BOOL"),
    ]
    sums = [raw_tensor("i", [1], "INT32"), raw_tensor("one", [1], "INT32", one), raw_tensor("next", [1], "INT32")]
    model = raw_model(
        [(schema.BuiltinOperator.WHILE, loop)],
        [raw_tensor("start", [1], "INT32"), raw_tensor("end", [1], "INT32")],
        [0],
        [1],
    )
    for code, operator, tensors, name in (
        (schema.BuiltinOperator.LESS, less, integers, "condition"),
        (schema.BuiltinOperator.ADD, add, sums, "body"),
    ):
        other = raw_model([(code, operator)], tensors, [0], [2])
        operator.opcodeIndex = len(model.operatorCodes)
        model.operatorCodes += other.operatorCodes
        other.subgraphs[0].name = name
        tensors[1].buffer = len(model.buffers)
        model.buffers.append(other.buffers[1])
        model.subgraphs += other.subgraphs
    model.signatureDefs = [
        raw_signature("run", 0, {"from": 0}, {"to": 1}),
        raw_signature("once", 2, {"i": 0}, {"next": 2}),
    ]
    return model


def raw_signature(key: str, graph: int, inputs: dict[str, int], outputs: dict[str, int]) -> Any:
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = key, graph
    signature.inputs, signature.outputs = map(raw_entries, (inputs, outputs))
    return signature


def raw_entries(tensors: dict[str, int]) -> list[Any]:
    entries = []
    for name, index in tensors.items():
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = name, index
        entries.append(entry)
    return entries


def test_constants_are_views_of_the_file_so_that_a_large_model_takes_no_memory(tmp_path: Path) -> None:
    size = 2**25
    large = constant("large", np.ones((1, size // 4), np.float32))
    write_tflite(Model([Graph([], [large], [])]), tmp_path / "large.tflite")
    read_tflite(tmp_path / "large.tflite")  # what is loaded once is no part of a model's cost
    tracemalloc.start()
    try:
        model = read_tflite(tmp_path / "large.tflite")
        write_tflite(model, tmp_path / "again.tflite")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "again.tflite").stat().st_size > size
    assert peak < size / 32


def test_an_unknown_size_is_minus_one_and_a_shape_that_is_given_fixes_all_that_follows(tmp_path: Path) -> None:
    operator = conv(picture(-1, 8, 6, 3))
    operator.outputs[0].shape = (-1, 8, 6, 5)
    write_tflite(chain(operator), tmp_path / "m.tflite")
    model = read_tflite(tmp_path / "m.tflite")
    assert [model.graph.inputs[0].shape, model.graph.outputs[0].shape] == [(-1, 8, 6, 3), (-1, 8, 6, 5)]
    fixed = read_tflite(tmp_path / "m.tflite", ReadOptions({"picture": (4, 8, 6, 3)}))
    assert [fixed.graph.inputs[0].shape, fixed.graph.outputs[0].shape] == [(4, 8, 6, 3), (4, 8, 6, 5)]
    with pytest.raises(ConversionError, match=r"'m.tflite': there is no input 'image' .* \['picture'\]"):
        read_tflite(tmp_path / "m.tflite", ReadOptions({"image": (4, 8, 6, 3)}))


def test_a_model_that_is_written_and_read_computes_the_same(tmp_path: Path) -> None:
    model = chain(conv(picture()))
    write_tflite(model, tmp_path / "m.tflite")
    inputs = {"picture": normal(3, 2, 8, 6, 3)}
    assert np.array_equal(run_file(tmp_path / "m.tflite", inputs)[0], run_model(model, inputs)[0])


def test_another_implementations_file_of_our_file_is_read_the_same(tmp_path: Path) -> None:
    model = chain(conv(picture()))
    path = packed(unpacked(model, tmp_path), tmp_path / "theirs.tflite")
    write_tflite(read_tflite(path), tmp_path / "ours.tflite")
    assert (tmp_path / "ours.tflite").read_bytes() == (tmp_path / "unpacked.tflite").read_bytes()
