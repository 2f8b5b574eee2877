"""Operators that work value by value, and activations."""

from collections.abc import Iterator
from typing import Any

from tests.converter.op_specs.case import Case, Given, Step, const, exactly, flow, numbers, spec

Shape = tuple[int, ...]

SHAPES: tuple[Shape, ...] = ((), (5,), (2, 3), (2, 3, 4), (2, 3, 4, 5))
BROADCASTS: tuple[tuple[Shape, Shape], ...] = (
    ((2, 3, 4), (2, 3, 4)),
    ((2, 3, 4), ()),
    ((2, 3, 4), (4,)),
    ((2, 1, 4), (3, 1)),
    ((1, 4, 5, 3), (2, 1, 1, 3)),
)
DOMAINS = {"LOG": (0.1, 5.0), "SQRT": (0.0, 5.0), "RSQRT": (0.1, 5.0), "EXP": (-5.0, 5.0), "ROUND": (-4.0, 4.0)}
UNARY = ("ABS", "CEIL", "COS", "EXP", "FLOOR", "LOG", "NEG", "ROUND", "RSQRT", "SIGN", "SIN", "SQRT", "SQUARE")
ACTIVATIONS = ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "ELU", "LOGISTIC", "TANH", "HARD_SWISH")
COMPARISONS = ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")


def unary(shape: Shape, low: float = -8, high: float = 8, dtype: str = "float32", **options: Any) -> Step:
    return Step([flow(*shape, dtype=dtype, low=low, high=high)], options, [dtype])


def binary(
    shapes: tuple[Shape, Shape], dtype: str = "float32", low: float = -4, high: float = 4, activation: str = "NONE"
) -> Step:
    """The second is never 0, since it may divide."""
    a = flow(*shapes[0], dtype=dtype, low=low, high=high)
    b = flow(*shapes[1], dtype=dtype, low=1 if dtype == "int32" else 0.5, high=high, seed=2)
    options = {} if activation == "NONE" else {"fused_activation_function": activation}
    return Step([a, b], options, [dtype])


def negative_divisor(dtype: str) -> Step:
    return Step([exactly([7, -7, 7, -7, 6, -6], dtype), exactly([2, 2, -2, -2, 3, 3], dtype)], {}, [dtype])


def comparison(shapes: tuple[Shape, Shape], dtype: str) -> Step:
    """Whole numbers, so that some are equal."""
    inputs = [flow(*shape, dtype="int32", seed=seed) for seed, shape in enumerate(shapes)]
    return Step([Given(one.values.astype(dtype)) for one in inputs], {}, ["bool"])


def logical(shapes: tuple[Shape, Shape]) -> Step:
    return Step([flow(*shape, dtype="bool", seed=seed) for seed, shape in enumerate(shapes)], {}, ["bool"])


def cast(source: str, target: str, shape: Shape) -> Step:
    codes = {"in_data_type": source.upper(), "out_data_type": target.upper()}
    return Step([flow(*shape, dtype=source, low=-5, high=5)], codes, [target])


def select(condition: Shape, shapes: tuple[Shape, Shape], dtype: str) -> Step:
    inputs = [flow(*shape, dtype=dtype, seed=seed) for seed, shape in enumerate(shapes)]
    return Step([flow(*condition, dtype="bool"), *inputs], {}, [dtype])


def prelu(shape: Shape, alpha: Shape, fixed: bool) -> Step:
    slopes = const(*alpha, low=0, high=0.5) if fixed else flow(*alpha, low=0, high=0.5, seed=3)
    return Step([flow(*shape), slopes])


