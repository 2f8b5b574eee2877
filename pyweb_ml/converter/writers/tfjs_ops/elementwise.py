"""Operators that work value by value, with NumPy's broadcasting."""

from pyweb_ml.converter.model import Operator, Tensor
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.converter.writers.tfjs_ops.activations import activated
from pyweb_ml.converter.writers.tfjs_ops.options import activation_of
from pyweb_ml.converter.writers.tfjs_values import tfjs_dtype

_UNARY = {
    "ABS": "Abs",
    "CEIL": "Ceil",
    "COS": "Cos",
    "EXP": "Exp",
    "FLOOR": "Floor",
    "LOG": "Log",
    "LOGICAL_NOT": "LogicalNot",
    "NEG": "Neg",
    "ROUND": "Round",
    "RSQRT": "Rsqrt",
    "SIGN": "Sign",
    "SIN": "Sin",
    "SQRT": "Sqrt",
    "SQUARE": "Square",
    "ZEROS_LIKE": "ZerosLike",
}
_BINARY = {
    "ADD": "AddV2",
    "ATAN2": "Atan2",
    "EQUAL": "Equal",
    "FLOOR_MOD": "FloorMod",
    "GREATER": "Greater",
    "GREATER_EQUAL": "GreaterEqual",
    "LESS": "Less",
    "LESS_EQUAL": "LessEqual",
    "LOGICAL_AND": "LogicalAnd",
    "LOGICAL_OR": "LogicalOr",
    "MAXIMUM": "Maximum",
    "MINIMUM": "Minimum",
    "MUL": "Mul",
    "NOT_EQUAL": "NotEqual",
    "POW": "Pow",
    "SQUARED_DIFFERENCE": "SquaredDifference",
    "SUB": "Sub",
}


@rule(*_UNARY)
def unary(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add(_UNARY[operator.op], emitter.input(operator, 0))


@rule(*_BINARY)
def binary(emitter: Emitter, operator: Operator) -> Endpoint:
    made = emitter.add(_BINARY[operator.op], emitter.input(operator, 0), emitter.input(operator, 1))
    return activated(emitter, made, activation_of(operator))


@rule("DIV")
def divide(emitter: Emitter, operator: Operator) -> Endpoint:
    """TFLite's quotient of integers is cut towards 0; TF.js would take the floor."""
    a, b = emitter.input(operator, 0), emitter.input(operator, 1)
    if _is_int(operator.outputs[0]):
        reals = emitter.add("RealDiv", emitter.cast(a, "float32"), emitter.cast(b, "float32"))
        return emitter.cast(reals, "int32")
    made = emitter.add("RealDiv", a, b)
    return activated(emitter, made, activation_of(operator))


@rule("FLOOR_DIV")
def floor_divide(emitter: Emitter, operator: Operator) -> Endpoint:
    """TF.js's FloorDiv makes integers of reals, too."""
    a, b = emitter.input(operator, 0), emitter.input(operator, 1)
    if _is_int(operator.outputs[0]):
        return emitter.add("FloorDiv", a, b)
    return emitter.add("Floor", emitter.add("RealDiv", a, b))


@rule("ADD_N")
def add_n(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add("AddN", *(emitter.input(operator, index) for index in range(len(operator.inputs))))


@rule("CAST")
def cast(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.cast(emitter.input(operator, 0), tfjs_dtype(operator.outputs[0]))


@rule("SELECT", "SELECT_V2")
def select(emitter: Emitter, operator: Operator) -> Endpoint:
    """SELECT's condition may be one value a row; SELECT_V2's broadcasts."""
    condition, a, b = (emitter.input(operator, index) for index in range(3))
    shape, rank = emitter.tensor(operator, 0).shape, len(operator.outputs[0].shape)
    if operator.op == "SELECT" and len(shape) == 1 < rank:
        condition = emitter.reshape(condition, [*shape, *[1] * (rank - 1)])
    return emitter.add("SelectV2", condition, a, b)


def _is_int(tensor: Tensor) -> bool:
    return tfjs_dtype(tensor) == "int32"
