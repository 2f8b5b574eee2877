"""Operators that take every value for itself."""

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.readers.onnx.tensors import dtype_of


def _same(op: str) -> Rule:
    """An operator of one or two inputs that TFLite has too."""
    return lambda to, node: to.add(op, [node.input(at) for at in range(len(node.inputs))])


def _several(op: str) -> Rule:
    return lambda to, node: to.all_of(op, [node.input(at) for at in range(len(node.inputs))])


def _mean(to: Emitter, node: Node) -> Tensor:
    total = to.all_of("ADD", [node.input(at) for at in range(len(node.inputs))])
    return to.add("MUL", [total, to.number(1 / len(node.inputs), total.dtype)])


def _reciprocal(to: Emitter, node: Node) -> Tensor:
    return to.add("DIV", [to.number(1), node.input(0)])


def _power(to: Emitter, node: Node) -> Tensor:
    base, exponent = node.input(0), to.cast(node.input(1), node.input(0).dtype)
    known = exponent.data.item() if exponent.data is not None and exponent.data.size == 1 else None
    if known == 2 and len(exponent.shape) <= len(base.shape):
        return to.add("MUL", [base, base])
    if known == 0.5 and len(exponent.shape) <= len(base.shape):
        return to.add("SQRT", [base])
    return to.add("POW", [base, exponent])


def _modulo(to: Emitter, node: Node) -> Tensor:
    """With `fmod` the result has the sign of the dividend, as in C: a - trunc(a / b) * b."""
    left, right = node.input(0), node.input(1)
    if not node.integer("fmod", 0):
        return to.add("FLOOR_MOD", [left, right])
    quotient = to.add("DIV", [left, right])
    sign, size = to.add("SIGN", [quotient]), to.add("FLOOR", [to.add("ABS", [quotient])])
    return to.add("SUB", [left, to.add("MUL", [to.add("MUL", [sign, size]), right])])


def _xor(to: Emitter, node: Node) -> Tensor:
    return to.add("NOT_EQUAL", [node.input(0), node.input(1)])


def _tangent(to: Emitter, node: Node) -> Tensor:
    return to.add("DIV", [to.add("SIN", [node.input(0)]), to.add("COS", [node.input(0)])])


def _cast(to: Emitter, node: Node) -> Tensor:
    return to.cast(node.input(0), dtype_of(node.integer("to")))


def _where(to: Emitter, node: Node) -> Tensor:
    return to.add("SELECT_V2", [node.input(0), node.input(1), node.input(2)])


def _is_nan(to: Emitter, node: Node) -> Tensor:
    return to.add("NOT_EQUAL", [node.input(0), node.input(0)])


def erf(to: Emitter, x: Tensor) -> Tensor:
    """The error function, to 1.5e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26)."""
    size = to.add("ABS", [x])
    t = to.add("DIV", [to.number(1), to.add("ADD", [to.add("MUL", [size, to.number(0.3275911)]), to.number(1)])])
    total = to.number(1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        total = to.add("ADD", [to.add("MUL", [total, t]), to.number(factor)])
    fall = to.add("EXP", [to.add("NEG", [to.add("MUL", [x, x])])])
    rest = to.add("MUL", [to.add("MUL", [total, t]), fall])
    return to.add("MUL", [to.add("SIGN", [x]), to.add("SUB", [to.number(1), rest])])


def _gelu(to: Emitter, node: Node) -> Tensor:
    return to.add("GELU", [node.input(0)], approximate=node.text("approximate", "none") == "tanh")


OPERATORS: dict[str, Rule] = {
    "Abs": _same("ABS"),
    "Add": _same("ADD"),
    "And": _same("LOGICAL_AND"),
    "Cast": _cast,
    "Ceil": _same("CEIL"),
    "Cos": _same("COS"),
    "Div": _same("DIV"),
    "Equal": _same("EQUAL"),
    "Erf": lambda to, node: erf(to, node.input(0)),
    "Exp": _same("EXP"),
    "Floor": _same("FLOOR"),
    "Gelu": _gelu,
    "Greater": _same("GREATER"),
    "GreaterOrEqual": _same("GREATER_EQUAL"),
    "IsNaN": _is_nan,
    "Less": _same("LESS"),
    "LessOrEqual": _same("LESS_EQUAL"),
    "Log": _same("LOG"),
    "Max": _several("MAXIMUM"),
    "Mean": _mean,
    "Min": _several("MINIMUM"),
    "Mod": _modulo,
    "Mul": _same("MUL"),
    "Neg": _same("NEG"),
    "Not": _same("LOGICAL_NOT"),
    "Or": _same("LOGICAL_OR"),
    "Pow": _power,
    "Reciprocal": _reciprocal,
    "Round": _same("ROUND"),
    "Sign": _same("SIGN"),
    "Sin": _same("SIN"),
    "Sqrt": _same("SQRT"),
    "Sub": _same("SUB"),
    "Sum": _several("ADD"),
    "Tan": _tangent,
    "Where": _where,
    "Xor": _xor,
}
