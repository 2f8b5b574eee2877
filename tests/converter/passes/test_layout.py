"""Random graphs full of transposes give the same without them; none is left that has its reverse beside it."""

from collections.abc import Callable
from copy import deepcopy
from math import prod

import numpy as np
import pytest

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Model, Tensor
from pyweb_ml.converter.passes.layout import cancel_transposes, transposed_values
from pyweb_ml.converter.passes.layout_rules import RULES
from tests.converter.running import run_litert

Random = np.random.Generator
Step = Callable[[GraphBuilder, Random, Tensor], Tensor]


def _unary(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    return to.add(str(random.choice(["RELU", "ABS", "NEG", "TANH"])), [x])


def _transpose(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    return to.transpose(x, random.permutation(len(x.shape)).tolist())


def _with_constant(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    """A constant that broadcasts, perhaps of fewer axes."""
    shape = [size if random.integers(2) else 1 for size in x.shape][random.integers(len(x.shape)) :]
    other = to.constant("c", random.normal(size=shape).astype(np.float32))
    return to.add(str(random.choice(["ADD", "MUL", "MAXIMUM"])), [x, other])


def _with_itself(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    """Two ways from one tensor that meet again, one of them through a transpose and back."""
    order = random.permutation(len(x.shape)).tolist()
    there = to.add("TANH", [to.transpose(x, order)])
    back = to.transpose(there, np.argsort(order).tolist())
    if random.integers(2):
        return to.add("SUB", [x, back])
    return to.add("CONCATENATION", [x, back], axis=int(random.integers(len(x.shape))))


def _gate(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    axes = random.permutation(len(x.shape))[:2].tolist()
    return to.add("MUL", [x, to.add("MEAN", [x, to.integers("axes", axes)], keep_dims=True)])


def _reduce(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    if len(x.shape) < 3:
        return x
    axis = to.integers("axes", [int(random.integers(-len(x.shape), len(x.shape)))])
    return to.add(str(random.choice(["SUM", "REDUCE_MAX"])), [x, axis], keep_dims=bool(random.integers(2)))


def _pad(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    amounts = to.integers("pads", random.integers(0, 2, (len(x.shape), 2)))
    if random.integers(2):
        return to.add("PAD", [x, amounts])
    return to.add("PADV2", [x, amounts, to.constant("v", np.array([0.5], np.float32))])


def _mirror(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    pairs = [random.integers(0, 2, 2) * (size > 1) for size in x.shape]
    return to.add("MIRROR_PAD", [x, to.integers("pads", pairs)], mode="REFLECT")


def _slice(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    begins = [int(random.integers(0, size)) for size in x.shape]
    sizes = [int(random.integers(1, size - begin + 1)) for size, begin in zip(x.shape, begins, strict=True)]
    return to.add("SLICE", [x, to.integers("begin", begins), to.integers("size", sizes)])


def _strided(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    rank = len(x.shape)
    limits = [[0] * rank, list(x.shape), random.integers(1, 3, rank).tolist()]
    masks = {name: int(random.integers(2**rank)) for name in ("begin_mask", "end_mask")}
    return to.add("STRIDED_SLICE", [x, *(to.integers("limits", one) for one in limits)], name="cut", **masks)


def _split(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    axis = int(random.integers(len(x.shape)))
    first = int(random.integers(1, x.shape[axis])) if x.shape[axis] > 1 else 1
    sizes = [first, x.shape[axis] - first] if x.shape[axis] > 1 else [1]
    parts = to.add_all("SPLIT_V", [x, to.integers("s", sizes), to.integers("a", axis)], num_splits=len(sizes))
    return to.add("CONCATENATION", parts[::-1], axis=axis) if len(parts) > 1 else parts[0]


def _gather(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    axis = int(random.integers(len(x.shape)))
    return to.add("GATHER", [x, to.integers("at", random.integers(0, x.shape[axis], 3))], axis=axis)


def _tile(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    return to.add("TILE", [x, to.integers("times", random.integers(1, 3, len(x.shape)))])


def _halves(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    axis = next((at for at, size in enumerate(x.shape) if size % 2 == 0), None)
    if axis is None:
        return x
    left, right = to.add_all("SPLIT", [to.integers("a", axis), x], num_splits=2)
    return to.add("SUB", [left, right])


def _cumulate(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    return to.add("CUMSUM", [x, to.integers("axis", int(random.integers(len(x.shape))))])


def _softmax(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    return to.add("SOFTMAX", [x], beta=1.0)


def _select(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    above = to.add("GREATER", [x, to.constant("zero", np.zeros((), np.float32))])
    return to.add("SELECT_V2", [above, x, to.add("NEG", [x])])


def _reshape(to: GraphBuilder, random: Random, x: Tensor) -> Tensor:
    """Neighbouring axes joined, an axis split, or one of a single place put in."""
    shape, at = list(x.shape), int(random.integers(len(x.shape)))
    if random.integers(2) and at + 1 < len(shape) and len(shape) > 2:
        shape[at : at + 2] = [shape[at] * shape[at + 1]]
    elif len(shape) < 5:
        factor = next((one for one in (2, 3) if shape[at] % one == 0), 1)
        shape[at : at + 1] = [factor, shape[at] // factor]
    return to.reshape(x, shape)


STEPS: list[Step] = [
    _unary, _with_constant, _with_itself, _gate, _reduce, _pad, _mirror, _slice, _strided, _split, _gather, _tile,
    _halves, _cumulate, _softmax, _select, _reshape,
]  # fmt: skip


def _random_model(random: Random) -> Model:
    """Transposes between random steps, with an output on the way."""
    to = GraphBuilder()
    x = to.input("x", tuple(random.integers(1, 5, 4).tolist()))
    made = [x]
    for _ in range(8):
        after = _transpose(to, random, made[-1])
        step = STEPS[random.integers(len(STEPS))]
        after = step(to, random, after)
        made.append(after if prod(after.shape) < 5000 else made[-1])
    return Model([to.build([to.add("EXP", [to.add("TANH", [one])]) for one in (made[4], made[-1])])])


@pytest.mark.parametrize("seed", range(200))
def test_a_graph_gives_the_same_with_fewer_transposes(seed: int) -> None:
    random = np.random.default_rng(seed)
    model = _random_model(random)
    given = random.normal(size=model.graph.inputs[0].shape).astype(np.float32)
    wanted, moved = run_litert(deepcopy(model), given), transposed_values(model.graph.operators)
    changed = cancel_transposes(model)
    for got, due in zip(run_litert(changed, given), wanted, strict=True):
        np.testing.assert_allclose(got, due, rtol=1e-4, atol=1e-5)
    assert transposed_values(changed.graph.operators) <= moved


def test_the_random_graphs_hold_most_of_what_has_a_rule() -> None:
    kinds = {op.op for seed in range(200) for op in _random_model(np.random.default_rng(seed)).graph.operators}
    # The others share their rule with one of these.
    assert {RULES[kind] for kind in kinds if kind in RULES} >= set(RULES.values()) - {RULES["BROADCAST_TO"]}


def test_a_transpose_and_its_reverse_are_both_gone() -> None:
    to = GraphBuilder()
    x = to.input("x", (2, 3, 4))
    turned = to.add("RELU", [to.transpose(x, [2, 0, 1])])
    model = Model([to.build([to.add("NEG", [to.transpose(turned, [1, 2, 0])])])])
    assert [op.op for op in cancel_transposes(model).graph.operators] == ["RELU", "NEG"]


def test_an_output_that_is_only_turned_back_keeps_its_name_and_is_no_input() -> None:
    to = GraphBuilder()
    x = to.input("x", (2, 3))
    y = to.transpose(to.transpose(x, [1, 0]), [1, 0], "y")
    model = cancel_transposes(Model([to.build([y])]))
    assert [one.name for one in model.graph.outputs] == ["y"]
    assert model.graph.outputs[0] not in model.graph.inputs
    (got,) = run_litert(model, np.ones((2, 3), np.float32))
    assert got.shape == (2, 3)


def test_a_graph_with_open_shapes_is_left_as_it_is() -> None:
    to = GraphBuilder()
    x = to.input("x", (2, 3))
    y = to.transpose(to.transpose(x, [1, 0]), [1, 0])
    model = Model([to.build([to.add("RELU", [y])])])
    model.graph.inputs[0].shape = (-1, 3)
    assert [op.op for op in cancel_transposes(model).graph.operators] == ["TRANSPOSE", "TRANSPOSE", "RELU"]
