"""Files that are wrong: one error that names file, operator or tensor, and offset; nothing else, and at once."""

import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from pyweb_ml.converter.readers.tflite import decode_tflite, read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.raw_tflite import packed
from tests.converter.readers.test_sparsity import CSR, DENSE, sparse_model, sparse_values
from tests.converter.readers.test_tflite import add_model, raw_signature, while_model
from tests.converter.small_models import after, chain, conv, picture

TENSOR = r"tensor 1 'c' at offset [0-9]+: "
OPERATOR = r"the graph 'main' at offset [0-9]+: operator 0 ADD at offset [0-9]+: "


def tensor_of(model: Any) -> Any:
    return model.subgraphs[0].tensors[1]


def set_tensor(**values: Any) -> Callable[[Any], None]:
    def damage(model: Any) -> None:
        for name, value in values.items():
            setattr(tensor_of(model), name, value)

    return damage


def set_quantization(**values: Any) -> Callable[[Any], None]:
    def damage(model: Any) -> None:
        quantization = schema.QuantizationParametersT()
        for name, value in values.items():
            setattr(quantization, name, value)
        tensor_of(model).type, tensor_of(model).quantization = schema.TensorType.INT32, quantization

    return damage


def set_operator(**values: Any) -> Callable[[Any], None]:
    def damage(model: Any) -> None:
        for name, value in values.items():
            setattr(model.subgraphs[0].operators[0], name, value)

    return damage


def set_model(**values: Any) -> Callable[[Any], None]:
    def damage(model: Any) -> None:
        for name, value in values.items():
            setattr(model, name, value)

    return damage


def empty_buffer(model: Any) -> None:
    model.buffers[1].data = None


def far_buffer(model: Any) -> None:
    model.buffers[1].data, model.buffers[1].offset, model.buffers[1].size = None, 2**63, 2**63


def unknown_code(model: Any) -> None:
    model.operatorCodes[0].builtinCode = 5000


def nameless_custom(model: Any) -> None:
    model.operatorCodes[0].builtinCode = model.operatorCodes[0].deprecatedBuiltinCode = 32


def bad_enumeration(model: Any) -> None:
    model.subgraphs[0].operators[0].builtinOptions.fusedActivationFunction = 99


def bad_signature(model: Any) -> None:
    model.signatureDefs = [raw_signature("run", 0, {"x": 1}, {"y": 2})]


def signature_of_no_graph(model: Any) -> None:
    model.signatureDefs = [raw_signature("run", 7, {"x": 0}, {"y": 2})]


