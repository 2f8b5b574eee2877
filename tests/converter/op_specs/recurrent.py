"""Recurrent layers, by their inputs in the schema's order."""

from collections.abc import Iterator

from tests.converter.op_specs.case import Case, Given, Step, const, flow, spec, state


def lstm(batch: int, steps: int, time_major: bool, width: int = 3, units: int = 4) -> Step:
    """The plain layer: no peepholes, no projection, no layer normalisation."""
    shape = (steps, batch, width) if time_major else (batch, steps, width)
    inputs: list[Given | None] = [flow(*shape)]
    inputs += [const(units, width, seed=seed) for seed in range(4)]
    inputs += [const(units, units, seed=seed) for seed in range(4, 8)]
    inputs += [None] * 3
    inputs += [const(units, seed=seed) for seed in range(8, 12)]
    inputs += [None, None, state(batch, units), state(batch, units)]
    return Step(inputs, {"fused_activation_function": "TANH", "time_major": time_major})


def cases() -> Iterator[Case]:
    layers = {"batch": (1, 2), "steps": (1, 2, 6), "time_major": (False, True)}
    yield from spec("UNIDIRECTIONAL_SEQUENCE_LSTM", lstm, **layers)
