"""ONNX models become the same models without ONNX's layout; what is wrong with a file is said with its node."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.passes.channels_last import channels_last
from pyweb_ml.converter.readers.onnx import read_onnx
from pyweb_ml.converter.readers.onnx.proto import ModelProto
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.errors import ConversionError
from tests.converter import zoo
from tests.converter.readers.onnx_cases import floats, whole
from tests.converter.readers.onnx_models import Node, fill_graph, fill_tensor, onnx_model
from tests.converter.readers.onnx_running import run_onnxruntime, with_input_shape
from tests.converter.running import farthest, run_litert

Change = Callable[[Any], object]


def transposes(model: Model) -> int:
    return sum(op.op == "TRANSPOSE" for op in model.graph.operators)


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(data)
    return path


def changed(data: bytes, change: Change) -> bytes:
    """The model after `change` has changed its ModelProto."""
    proto = ModelProto.FromString(data)
    change(proto)
    return bytes(proto.SerializeToString())


def agrees(model: Model, original: bytes, inputs: dict[str, Any]) -> None:
    (wanted,) = run_onnxruntime([(original, inputs)])
    for ours, theirs in zip(run_litert(model, *inputs.values()), wanted, strict=True):
        assert farthest(ours, theirs) < 1e-4


def test_centerface_agrees_with_onnxruntime_with_transposes_only_at_its_ends() -> None:
    shape = (1, 3, 64, 96)
    model = read_onnx(zoo.fetch("centerface.onnx"), ReadOptions({"input.1": shape}))
    assert [tensor.shape for tensor in model.graph.outputs] == [(1, size, 16, 24) for size in (1, 2, 2, 10)]
    assert transposes(model) == 4
    original = with_input_shape(zoo.fetch("centerface.onnx").read_bytes(), "input.1", shape)
    agrees(model, original, {"input.1": floats(*shape)})


def test_centerface_with_channels_last_has_no_transpose_at_all() -> None:
    shape = (1, 3, 64, 96)
    model = channels_last(read_onnx(zoo.fetch("centerface.onnx"), ReadOptions({"input.1": shape})))
    assert transposes(model) == 0
    assert list(model.signatures[0].inputs) == ["input.1"]
    assert [(one.name, one.shape) for one in model.graph.inputs] == [("input.1", (1, 64, 96, 3))]
    original = with_input_shape(zoo.fetch("centerface.onnx").read_bytes(), "input.1", shape)
    given = floats(*shape)
    (wanted,) = run_onnxruntime([(original, {"input.1": given})])
    for ours, theirs in zip(run_litert(model, given.transpose(0, 2, 3, 1)), wanted, strict=True):
        assert farthest(ours, theirs.transpose(0, 2, 3, 1)) < 1e-4


def test_silero_vad_keeps_its_state_as_inputs_and_outputs() -> None:
    path = zoo.fetch("silero_vad_16k_sequence.onnx")
    model = read_onnx(path, ReadOptions({"input": (5, 576)}))
    assert transposes(model) == 0
    inputs = {"input": floats(5, 576), "h": floats(1, 1, 128), "c": floats(1, 1, 128)}
    agrees(model, path.read_bytes(), inputs)


def test_basic_pitch_agrees_with_onnxruntime_without_transposes() -> None:
    path = zoo.fetch("basic_pitch.onnx")
    model = read_onnx(path, ReadOptions({"": (1, 43844, 1)}))
    assert transposes(model) == 0
    agrees(model, path.read_bytes(), {model.graph.inputs[0].name: floats(1, 43844, 1)})


def _convolution(name: str, into: str, out: str, **attributes: Any) -> Node:
    return Node("Conv", [into, name], [out], {"pads": [1, 1, 1, 1], **attributes})


NETWORKS: dict[str, tuple[list[Node], dict[str, Any], int]] = {
    "a residual block with squeeze and excitation": (
        [
            _convolution("k1", "x", "a"),
            Node("GlobalAveragePool", ["a"], ["pooled"]),
            Node("Conv", ["pooled", "k2"], ["squeezed"]),
            Node("Sigmoid", ["squeezed"], ["gate"]),
            Node("Mul", ["a", "gate"], ["b"]),
            _convolution("k3", "b", "c"),
            Node("Add", ["c", "a"], ["y"]),
        ],
        {"k1": floats(8, 3, 3, 3), "k2": floats(8, 8, 1, 1), "k3": floats(8, 8, 3, 3)},
        2,
    ),
    "channels shuffled": (
        [
            _convolution("k1", "x", "a"),
            Node("Reshape", ["a", "split"], ["b"]),
            Node("Transpose", ["b"], ["c"], {"perm": [0, 2, 1, 3, 4]}),
            Node("Reshape", ["c", "join"], ["d"]),
            _convolution("k3", "d", "y"),
        ],
        {
            "k1": floats(8, 3, 3, 3),
            "k3": floats(8, 8, 3, 3),
            "split": whole(1, 2, 4, 8, 10),
            "join": whole(1, 8, 8, 10),
        },
        3,
    ),
    "a head of YOLO's": (
        [
            _convolution("k1", "x", "a"),
            Node("Reshape", ["a", "boxes"], ["b"]),
            Node("Transpose", ["b"], ["c"], {"perm": [0, 1, 3, 4, 2]}),
            Node("Sigmoid", ["c"], ["d"]),
            Node("Reshape", ["d", "rows"], ["y"]),
        ],
        {"k1": floats(8, 3, 3, 3), "boxes": whole(1, 2, 4, 8, 10), "rows": whole(1, -1, 4)},
        2,
    ),
    "a pyramid": (
        [
            _convolution("k1", "x", "a", strides=[2, 2]),
            Node("Relu", ["a"], ["b"]),
            Node("Resize", ["b", "", "twice"], ["c"], {"mode": "nearest"}),
            _convolution("k1", "x", "d"),
            Node("Concat", ["c", "d"], ["e"], {"axis": 1}),
            Node("Split", ["e"], ["f", "g"], {"axis": 1}),
            Node("Pad", ["f", "around"], ["h"]),
            Node("Slice", ["h", "begin", "end", "axes"], ["i"]),
            Node("Add", ["i", "g"], ["j"]),
            Node("Softmax", ["j"], ["k"], {"axis": 1}),
            Node("ReduceMean", ["k"], ["l"], {"axes": [1], "keepdims": 0}),
            Node("Unsqueeze", ["l", "one"], ["m"]),
            Node("Mul", ["m", "j"], ["y"]),
        ],
        {
            "k1": floats(8, 3, 3, 3), "twice": np.array([1, 1, 2, 2], np.float32), "one": whole(1),
            "around": whole(0, 0, 1, 1, 0, 0, 1, 1), "begin": whole(1, 1), "end": whole(9, 11),
            "axes": whole(2, 3),
        },
        2,
    ),
    "patches as rows": (
        [
            Node("Conv", ["x", "k1"], ["a"], {"strides": [2, 2]}),
            Node("Reshape", ["a", "rows"], ["b"]),
            Node("Transpose", ["b"], ["c"], {"perm": [0, 2, 1]}),
            Node("LayerNormalization", ["c", "scale", "scale"], ["d"]),
            Node("MatMul", ["d", "w"], ["y"]),
        ],
        {"k1": floats(8, 3, 2, 2), "rows": whole(1, 8, -1), "scale": floats(8), "w": floats(8, 5)},
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_transposes_are_left_only_where_they_must_be(name: str, tmp_path: Path) -> None:
    nodes, constants, left = NETWORKS[name]
    given = {"x": floats(1, 3, 8, 10)}
    data = onnx_model(nodes, given, ["y"], constants)
    model = read_onnx(saved(tmp_path, data))
    agrees(model, data, given)
    assert transposes(model) == left


GELUS = {
    "times x, then halved": [("Mul", "x", "d", "e"), ("Mul", "e", "half", "y")],
    "times a half of x": [("Mul", "half", "x", "e"), ("Mul", "e", "d", "y")],
}


@pytest.mark.parametrize("order", GELUS)
def test_a_gelu_that_is_written_out_is_one_operator(order: str, tmp_path: Path) -> None:
    start = [("Div", "x", "root", "a"), ("Erf", "a", "b"), ("Add", "b", "one", "d")]
    nodes = [Node(op, inputs, [out]) for op, *inputs, out in [*start, *GELUS[order]]]
    constants = {name: np.array(one, np.float32) for name, one in (("root", 2**0.5), ("one", 1), ("half", 0.5))}
    given = {"x": floats(3, 5)}
    data = onnx_model(nodes, given, ["y"], constants)
    model = read_onnx(saved(tmp_path, data))
    assert [op.op for op in model.graph.operators] == ["GELU"]
    agrees(model, data, given)


def test_what_is_nearly_a_gelu_stays_as_it_is(tmp_path: Path) -> None:
    start = [("Div", "x", "root", "a"), ("Erf", "a", "b"), ("Add", "b", "one", "d")]
    nodes = [Node(op, inputs, [out]) for op, *inputs, out in [*start, *GELUS["times x, then halved"]]]
    constants = {name: np.array(one, np.float32) for name, one in (("root", 1.5), ("one", 1), ("half", 0.5))}
    given = {"x": floats(3, 5)}
    data = onnx_model(nodes, given, ["y"], constants)
    agrees(read_onnx(saved(tmp_path, data)), data, given)


def test_a_branch_whose_condition_is_known_is_taken(tmp_path: Path) -> None:
    def branch(op: str) -> Change:
        return lambda graph: fill_graph(graph, [Node(op, ["x"], ["z"])], ["z"], {})

    for condition, op in ((True, "RELU"), (False, "NEG")):
        node = Node("If", ["c"], ["y"], {"then_branch": branch("Relu"), "else_branch": branch("Neg")})
        data = onnx_model([node], {"x": floats(3)}, ["y"], {"c": np.array(condition)})
        assert [op.op for op in read_onnx(saved(tmp_path, data)).graph.operators] == [op]


def _sum(constants: dict[str, Any], **more: Any) -> bytes:
    return onnx_model([Node("Add", ["x", "w"], ["y"])], {"x": floats(2, 3)}, ["y"], constants, **more)


@pytest.mark.parametrize(
    ("number", "field", "values"),
    [
        (1, "float_data", [1.5, -2, 3]),
        (11, "double_data", [1.5, -2, 3]),
        (10, "int32_data", [0x3E00, 0xC000, 0x4200]),
        (16, "int32_data", [0x3FC0, 0xC000, 0x4040]),
    ],
)
def test_floats_of_every_width_are_float32(number: int, field: str, values: list[float], tmp_path: Path) -> None:
    def fill(proto: Any) -> None:
        tensor = proto.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_type = number
        getattr(tensor, field).extend(values)

    model = read_onnx(saved(tmp_path, changed(_sum({"w": floats(3)}), fill)))
    (got,) = run_litert(model, np.zeros((2, 3), np.float32))
    np.testing.assert_array_equal(got, [[1.5, -2, 3]] * 2)


def _outside(tensor: Any, **entries: object) -> None:
    tensor.ClearField("raw_data")
    tensor.data_location = 1
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=str(value))


def test_values_may_lie_in_a_file_beside_the_model(tmp_path: Path) -> None:
    array = floats(3)
    (tmp_path / "more.bin").write_bytes(bytes(8) + array.tobytes())
    data = changed(
        _sum({"w": array}),
        lambda proto: _outside(proto.graph.initializer[0], location="more.bin", offset=8, length=12),
    )
    (got,) = run_litert(read_onnx(saved(tmp_path, data)), np.zeros((2, 3), np.float32))
    np.testing.assert_array_equal(got, [array] * 2)


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"location": "../more.bin"}, "lies in '../more.bin', outside of the model's folder"),
        ({"location": "/etc/passwd"}, "lies in '/etc/passwd', outside of the model's folder"),
        ({}, "lies in '', outside of the model's folder"),
        ({"location": "more.bin", "offset": 4}, "'more.bin' ends before the tensor 'w', at byte 12"),
        ({"location": "more.bin", "offset": 10**14}, "'more.bin' ends before the tensor 'w', at byte 12"),
        ({"location": "more.bin", "length": 8}, "needs 12 bytes, but names 8 of 'more.bin'"),
        ({"location": "more.bin", "offset": "-4"}, "has no whole number as 'offset' but '-4'"),
        ({"location": "absent.bin"}, "'absent.bin' with the tensor 'w' cannot be read"),
    ],
)
def test_values_outside_of_where_they_may_lie_are_refused(
    entries: dict[str, object], reason: str, tmp_path: Path
) -> None:
    (tmp_path / "more.bin").write_bytes(bytes(12))
    data = changed(_sum({"w": floats(3)}), lambda proto: _outside(proto.graph.initializer[0], **entries))
    _refused(saved(tmp_path, data), reason)


def _refused(path: Path, reason: str, options: ReadOptions | None = None) -> None:
    with pytest.raises(ConversionError) as refused:
        read_onnx(path, options or ReadOptions())
    assert "'model.onnx': " in str(refused.value)
    assert reason in str(refused.value)


def _node(op: str, **more: Any) -> bytes:
    return onnx_model([Node(op, ["x"], ["y"], **more)], {"x": floats(1, 3, 4, 4)}, ["y"])


def _cycle(proto: Any) -> None:
    proto.graph.node[0].input[1] = "y"


def _set(field: str, value: Any) -> Change:
    return lambda proto: setattr(proto.graph.initializer[0], field, value)


BAD_MODELS = {
    "no ONNX model: it has no graph": b"",
    "truncated, damaged or no ONNX file": b"\x3a\xff\x01\x00",
    "it uses version 3 of ONNX's operators; from 7 to": _sum({"w": floats(3)}, opset=3),
    "it takes 'w', which no node before it gives": _sum({}),
    "it takes 'y', which no node before it gives": changed(_sum({"w": floats(3)}), _cycle),
    "the node '0' (Add): ADD cannot take inputs of the shapes [2, 3], [4]": _sum({"w": floats(4)}),
    "'y' is given twice": onnx_model([Node("Relu", ["x"], ["y"])] * 2, {"x": floats(2)}, ["y"]),
    "the operator 'Det' is not supported; export the model with ONNX's ordinary operators": _node("Det"),
    "the operator 'com.microsoft::FusedConv' is not supported": _node("FusedConv", domain="com.microsoft"),
    "the operator 'NonMaxSuppression' is not supported; export the model without its last": _node(
        "NonMaxSuppression"
    ),
    "its input 1 is missing": _node("Conv"),
    "it lacks the attribute 'kernel_shape'": _node("MaxPool"),
    "its attribute 'axis' has another type": _node("Softmax", attributes={"axis": 1.5}),
    "there is no axis 9 in a tensor of 4 axes": _node("Softmax", attributes={"axis": 9}),
    "a size of its window or a stride is below 1": _node(
        "MaxPool", attributes={"kernel_shape": [2, 2], "strides": [0, 1]}
    ),
    "has 3 values, but its shape [4] needs 4": changed(
        _sum({"w": floats(3)}), lambda proto: proto.graph.initializer[0].dims.__setitem__(0, 4)
    ),
    "has the impossible shape [-3]": changed(
        _sum({"w": floats(3)}), lambda proto: proto.graph.initializer[0].dims.__setitem__(0, -3)
    ),
    "has the impossible shape [1099511627776, 3]": changed(
        _sum({"w": floats(3)}), lambda proto: proto.graph.initializer[0].dims.insert(0, 2**40)
    ),
    "the data type 8 of ONNX": changed(_sum({"w": floats(3)}), _set("data_type", 8)),
    "no whole float32 values": changed(_sum({"w": floats(3)}), _set("raw_data", bytes(11))),
    "no node gives its output 'z'": onnx_model([], {"x": floats(2)}, ["z"]),
    "its result would have more than": onnx_model(
        [Node("ConstantOfShape", ["s"], ["y"])], {}, ["y"], {"s": whole(2**20, 2**20)}
    ),
    "more values than the 2147483647 of a tensor": onnx_model(
        [Node("Expand", ["x", "s"], ["y"])], {"x": floats(1)}, ["y"], {"s": whole(2**20, 2**20)}
    ),
    "its shape ('s') is computed by the model; only a constant is supported": onnx_model(
        [Node("Reshape", ["x", "s"], ["y"])], {"x": floats(2), "s": whole(2)}, ["y"]
    ),
}


@pytest.mark.parametrize(("reason", "data"), BAD_MODELS.items(), ids=BAD_MODELS)
def test_a_wrong_model_is_refused_with_the_reason(reason: str, data: bytes, tmp_path: Path) -> None:
    _refused(saved(tmp_path, data), reason)


def test_all_unknown_operators_are_named_at_once(tmp_path: Path) -> None:
    nodes = [Node("Det", ["x"], ["a"]), Node("Det", ["a"], ["b"]), Node("Loop", ["b"], ["y"])]
    _refused(
        saved(tmp_path, onnx_model(nodes, {"x": floats(2, 2)}, ["y"])),
        "the operator 'Det' is not supported; export the model with ONNX's ordinary operators, "
        "or cut it before this node; nor is 'Loop', at the node '2' (Loop)",
    )


def test_an_open_shape_is_refused_with_what_to_type_and_read_when_it_is_fixed(tmp_path: Path) -> None:
    def open_shape(proto: Any) -> None:
        proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
        proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 0

    path = saved(tmp_path, changed(_sum({"w": floats(3)}), open_shape))
    _refused(path, "the input 'x' has the open shape [batch, 3]; fix it, for example with --shape x=1,3")
    _refused(path, "the shape [4] does not fit the input 'x', [batch, 3]", ReadOptions({"x": (4,)}))
    _refused(path, "a shape is given for 'q', but its inputs are 'x'", ReadOptions({"q": (4,)}))
    assert read_onnx(path, ReadOptions({"": (4, 3)})).graph.outputs[0].shape == (4, 3)


def test_a_missing_file_is_one_error(tmp_path: Path) -> None:
    _refused(tmp_path / "model.onnx", "it cannot be read")


@pytest.fixture(scope="module")
def whole_models() -> list[bytes]:
    """Models of many kinds to damage."""
    networks = [onnx_model(nodes, {"x": floats(1, 3, 8, 10)}, ["y"], more) for nodes, more, _ in NETWORKS.values()]
    return [*networks, zoo.fetch("basic_pitch.onnx").read_bytes()[:20000]]


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_model_gives_a_model_or_one_error(seed: int, whole_models: list[bytes], tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    for data in whole_models:
        for _ in range(5):
            with contextlib.suppress(ConversionError):
                read_onnx(saved(tmp_path, _damaged(data, random)))


def _damaged(data: bytes, random: np.random.Generator) -> bytes:
    """The end cut off, bytes changed, or a piece cut out."""
    first, second = sorted(random.integers(0, len(data), 2))
    some = bytearray(data)
    for at in random.integers(0, len(data), 3):
        some[at] = random.integers(0, 256)
    return [data[:first], bytes(some), data[:first] + data[second:]][random.integers(0, 3)]


@pytest.mark.parametrize("seed", range(40))
def test_a_model_with_wrong_numbers_gives_a_model_or_one_error(seed: int, tmp_path: Path) -> None:
    """Unlike changed bytes, these reach the rules of the operators."""
    random = np.random.default_rng(seed)
    for nodes, constants, _ in NETWORKS.values():
        data = onnx_model(nodes, {"x": floats(1, 3, 8, 10)}, ["y"], constants)
        with contextlib.suppress(ConversionError):
            read_onnx(saved(tmp_path, changed(data, lambda proto: _confuse(proto.graph, random))))


def _confuse(graph: Any, random: np.random.Generator) -> None:
    """Changes an attribute, a constant, an operator and an input of random nodes."""
    node = graph.node[random.integers(len(graph.node))]
    for attribute in node.attribute:
        if attribute.ints:
            attribute.ints[random.integers(len(attribute.ints))] = int(random.choice([-(2**62), -1, 0, 7, 2**62]))
    tensor = graph.initializer[random.integers(len(graph.initializer))]
    if random.integers(2):
        fill_tensor(tensor, random.integers(-3, 2**40, random.integers(0, 6)).astype(np.int64))
        del tensor.dims[: len(tensor.dims) - 1]
    other = graph.node[random.integers(len(graph.node))]
    other.op_type = graph.node[random.integers(len(graph.node))].op_type
    if random.integers(2):
        other.input[random.integers(len(other.input))] = "x"