def too_many_strings(model: Any) -> None:
    tensor_of(model).type = schema.TensorType.STRING
    model.buffers[1].data = np.array([6, *[1000] * 7], "<i4").view(np.uint8)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (set_model(version=2), "it is of the schema's version 2; only 3 is known"),
        (set_model(subgraphs=[]), "it has no graph"),
        (set_model(externalBufferGroups=[schema.ExternalBufferGroupT()]), "its weights are in other files"),
        (
            set_tensor(shape=[2, 4]),
            TENSOR + r"its shape \[2, 4\] of float32 takes 32 bytes, but its buffer has 24",
        ),
        (
            set_tensor(shape=[65536, 65536, 2, 65536]),
            TENSOR + "its shape .* takes [0-9]{16} bytes, but its buffer has 24",
        ),
        (set_tensor(shape=[-1, 3]), TENSOR + r"its shape \[-1, 3\] has a negative size, or more than 32 of them"),
        (set_tensor(shape=[1] * 40), TENSOR + "its shape .* has a negative size, or more than 32 of them"),
        (set_tensor(type=schema.TensorType.INT2), TENSOR + "its type INT2 is not supported"),
        (set_tensor(type=schema.TensorType.BFLOAT16), TENSOR + "its type BFLOAT16 is not supported"),
        (set_tensor(type=101), TENSOR + "its type 101 is not supported"),
        (set_tensor(type=schema.TensorType.VARIANT), TENSOR + "a constant cannot be of the type variant"),
        (set_tensor(buffer=9), TENSOR + "there is no buffer 9; there are 2"),
        (set_tensor(externalBuffer=1), TENSOR + "its values are in another file"),
        (far_buffer, TENSOR + "9223372036854775808 bytes at offset 9223372036854775808 lie outside of the file's"),
        (too_many_strings, TENSOR + "its strings lie outside of its buffer"),
        (set_quantization(scale=[1, 2, 3]), TENSOR + "its quantisation has 3 scales, not one for each of dimens"),
        (set_quantization(scale=[-1]), TENSOR + "its quantisation has a scale that is negative or not finite"),
        (
            set_quantization(scale=[1], zeroPoint=[1, 2]),
            TENSOR + "its quantisation has 2 zero points for 1 scales",
        ),
        (
            set_quantization(detailsType=2, details=schema.BlockwiseQuantizationT()),
            TENSOR + "its quantisation is of the kind BlockwiseQuantization, which is not supported",
        ),
        (empty_buffer, "graph 0 'main': operator 0 ADD: the tensor 'c' is neither a constant nor given before"),
        (unknown_code, "at offset [0-9]+: LiteRT's schema has no operator 5000"),
        (nameless_custom, "at offset [0-9]+: a custom operator has no name"),
        (set_operator(opcodeIndex=4), "operator 0 at offset [0-9]+: it has the code 4, of which there are 1"),
        (set_operator(inputs=[0, 3]), OPERATOR + "it refers to tensor 3, of which there are 3"),
        (set_operator(outputs=[-2]), OPERATOR + "it refers to tensor -2, of which there are 3"),
        (set_operator(outputs=[0]), "operator 0 ADD: it gives the tensor 'x', which is an input already"),
        (set_operator(outputs=[1]), "operator 0 ADD: it gives the tensor 'c', which is a constant already"),
        (set_operator(inputs=[2, 1]), "operator 0 ADD: the tensor 'y' is neither .* the graph is a circle"),
        (set_operator(inputs=[0]), "operator 0 ADD: it needs 2 inputs, but only the first 1 are given"),
        (set_operator(inputs=[0, -1]), "operator 0 ADD: it needs 2 inputs, but only the first 1 are given"),
        (set_operator(outputs=[]), "operator 0 ADD: it has no output"),
        (bad_enumeration, OPERATOR + "its option 'fused_activation_function' is 99, which is no ActivationFunc"),
        (bad_signature, "the signature 'run' names tensors that are no graph's inputs or outputs"),
        (signature_of_no_graph, "the signature 'run' at offset [0-9]+: it is of graph 7, of which there are 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(damage: Callable[[Any], None], message: str, tmp_path: Path) -> None:
    model = add_model()
    damage(model)
    with pytest.raises(ConversionError, match=f"^'m.tflite': .*{message}"):
        read_tflite(packed(model, tmp_path / "m.tflite"))


@pytest.mark.parametrize(
    ("body", "message"),
    [(0, r"graph 0 calls itself, by way of \[0\]"), (7, r"graph 0 calls graph \[1, 7\], of which")],
)
def test_graphs_that_call_themselves_or_nobody_are_refused(body: int, message: str, tmp_path: Path) -> None:
    model = while_model()
    model.subgraphs[0].operators[0].builtinOptions.bodySubgraphIndex = body
    with pytest.raises(ConversionError, match=message):
        read_tflite(packed(model, tmp_path / "m.tflite"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it cannot be read"),
        (b"PK\3\4 a zip, perhaps", "is no .tflite: it lacks the identifier 'TFL3' at its bytes 4 to 8"),
        (
            struct.pack("<I", 2**32 - 1) + b"TFL3" + bytes(64),
            "Model at offset 4294967295 needs 4 bytes, which lie out",
        ),
        (struct.pack("<I", 8) + b"TFL3" + bytes(64), "the table Model at offset 8: its vtable at 8 is malformed"),
    ],
)
def test_what_is_no_tflite_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "m.tflite").write_bytes(data)
    with pytest.raises(ConversionError, match=f"'m.tflite': {message}"):
        read_tflite(tmp_path / "m.tflite")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=r"'m.tflite': it cannot be read .*No such file"):
        read_tflite(tmp_path / "m.tflite")