def cases() -> Iterator[Case]:
    for op in UNARY:
        low, high = DOMAINS.get(op, (-8.0, 8.0))
        yield from spec(op, unary, shape=SHAPES, low=(low,), high=(high,))
    for op in ("ABS", "NEG", "SQUARE", "SIGN"):
        yield from spec(op, unary, shape=SHAPES[1:3], dtype=("int32",)) if op in ("ABS", "NEG") else ()
    for op in ACTIVATIONS:
        yield from spec(op, unary, shape=SHAPES[1:])
    yield from spec("GELU", unary, shape=SHAPES[1:], approximate=(False, True))
    yield from spec("LEAKY_RELU", unary, shape=SHAPES[1:], alpha=(0.1, 0.3))
    yield from spec("SOFTMAX", unary, shape=SHAPES[1:], beta=(1.0, 0.5))
    yield from spec("LOG_SOFTMAX", unary, shape=SHAPES[1:])
    yield from spec("L2_NORMALIZATION", unary, shape=SHAPES[2:])
    yield from spec(
        "LOCAL_RESPONSE_NORMALIZATION",
        unary,
        shape=((1, 3, 3, 7), (2, 4, 2, 8)),
        radius=(1, 2),
        bias=(1.0, 2.0),
        alpha=(0.5,),
        beta=(0.5, 0.75),
    )
    yield from _binary_cases()
    yield from spec(
        "CAST", cast, source=("float32", "int32"), target=("float32", "int32", "bool"), shape=((2, 3),)
    )
    yield from spec("CAST", cast, source=("bool",), target=("float32", "int32"), shape=((2, 3),))
    same = (((2, 3), (2, 3)),)
    for op in ("SELECT", "SELECT_V2"):
        yield from spec(op, select, condition=((2, 3),), shapes=same, dtype=("float32", "int32"))
    yield from spec("SELECT", select, condition=((2,),), shapes=same, dtype=("float32",))
    yield from spec(
        "SELECT_V2", select, condition=((3,), (2, 1), ()), shapes=(*same, ((2, 3), (3,))), dtype=("float32",)
    )
    alphas = ((1, 1, 3), (3,), (1, 1, 1), (4, 5, 3), (4, 1, 1), (1, 5, 1))
    yield from spec("PRELU", prelu, shape=((2, 4, 5, 3),), alpha=alphas, fixed=(True, False))
    yield from spec("ZEROS_LIKE", unary, shape=SHAPES[1:], dtype=("float32", "int32"))
    yield from spec("ADD_N", lambda count: Step([flow(2, 3, seed=one) for one in range(count)]), count=(2, 4))


def _binary_cases() -> Iterator[Case]:
    for op in ("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "FLOOR_DIV", "FLOOR_MOD"):
        yield from spec(op, binary, shapes=BROADCASTS, dtype=("float32", "int32"))
    for op in ("ADD", "SUB", "MUL", "DIV"):
        activations = ("RELU", "RELU6", "RELU_N1_TO_1")
        yield from spec(op, binary, shapes=BROADCASTS[:1], activation=activations)
    yield from spec("POW", binary, shapes=BROADCASTS, low=(0.1,))
    yield from spec("ATAN2", binary, shapes=BROADCASTS[:1])
    for op in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
        yield from spec(op, negative_divisor, dtype=("float32", "int32"))
    for op in COMPARISONS:
        yield from spec(op, comparison, shapes=BROADCASTS, dtype=("float32", "int32"))
    for op in ("LOGICAL_AND", "LOGICAL_OR"):
        yield from spec(op, logical, shapes=BROADCASTS)
    yield from spec(
        "LOGICAL_NOT", lambda shape: Step([flow(*shape, dtype="bool")], {}, ["bool"]), shape=SHAPES[1:]
    )
    yield from spec(
        "SHAPE", lambda shape: Step([flow(*shape)], {"out_type": "INT32"}, ["int32"]), shape=SHAPES[1:]
    )
    yield from spec("RANK", lambda shape: Step([flow(*shape)], {}, ["int32"]), shape=SHAPES[1:3])
    yield from spec("FILL", lambda dims, value: Step([numbers(dims), value]), dims=((2, 3),), value=_fillings())


def _fillings() -> tuple[Given, ...]:
    return numbers(1.5, "float32"), exactly(2.5)
