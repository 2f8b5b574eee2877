"""LSTM, GRU and RNN, written out step by step: the graph has as many of them as the sequence has steps.

So the state is an ordinary input and output, as in ONNX, and every engine can run it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.readers.onnx.ops.matrix import connected

MAX_STEPS = 512
"""The longest sequence that is written out."""
_DEFAULTS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
_GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


@dataclass
class _Direction:
    """One direction's weights.

    Attributes:
        x: (gates * hidden, inputs) and its bias.
        h: (gates * hidden, hidden) and its bias.
    """

    x: tuple[Tensor, Tensor]
    h: tuple[Tensor, Tensor]
    hidden: int


_State = list[Tensor]
_Step = Callable[[Emitter, Node, _Direction, Tensor, _State], _State]


def _recurrent(step: _Step, states: int) -> Rule:
    """A rule of which `step` makes one step; the state's first tensor is what is given out."""

    def rule(to: Emitter, node: Node) -> list[Tensor]:
        directions = _directions(node)
        rows, ends = [], []
        for at, reverse in enumerate(directions):
            row, end = _run(to, node, step, at, reverse, _initial(to, node, at, states))
            rows.append(row)
            ends.append(end)
        steps = range(node.input(0).shape[0])
        outputs = [_stacked(to, [_stacked(to, [row[t] for row in rows]) for t in steps])]
        return outputs + [_stacked(to, [end[at] for end in ends]) for at in range(states)]

    return rule


def _directions(node: Node) -> list[bool]:
    """Of each direction, whether it goes backwards; refuses what is not supported."""
    kind, x = node.kind, node.input(0)
    names = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}
    direction = node.text("direction", "forward")
    node.require(direction in names, f"the direction '{direction}'")
    found = names[direction]
    activations = [one.title() for one in node.texts("activations")] or _DEFAULTS[kind] * len(found)
    node.require(activations == _DEFAULTS[kind] * len(found), f"{kind} with the activations {activations}")
    node.require(not node.has("clip") and not node.integer("layout", 0), "'clip' or 'layout'")
    node.require(not node.integer("input_forget", 0) and node.given(7) is None, "'input_forget' or a peephole")
    if len(x.shape) != 3 or x.shape[0] < 1:
        node.fail(f"its input must be (steps, batch, values), not {list(x.shape)}")
    if x.shape[0] > MAX_STEPS:
        node.fail(f"its sequence has {x.shape[0]} steps; fix a shorter one, of at most {MAX_STEPS}, with --shape")
    lengths = node.given(4)
    if lengths is not None and not (lengths.data is not None and (lengths.data == x.shape[0]).all()):
        node.fail("sequences of different lengths are not supported")
    return found


def _initial(to: Emitter, node: Node, at: int, states: int) -> _State:
    batch, hidden = node.input(0).shape[1], _hidden(node)
    zeros = to.constant("zeros", np.zeros((batch, hidden), np.float32))
    given = [node.given(5 + index) for index in range(states)]
    return [zeros if one is None else to.reshape(to.slice_axis(one, 0, at, 1), (batch, hidden)) for one in given]


def _hidden(node: Node) -> int:
    return int(node.constant(2, "weights").shape[-1])


def _read_direction(to: Emitter, node: Node, at: int) -> _Direction:
    x, h = node.constant(1, "weights")[at], node.constant(2, "weights")[at]
    hidden, gates = h.shape[-1], _GATES[node.kind]
    size = gates * hidden
    if x.shape != (size, node.input(0).shape[2]) or h.shape != (size, hidden):
        node.fail(
            f"weights {list(x.shape)} and {list(h.shape)} do not fit an input of {node.input(0).shape[2]} values"
        )
    both = node.constant(3, "biases")[at] if node.given(3) else np.zeros(2 * size, np.float32)
    if both.shape != (2 * size,):
        node.fail(f"its biases have the shape {list(both.shape)}, not {[2 * size]}")

    def pair(weights: NDArray[Any], bias: NDArray[Any]) -> tuple[Tensor, Tensor]:
        return to.constant("weights", weights), to.constant("bias", bias)

    return _Direction(pair(x, both[:size]), pair(h, both[size:]), hidden)


