"""TF.js graph models as they are written: model.json, shards, names, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyweb_ml.converter.model import Graph, Model, Operator, Quantization, Signature, Tensor
from pyweb_ml.converter.op_rows import TABLE
from pyweb_ml.converter.op_table import format_ops, limits_met, unsupported
from pyweb_ml.converter.writers.tfjs import write_tfjs
from pyweb_ml.converter.writers.tfjs_emitter import RULES
from pyweb_ml.converter.writers.tfjs_weights import SHARD_BYTES, Storage
from pyweb_ml.errors import ConversionError
from tests.converter.tfjs import NodeTfjs


def constant(name: str, values: Any, dtype: str = "float32") -> Tensor:
    data = np.asarray(values, dtype)
    return Tensor(name, data.shape, dtype, data)


def one(
    op: str, *inputs: Tensor, shape: tuple[int, ...] = (2, 3), custom: bytes | None = None, **options: Any
) -> Model:
    """A model of one operator."""
    output = Tensor("y", shape)
    given = [tensor for tensor in inputs if not tensor.is_constant]
    return Model([Graph(given, [output], [Operator(op, list(inputs), [output], options, custom)])])


def x() -> Tensor:
    return Tensor("x", (2, 3))


def written(folder: Path) -> dict[str, Any]:
    model: dict[str, Any] = json.loads((folder / "model.json").read_text())
    return model


def stored(folder: Path) -> dict[str, dict[str, Any]]:
    return {weight["name"]: weight for weight in written(folder)["weightsManifest"][0]["weights"]}


def test_inputs_and_outputs_have_the_graphs_order_whatever_that_of_the_signature_is(tmp_path: Path) -> None:
    left, right = Tensor("left", (1, 2)), Tensor("right", (1, 2))
    total, product = Tensor("total", (1, 2)), Tensor("product", (1, 2))
    operators = [Operator("ADD", [left, right], [total]), Operator("MUL", [left, right], [product])]
    signature = Signature({"b": right, "a": left}, {"z": product, "y": total})
    write_tfjs(Model([Graph([left, right], [total, product], operators)], [signature]), tmp_path)
    ends = written(tmp_path)["signature"]
    assert [list(ends["inputs"]), list(ends["outputs"])] == [["a", "b"], ["y", "z"]]


def test_inputs_and_outputs_bear_the_signature_s_names(tmp_path: Path) -> None:
    model = one("RELU", x())
    model.signatures = [Signature({"frame": model.graph.inputs[0]}, {"the mask": model.graph.outputs[0]})]
    write_tfjs(model, tmp_path)
    signature = written(tmp_path)["signature"]
    shape = {"dim": [{"size": "2"}, {"size": "3"}]}
    assert signature["inputs"] == {"frame": {"name": "frame:0", "dtype": "DT_FLOAT", "tensorShape": shape}}
    assert list(signature["outputs"]) == ["the mask"]


def test_one_tensor_may_be_an_input_and_two_outputs(tmp_path: Path) -> None:
    tensor = x()
    model = Model([Graph([tensor], [tensor], [])], [Signature({"a": tensor}, {"a": tensor, "b": tensor})])
    write_tfjs(model, tmp_path)
    node = NodeTfjs()
    made = node.run(tmp_path, {"a": np.ones((2, 3), np.float32)}, "cpu")
    node.close()
    assert {name: values.sum() for name, values in made.items()} == {"a": 6, "b": 6}


def test_weights_are_cut_into_shards_of_4_mib(tmp_path: Path) -> None:
    values = np.arange(3 * 2**20, dtype=np.float32)
    result = write_tfjs(one("ADD", Tensor("x", values.shape), constant("c", values), shape=values.shape), tmp_path)
    names = [f"group1-shard{number}of3.bin" for number in (1, 2, 3)]
    assert [file.name for file in result.files] == ["model.json", *names]
    assert [(tmp_path / name).stat().st_size for name in names] == [SHARD_BYTES] * 3
    assert b"".join((tmp_path / name).read_bytes() for name in names) == values.tobytes()


def test_shards_of_an_older_model_are_removed_but_nothing_else(tmp_path: Path) -> None:
    for name in ("group1-shard2of7.bin", "notes.bin"):
        (tmp_path / name).write_bytes(b"old")
    write_tfjs(one("RELU", x()), tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["group1-shard1of1.bin", "model.json", "notes.bin"]


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_tfjs(one("ADD", x(), constant("c", np.ones((2, 3)))), tmp_path / folder, weights="float16")
    for name in ("model.json", "group1-shard1of1.bin"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("storage", "width", "error"), [("float16", 2, 5e-4), ("uint8", 1, 4e-3), ("uint16", 2, 2e-5)]
)
def test_weights_can_be_stored_smaller(storage: Storage, width: int, error: float, tmp_path: Path) -> None:
    """Within a half of a step of what they were: the values run from -1 to 1."""
    values = np.linspace(-1, 1, 2000, dtype=np.float32)
    model = one("ADD", Tensor("x", values.shape), constant("c", values), shape=values.shape)
    write_tfjs(model, tmp_path, weights=storage)
    assert (tmp_path / "group1-shard1of1.bin").stat().st_size == 2000 * width
    node = NodeTfjs()
    made = node.run(tmp_path, {"x": np.zeros_like(values)}, "cpu")["y"]
    node.close()
    assert np.abs(made - values).max() <= error


@pytest.mark.parametrize(
    ("values", "storage"),
    [
        (np.full(2000, 1e5), "float16"),
        (np.full(2000, 1e-6), "float16"),
        (np.linspace(0, 1, 100), "float16"),
        (np.linspace(0, 1, 100), "uint8"),
        (np.append(np.zeros(1999), np.inf), "uint8"),
    ],
    ids=["beyond float16", "below float16", "few values", "few values as integers", "infinite"],
)
def test_constants_that_would_lose_much_stay_float32(values: Any, storage: Storage, tmp_path: Path) -> None:
    model = one("ADD", Tensor("x", values.shape), constant("c", values), shape=values.shape)
    write_tfjs(model, tmp_path, weights=storage)
    assert "quantization" not in stored(tmp_path)["c"]


def test_a_constant_of_one_value_can_be_an_integer_too(tmp_path: Path) -> None:
    model = one("ADD", Tensor("x", (2000,)), constant("c", np.full(2000, 0.25)), shape=(2000,))
    write_tfjs(model, tmp_path, weights="uint8")
    assert stored(tmp_path)["c"]["quantization"] == {
        "dtype": "uint8", "original_dtype": "float32", "min": 0.25, "scale": 1.0
    }  # fmt: skip


def test_a_half_of_float16_behind_a_dequantize_stays_small(tmp_path: Path) -> None:
    half, whole, y = constant("half", np.ones((2000,)), "float16"), Tensor("whole", (2000,)), Tensor("y", (2000,))
    given = Tensor("x", (2000,))
    operators = [Operator("DEQUANTIZE", [half], [whole]), Operator("MUL", [given, whole], [y])]
    model = Model([Graph([given], [y], operators)])
    write_tfjs(model, tmp_path, weights="float16")
    assert (tmp_path / "group1-shard1of1.bin").stat().st_size == 4000
    assert [operator.op for operator in model.graph.operators] == ["DEQUANTIZE", "MUL"], (
        "the model is left as it was"
    )


def test_a_constant_may_be_an_output(tmp_path: Path) -> None:
    half, whole = constant("half", [1.5, 2.5], "float16"), Tensor("whole", (2,))
    write_tfjs(Model([Graph([], [whole], [Operator("DEQUANTIZE", [half], [whole])])]), tmp_path)
    node = NodeTfjs()
    made = node.run(tmp_path, {}, "cpu")["whole"]
    node.close()
    assert made.tolist() == [1.5, 2.5]


def test_an_activation_after_a_convolution_runs_inside_its_node(tmp_path: Path) -> None:
    picture, between, y = Tensor("x", (1, 4, 4, 3)), Tensor("between", (1, 4, 4, 5)), Tensor("y", (1, 4, 4, 5))
    weights, bias = constant("w", np.ones((5, 1, 1, 3))), constant("b", np.zeros(5))
    operators = [
        Operator(
            "CONV_2D", [picture, weights, bias], [between], {"padding": "SAME", "stride_h": 1, "stride_w": 1}
        ),
        Operator("PRELU", [between, constant("slopes", np.ones((1, 1, 5)))], [y]),
    ]
    write_tfjs(Model([Graph([picture], [y], operators)]), tmp_path / "fused")
    write_tfjs(Model([Graph([picture], [between, y], operators)]), tmp_path / "apart")
    kinds = {
        name: [node["op"] for node in written(tmp_path / name)["modelTopology"]["node"]]
        for name in ("fused", "apart")
    }
    assert "Prelu" not in kinds["fused"]
    assert "Prelu" in kinds["apart"], "its input is wanted too"


def test_one_slope_may_serve_layers_of_different_depths(tmp_path: Path) -> None:
    narrow, wide = Tensor("narrow", (1, 2)), Tensor("wide", (1, 3))
    slope, one_output, another = constant("slope", [0.5]), Tensor("a", (1, 2)), Tensor("b", (1, 3))
    operators = [Operator("PRELU", [narrow, slope], [one_output]), Operator("PRELU", [wide, slope], [another])]
    write_tfjs(Model([Graph([narrow, wide], [one_output, another], operators)]), tmp_path)
    node = NodeTfjs()
    inputs = {"narrow": np.full((1, 2), -2, np.float32), "wide": np.full((1, 3), -4, np.float32)}
    made = node.run(tmp_path, inputs, "wasm")
    node.close()
    assert {name: values.tolist() for name, values in made.items()} == {"a": [[-1, -1]], "b": [[-2, -2, -2]]}


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (one("WHILE", x()), r"operator 0 WHILE \('y'\): TF.js has nothing for it"),
        (one("SUM", x(), Tensor("axes", (1,), "int32")), "its input 'axes' is computed while the model runs"),
        (one("ADD", x(), constant("c", np.full((2, 3), 2**40), "int64")), "the constant 'c' holds 1099511627776"),
        (one("ADD", x()), "its input 1 is missing"),
        (one("CAST", Tensor("x", (2, 3), "complex64")), "the tensor 'x' is complex64"),
        (one("MUL", x(), constant("c", 1.0), fused_activation_function="SIGN_BIT"), "its activation 'SIGN_BIT'"),
        (one("LEAKY_RELU", x(), alpha="much"), "its option 'alpha' is 'much', not a number"),
        (one("LEAKY_RELU", x(), alpha=float("nan")), "its option 'alpha' is nan, not a number"),
    ],
    ids=["op", "computed axes", "int64", "missing input", "type", "activation", "option", "nan"],
)
def test_what_tf_js_cannot_do_is_refused_by_name(model: Model, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=reason):
        write_tfjs(model, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_input_that_nothing_makes_is_refused(tmp_path: Path) -> None:
    model = one("RELU", x())
    model.graph.inputs.clear()
    with pytest.raises(ConversionError, match="nothing makes its input 'x'"):
        write_tfjs(model, tmp_path)


def test_another_storage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="weights are stored as float32, float16, uint8, uint16, not 'int4'"):
        write_tfjs(one("RELU", x()), tmp_path, weights="int4")  # type: ignore[arg-type]


def test_a_flowing_tensor_with_several_scales_is_refused(tmp_path: Path) -> None:
    scales = Quantization(np.ones(3, np.float32), np.zeros(3, np.int64), 1)
    model = one("RELU", Tensor("x", (2, 3), "int8", quantization=scales))
    with pytest.raises(ConversionError, match="the tensor 'x' has 3 scales, not one"):
        write_tfjs(model, tmp_path)


def test_every_rule_is_in_the_op_table_and_every_row_has_a_rule() -> None:
    converted_before = {"Convolution2DTransposeBias"}
    assert set(TABLE) - converted_before == set(RULES)


def test_all_that_stands_in_the_way_is_told_at_once_with_advice() -> None:
    a, b, y = Tensor("a", (2, 3)), Tensor("b", (2, 3)), Tensor("y", (2, 3))
    given = x()
    operators = [
        Operator("BIDIRECTIONAL_SEQUENCE_LSTM", [given], [a]),
        Operator("RELU", [a], [b]),
        Operator("MyOp", [b], [y], custom=b""),
    ]
    lstm, mine = unsupported(Model([Graph([given], [y], operators)]))
    assert (lstm.op, lstm.node, lstm.reason) == ("BIDIRECTIONAL_SEQUENCE_LSTM", "a", "TF.js has nothing for it")
    assert "unrolled" in lstm.advice
    assert (mine.op, mine.node) == ("MyOp", "y")
    assert "write a rule for it in Python" in mine.advice


def test_backends_that_a_model_does_not_run_on_are_told(tmp_path: Path) -> None:
    turned = Tensor("y", (4, 3, 2), "int32")
    perm = constant("perm", [2, 1, 0], "int32")
    given = Tensor("x", (2, 3, 4), "int32")
    operator = Operator("TRANSPOSE", [given, perm], [turned])
    model = Model([Graph([given], [turned], [operator])])
    ((met, limit),) = limits_met(model)
    assert (met, limit.backends) == (operator, ("webgpu",))
    (note,) = write_tfjs(model, tmp_path).notes
    assert note.startswith("it does not run rightly on webgpu: its Transpose of int32")


def test_the_table_prints_a_line_an_operator_with_nodes_and_limits() -> None:
    head, *lines = format_ops().splitlines()
    assert head.split() == ["operator", "TF.js", "nodes", "[limits]"]
    assert len(lines) == len(TABLE)
    assert next(line for line in lines if line.startswith("HARD_SWISH")).endswith("AddV2, Relu6, Mul")
    assert "[not on webgl, webgpu: its Pad takes at most 4 dimensions]" in next(
        line for line in lines if line.startswith("PAD ")
    )
