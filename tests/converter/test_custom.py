"""Custom operators become standard ones, by our rules and by a user's."""

import struct
from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter import custom
from pyweb_ml.converter.convert import convert
from pyweb_ml.converter.custom import apply_rules, load_rules, rule
from pyweb_ml.converter.interpreter import run_file, run_model
from pyweb_ml.converter.model import Model, Operator, Tensor
from pyweb_ml.converter.options import ConvertOptions
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.small_models import chain, constant, normal, ops_of, picture
from tests.converter.zoo import CUSTOM, fetch

SAME, VALID = 1, 2


@pytest.fixture(autouse=True)
def _own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the rules that PyWebML ships, whatever tests, or programs in the documentation, have registered."""
    shipped = {name: one for name, one in custom._RULES.items() if str(one.__module__).startswith("pyweb_ml.")}
    monkeypatch.setattr(custom, "_RULES", shipped)


def deconvolution(kernel: int, stride: int, padding: int, size: int) -> Model:
    """Convolution2DTransposeBias of 2 by 8 by 6 by 3 to `size` times the height and width, or as VALID has it."""
    source, weights = picture(), constant("weights", normal(1, 4, kernel, kernel, 3))
    height, width = (
        ((8 - 1) * stride + kernel, (6 - 1) * stride + kernel) if padding == VALID else (8 * size, 6 * size)
    )
    inputs: list[Tensor | None] = [source, weights, constant("bias", normal(2, 4))]
    options = struct.pack("<3i", padding, stride, stride)
    return chain(
        Operator("Convolution2DTransposeBias", inputs, [Tensor("y", (2, height, width, 4))], custom=options)
    )


@pytest.mark.parametrize("padding", [SAME, VALID], ids=["SAME", "VALID"])
@pytest.mark.parametrize(
    ("kernel", "stride"), [(1, 1), (2, 1), (3, 1), (2, 2), (3, 2), (4, 2), (5, 2), (3, 3), (4, 4)]
)
def test_mediapipes_transposed_convolution_is_the_standard_one_with_a_bias_as_xnnpack_runs_both(
    kernel: int, stride: int, padding: int
) -> None:
    inputs = {"picture": normal(3, 2, 8, 6, 3)}
    wanted = run_model(deconvolution(kernel, stride, padding, stride), inputs)[0]
    converted = apply_rules(deconvolution(kernel, stride, padding, stride))
    assert ops_of(converted) == ["TRANSPOSE_CONV"]
    assert np.array_equal(run_model(converted, inputs)[0], wanted)
    assert np.allclose(run_model(converted, inputs, xnnpack=False)[0], wanted, atol=1e-5)


@pytest.mark.network
@pytest.mark.parametrize("name", CUSTOM)
def test_the_selfie_models_run_without_xnnpack_too_and_give_the_same(name: str) -> None:
    model = apply_rules(read_tflite(fetch(name)))
    assert all(op.custom is None for op in model.graph.operators)
    inputs = {t.name: np.random.default_rng(0).random(t.shape, np.float32) for t in model.graph.inputs}
    wanted = run_file(fetch(name), inputs)[0]
    assert np.array_equal(run_model(model, inputs)[0], wanted)
    assert np.abs(run_model(model, inputs, xnnpack=False)[0] - wanted).max() < 1e-4


@pytest.mark.parametrize("options", [b"", struct.pack("<3i", 3, 1, 1), struct.pack("<3i", 1, 0, 1)])
def test_a_transposed_convolution_with_options_that_do_not_fit_is_refused(options: bytes) -> None:
    model = deconvolution(2, 2, SAME, 2)
    model.graph.operators[0].custom = options
    with pytest.raises(ConversionError, match="the rule for 'Convolution2DTransposeBias', at operator 0: "):
        apply_rules(model)


RULES = """
from pyweb_ml.converter import Operator, rule

@rule("MyClip")
def my_clip(op):
    assert op.custom == b"\\1"
    return [Operator("RELU6", op.inputs, op.outputs)]
"""


def my_model() -> Model:
    return chain(Operator("MyClip", [picture()], [Tensor("y", (2, 8, 6, 3))], custom=b"\1"))


def test_a_rule_of_a_users_file_replaces_their_operator(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(RULES, encoding="utf-8")
    load_rules(tmp_path / "rules.py")
    values = normal(0, 2, 8, 6, 3) * 9
    assert np.array_equal(run_model(apply_rules(my_model()), {"picture": values})[0], values.clip(0, 6))


def test_a_conversion_with_a_file_of_rules_says_that_the_original_cannot_prove_them(tmp_path: Path) -> None:
    write_tflite(my_model(), tmp_path / "mine.tflite")
    (tmp_path / "rules.py").write_text(RULES, encoding="utf-8")
    options = ConvertOptions(rules=tmp_path / "rules.py")
    report = convert(tmp_path / "mine.tflite", tmp_path / "web", options)
    assert report.framework.endswith(", by the rules for MyClip, which it cannot prove")
    assert all(check.passed for check in report.checks)
    assert ops_of(read_tflite(tmp_path / "web" / "model.tflite")) == ["RELU6"]


def test_a_conversion_without_a_rule_is_refused(tmp_path: Path) -> None:
    write_tflite(my_model(), tmp_path / "mine.tflite")
    with pytest.raises(ConversionError, match=r"LiteRT cannot run 'mine.tflite': .* custom op: MyClip"):
        convert(tmp_path / "mine.tflite", tmp_path / "web", ConvertOptions())


def test_without_a_rule_or_if_the_rule_declines_the_operator_stays() -> None:
    assert ops_of(apply_rules(my_model())) == ["MyClip"]
    rule("MyClip")(lambda op: None)
    assert ops_of(apply_rules(my_model())) == ["MyClip"]


def test_a_builtin_operator_of_a_rules_name_is_left_alone() -> None:
    rule("RELU")(lambda op: [])
    tensor = picture()
    assert ops_of(apply_rules(chain(Operator("RELU", [tensor], [Tensor("y", tensor.shape)])))) == ["RELU"]


def test_a_rule_that_fails_or_forgets_an_output_is_named() -> None:
    rule("MyClip")(lambda op: [])
    with pytest.raises(
        ConversionError, match=r"the rule for 'MyClip', at operator 0: .* do not give the output 'y'"
    ):
        apply_rules(my_model())
    rule("MyClip")(lambda op: [Operator("RELU", [op.inputs[7]], op.outputs)])
    with pytest.raises(ConversionError, match="the rule for 'MyClip', at operator 0: it fails: IndexError"):
        apply_rules(my_model())


def test_a_file_of_rules_that_is_not_there_or_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=r"the file of rules '.*rules.py' is not there"):
        load_rules(tmp_path / "rules.py")
    (tmp_path / "rules.py").write_text("1 / 0", encoding="utf-8")
    with pytest.raises(ConversionError, match=r"the file of rules '.*rules.py' fails: ZeroDivisionError"):
        load_rules(tmp_path / "rules.py")
