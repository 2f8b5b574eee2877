"""Operators that are not what they should be: written, or refused with a ConversionError; never another end."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.op_table import unsupported
from pyweb_ml.converter.writers.tfjs import problems_of
from tests.converter.one_op import model_of
from tests.converter.op_specs import CASES

Damage = Callable[[Operator], Operator]


def _changed(change: Callable[[Tensor], Tensor]) -> Damage:
    return lambda one: replace(one, inputs=[None if tensor is None else change(tensor) for tensor in one.inputs])


def _flat(tensor: Tensor) -> Tensor:
    return replace(tensor, shape=(), data=None if tensor.data is None else np.zeros((), tensor.data.dtype))


def _empty(tensor: Tensor) -> Tensor:
    return replace(tensor, shape=(0,), data=None if tensor.data is None else np.zeros(0, tensor.data.dtype))


DAMAGES: dict[str, Damage] = {
    "no inputs": lambda one: replace(one, inputs=[]),
    "one input": lambda one: replace(one, inputs=one.inputs[:1]),
    "inputs left out": lambda one: replace(one, inputs=[None] * len(one.inputs)),
    "inputs turned round": lambda one: replace(one, inputs=one.inputs[::-1]),
    "scalars": _changed(_flat),
    "empty": _changed(_empty),
    "open sizes": _changed(lambda tensor: replace(tensor, shape=(-1,) * len(tensor.shape))),
    "nothing constant": _changed(lambda tensor: replace(tensor, data=None)),
    "strings": _changed(lambda tensor: replace(tensor, dtype="string")),
    "no options": lambda one: replace(one, options={}),
    "options of words": lambda one: replace(one, options=dict.fromkeys(one.options, "much")),
    "options of huge numbers": lambda one: replace(one, options=dict.fromkeys(one.options, 2**40)),
    "options below 0": lambda one: replace(one, options=dict.fromkeys(one.options, -3)),
    "scalar outputs": lambda one: replace(one, outputs=[replace(tensor, shape=()) for tensor in one.outputs]),
    "no outputs": lambda one: replace(one, outputs=[]),
    "more outputs": lambda one: replace(one, outputs=[*one.outputs, Tensor("more", ())]),
}


HARMLESS = ("no options", "open sizes")
"""The rules take what is missing as the schema's defaults, and look at sizes where they matter."""


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_operator_is_written_or_refused_with_a_conversion_error(name: str) -> None:
    """`problems_of` takes the same way as writing, and gathers ConversionErrors; another error would leave it."""
    refused = 0
    for case in CASES:
        operator = DAMAGES[name](model_of(case).graph.operators[0])
        given = [tensor for tensor in operator.inputs if tensor is not None and not tensor.is_constant]
        problems = problems_of(Model([Graph(given, operator.outputs, [operator])]))
        assert all(reason for _, reason in problems)
        refused += bool(problems)
    assert refused or name in HARMLESS


def test_an_operator_that_does_not_fit_is_told_with_what_does_not() -> None:
    x, y = Tensor("x", (2, 3)), Tensor("y", (2, 3))
    weights = Tensor("w", (5, 3), "float32", np.zeros((5, 3), np.float32))
    (problem,) = unsupported(Model([Graph([x], [y], [Operator("CONV_2D", [x, weights], [y])])]))
    assert problem.reason == "its inputs and options do not fit together (tuple index out of range)"
