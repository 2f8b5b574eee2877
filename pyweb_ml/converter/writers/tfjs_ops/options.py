"""An operator's options by their type; what is missing has the default."""

import math

from pyweb_ml.converter.model import Operator
from pyweb_ml.errors import ConversionError


def integer(operator: Operator, name: str, default: int = 0) -> int:
    value = operator.options.get(name)
    if value is None:
        return default
    if not isinstance(value, int):
        raise ConversionError(f"its option '{name}' is {value!r}, not an integer")
    return int(value)


def real(operator: Operator, name: str, default: float = 0.0) -> float:
    value = operator.options.get(name)
    if value is None:
        return default
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConversionError(f"its option '{name}' is {value!r}, not a number")
    return float(value)


def text(operator: Operator, name: str, default: str) -> str:
    value = operator.options.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise ConversionError(f"its option '{name}' is {value!r}, not a name")
    return value


def flag(operator: Operator, name: str) -> bool:
    return bool(operator.options.get(name))


def activation_of(operator: Operator) -> str:
    """The activation at its end, by the schema's name; "NONE" if there is none."""
    return text(operator, "fused_activation_function", "NONE")