def _run(
    to: Emitter, node: Node, step: _Step, at: int, reverse: bool, state: _State
) -> tuple[list[Tensor], _State]:
    """What each step gives out, (batch, hidden), in the order of time; and the last state."""
    direction = _read_direction(to, node, at)
    steps, batch, values = node.input(0).shape
    flat = to.reshape(node.input(0), (steps * batch, values))
    gates = connected(to, flat, *direction.x)
    parts = to.add_all("SPLIT", [to.integers("axis", 0), gates], num_splits=steps) if steps > 1 else [gates]
    rows: list[Tensor] = []
    for part in reversed(parts) if reverse else parts:
        state = step(to, node, direction, part, state)
        rows.append(state[0])
    return rows[::-1] if reverse else rows, state


def _split(to: Emitter, tensor: Tensor, parts: int) -> list[Tensor]:
    return to.add_all("SPLIT", [to.integers("axis", 1), tensor], num_splits=parts)


def _lstm_step(to: Emitter, node: Node, direction: _Direction, part: Tensor, state: _State) -> _State:
    """ONNX's order of the gates: input, output, forget, cell."""
    hidden, cell = state
    i, o, f, c = _split(to, to.add("ADD", [part, connected(to, hidden, *direction.h)]), 4)
    kept = to.add("MUL", [to.add("LOGISTIC", [f]), cell])
    new = to.add("MUL", [to.add("LOGISTIC", [i]), to.add("TANH", [c])])
    cell = to.add("ADD", [kept, new])
    return [to.add("MUL", [to.add("LOGISTIC", [o]), to.add("TANH", [cell])]), cell]


def _gru_step(to: Emitter, node: Node, direction: _Direction, part: Tensor, state: _State) -> _State:
    """ONNX's order of the gates: update, reset, hidden."""
    (hidden,) = state
    xz, xr, xh = _split(to, part, 3)
    if node.integer("linear_before_reset", 0):
        hz, hr, hh = _split(to, connected(to, hidden, *direction.h), 3)
        z, r = (to.add("LOGISTIC", [to.add("ADD", pair)]) for pair in ([xz, hz], [xr, hr]))
        inner = to.add("MUL", [r, hh])
    else:
        weights, bias = direction.h
        gates = [
            (to.slice_axis(weights, 0, at * direction.hidden, direction.hidden),
             to.slice_axis(bias, 0, at * direction.hidden, direction.hidden))
            for at in range(3)
        ]  # fmt: skip
        z, r = (
            to.add("LOGISTIC", [to.add("ADD", [one, connected(to, hidden, *gate)])])
            for one, gate in ((xz, gates[0]), (xr, gates[1]))
        )
        inner = connected(to, to.add("MUL", [r, hidden]), *gates[2])
    new = to.add("TANH", [to.add("ADD", [xh, inner])])
    return [to.add("ADD", [new, to.add("MUL", [z, to.add("SUB", [hidden, new])])])]


def _rnn_step(to: Emitter, node: Node, direction: _Direction, part: Tensor, state: _State) -> _State:
    return [to.add("TANH", [to.add("ADD", [part, connected(to, state[0], *direction.h)])])]


def _stacked(to: Emitter, tensors: Sequence[Tensor]) -> Tensor:
    """With a new first axis."""
    rows = [to.reshape(one, (1, *one.shape)) for one in tensors]
    return to.add("CONCATENATION", rows, axis=0) if len(rows) > 1 else rows[0]


OPERATORS: dict[str, Rule] = {
    "GRU": _recurrent(_gru_step, 1),
    "LSTM": _recurrent(_lstm_step, 2),
    "RNN": _recurrent(_rnn_step, 1),
}
