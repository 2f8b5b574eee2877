"""The builder gives shapes and names, computes constants when asked to, and refuses what does not fit."""

import numpy as np
import pytest

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.errors import ConversionError


def test_every_tensor_has_a_name_of_its_own() -> None:
    to = GraphBuilder()
    x = to.input("x", (2, 3))
    names = [to.add("RELU", [x], name="y").name for _ in range(3)] + [to.unique("y_1"), to.unique("x")]
    assert len(set(names)) == 5
    assert names[0] == "y"


def test_constants_flow_into_operators_unless_they_are_to_be_computed() -> None:
    for fold in (False, True):
        to = GraphBuilder(fold=fold)
        made = to.add("ADD", [to.constant("a", np.ones(3, np.float32)), to.constant("b", np.ones(1, np.float32))])
        assert made.is_constant == fold
        assert len(to.operators) == (not fold)
        assert made.shape == (3,)


def test_a_small_constant_is_not_made_into_a_huge_one() -> None:
    to = GraphBuilder(fold=True)
    made = to.add("TILE", [to.constant("a", np.ones(1, np.float32)), to.integers("times", [2**26])])
    assert not made.is_constant
    assert made.shape == (2**26,)


def test_constants_that_double_again_and_again_end_in_an_operator() -> None:
    to = GraphBuilder(fold=True)
    made = to.constant("a", np.ones(2**10, np.float32))
    for _ in range(20):
        made = to.add("CONCATENATION", [made, made], axis=0)
    assert not made.is_constant
    assert max(op.inputs[0].shape for op in to.operators if op.inputs[0] and op.inputs[0].is_constant) == (2**24,)


@pytest.mark.parametrize(
    ("op", "shapes", "options", "reason"),
    [
        ("ADD", [(2, 3), (4,)], {}, r"ADD cannot take inputs of the shapes \[2, 3\], \[4\]"),
        ("CONV_2D", [(1, 2, 2, 3), (8, 5, 5, 3)], {"padding": "VALID"}, "would give a tensor of the shape"),
        ("CONCATENATION", [(2, 3), (3, 3)], {"axis": 1}, "they differ beside axis 1"),
        ("BATCH_MATMUL", [(2, 3), (4, 5)], {}, "3 columns, but 4 rows"),
        ("RESHAPE", [(2, 3), (2,)], {}, "is not a constant"),
        ("FULLY_CONNECTED", [(2, 3), (5, 4)], {}, "weights for 4 values"),
        ("WHILE", [(2, 3)], {}, "no rule says what shape WHILE gives"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_shapes(
    op: str, shapes: list[tuple[int, ...]], options: dict[str, int | str], reason: str
) -> None:
    to = GraphBuilder()
    inputs = [to.input("x", shape) for shape in shapes]
    with pytest.raises(ConversionError, match=reason):
        to.add(op, inputs, name="made", **options)


def test_a_division_of_whole_numbers_by_zero_is_an_error_and_no_crash() -> None:
    to = GraphBuilder(fold=True)
    zero = to.integers("zero", [0])
    with pytest.raises(ConversionError, match="DIV of constants fails"):
        to.add("DIV", [to.integers("one", [1]), zero])
