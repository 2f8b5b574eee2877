"""Every ONNX operator that is read gives in LiteRT what it gives in onnxruntime."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pyweb_ml.converter.readers.onnx import read_onnx
from pyweb_ml.converter.readers.onnx.ops import OPERATORS
from tests.converter.readers.onnx_cases import Case, cases
from tests.converter.readers.onnx_running import run_onnxruntime
from tests.converter.running import farthest, run_litert

CASES = cases()
COMPUTED = [
    "Abs",
    "Add",
    "And",
    "BatchNormalization",
    "Cast",
    "Ceil",
    "Concat",
    "Cos",
    "DequantizeLinear",
    "Div",
    "Dropout",
    "Equal",
    "Erf",
    "Exp",
    "Expand",
    "Flatten",
    "Floor",
    "Gather",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Greater",
    "GreaterOrEqual",
    "GroupNormalization",
    "HardSigmoid",
    "Identity",
    "InstanceNormalization",
    "IsNaN",
    "LayerNormalization",
    "Less",
    "LessOrEqual",
    "Log",
    "LpNormalization",
    "Max",
    "Mean",
    "MeanVarianceNormalization",
    "Min",
    "Mod",
    "Mul",
    "Neg",
    "Not",
    "Or",
    "Pow",
    "QuantizeLinear",
    "RMSNormalization",
    "Reciprocal",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "Reshape",
    "Round",
    "Shape",
    "Sign",
    "Sin",
    "Size",
    "Slice",
    "Softsign",
    "Split",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Sum",
    "Tan",
    "ThresholdedRelu",
    "Tile",
    "Transpose",
    "Trilu",
    "Unsqueeze",
    "Where",
    "Xor",
]
"""What is computed when the model is read, if all inputs are constants."""


@pytest.fixture(scope="module")
def wanted() -> dict[str, list[NDArray[Any]]]:
    """What onnxruntime gives for each case, by its name."""
    outputs = run_onnxruntime([(case.model, case.flowing) for case in CASES])
    return dict(zip([case.name for case in CASES], outputs, strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_operator_gives_what_onnxruntime_gives(
    case: Case, wanted: dict[str, list[NDArray[Any]]], tmp_path: Any
) -> None:
    path = tmp_path / "case.onnx"
    path.write_bytes(case.model)
    got = run_litert(read_onnx(path), *case.flowing.values())
    for ours, theirs in zip(got, wanted[case.name], strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        assert farthest(np.nan_to_num(ours), np.nan_to_num(theirs)) < 1e-4


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.flowing and case.op in COMPUTED], ids=lambda case: case.name
)
def test_constants_are_computed_as_onnxruntime_computes_them(
    case: Case, wanted: dict[str, list[NDArray[Any]]], tmp_path: Any
) -> None:
    path = tmp_path / "case.onnx"
    path.write_bytes(dataclasses.replace(case, fixed=range(len(case.inputs))).model)
    model = read_onnx(path)
    assert {one.op for one in model.graph.operators} == {"RESHAPE"}  # which makes an output of a constant
    known = [one.inputs[0] for one in model.graph.operators]
    for ours, theirs in zip(known, wanted[case.name], strict=True):
        assert ours is not None
        assert ours.data is not None
        assert ours.data.dtype == theirs.dtype
        np.testing.assert_array_equal(np.isnan(ours.data), np.isnan(theirs))
        assert farthest(np.nan_to_num(ours.data), np.nan_to_num(theirs)) < 1e-4


def test_the_cases_have_different_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_operator_has_a_case() -> None:
    apart = {"If", "Swish"}  # If: see test_onnx; onnxruntime 1.31 does not have Swish yet
    assert set(OPERATORS) - {case.op for case in CASES} == apart