def test_a_small_file_cannot_ask_for_much_memory(tmp_path: Path) -> None:
    model = sparse_model(sparse_values(5, 7), [0, 1], {}, [DENSE, CSR])
    model.subgraphs[0].tensors[0].shape = [5, 2**28]
    with pytest.raises(ConversionError, match="its constants would take more than 64 times the file's size"):
        read_tflite(packed(model, tmp_path / "m.tflite"))


def test_tables_that_share_their_parts_cannot_cost_the_square_of_the_files_size() -> None:
    """5,000 operators with the same 5,000 inputs: a file of 0.1 MB that describes 25 million numbers."""
    count = 5000
    builder = flatbuffers.Builder(1024)
    inputs = builder.CreateNumpyVector(np.zeros(count, np.int32))
    operators = []
    for _ in range(count):
        schema.OperatorStart(builder)
        schema.OperatorAddInputs(builder, inputs)
        operators.append(schema.OperatorEnd(builder))
    operators_vector = references(builder, operators)
    schema.SubGraphStart(builder)
    schema.SubGraphAddOperators(builder, operators_vector)
    graphs = references(builder, [schema.SubGraphEnd(builder)])
    schema.ModelStart(builder)
    schema.ModelAddVersion(builder, 3)
    schema.ModelAddSubgraphs(builder, graphs)
    builder.Finish(schema.ModelEnd(builder), b"TFL3")
    with pytest.raises(ConversionError, match="its parts overlap; it describes more than it can hold"):
        decode_tflite(memoryview(builder.Output()))


def references(builder: Any, tables: list[int]) -> Any:
    builder.StartVector(4, len(tables), 4)
    for table in reversed(tables):
        builder.PrependUOffsetTRelative(table)
    return builder.EndVector()


FUZZED = 900
"""Damaged files a kind of damage and model: a few seconds in all."""


def models_to_damage(folder: Path) -> list[bytes]:
    first = conv(picture())
    files = [packed(while_model(), folder / "while"), packed(add_model("INT4", bytes(3)), folder / "int4")]
    files.append(
        packed(sparse_model(sparse_values(8, 6), [0, 1, 2], {1: 2}, [DENSE, CSR, DENSE]), folder / "sparse")
    )
    files.append(folder / "conv")
    write_tflite(chain(first, after(first, "RELU")), files[-1])
    return [file.read_bytes() for file in files]


def truncated(data: bytes, random: np.random.Generator) -> bytes:
    return data[: random.integers(len(data))]


def flipped(data: bytes, random: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for place in random.integers(len(data), size=random.integers(1, 9)):
        changed[place] ^= 1 << random.integers(8)
    return bytes(changed)


def overwritten(data: bytes, random: np.random.Generator) -> bytes:
    """A 32-bit word becomes one of those that hurt: all ones, the largest, the file's length and such."""
    changed = bytearray(data)
    words = [0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, len(data), len(data) - 1, 0x40000000]
    for _ in range(random.integers(1, 4)):
        struct.pack_into("<I", changed, 4 * int(random.integers(len(data) // 4)), int(random.choice(words)))
    return bytes(changed)


@pytest.mark.parametrize("damage", [truncated, flipped, overwritten])
def test_damaged_files_give_a_model_or_the_one_error_in_little_time_and_memory(
    damage: Callable[[bytes, np.random.Generator], bytes], tmp_path: Path
) -> None:
    random = np.random.default_rng(7)
    refused = 0
    tracemalloc.start()
    try:
        for data in models_to_damage(tmp_path):
            for _ in range(FUZZED // 4):
                refused += is_refused(damage(data, random))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused > FUZZED // 10
    assert peak < 2**24


def is_refused(data: bytes) -> bool:
    try:
        decode_tflite(memoryview(data))
    except ConversionError:
        return True
    return False
