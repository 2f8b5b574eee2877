"""What a calculator takes and gives: read once from the signature of its function."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from pyweb_ml.errors import AuthoringError
from pyweb_ml.graph.payloads import stream_type

SIDE_TYPES = frozenset({"Anchors"})
"""Payload types that travel as side packets: once a run, before the first frame."""


@dataclass(frozen=True)
class Fields:
    """Rides on an option's tuple annotation: the fields of the message that it becomes in the config."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class InputPort:
    """One input: the parameter of the function, its tag in the graph, and its stream type."""

    parameter: str
    tag: str
    type: str
    optional: bool

    @property
    def side(self) -> bool:
        return self.type in SIDE_TYPES


@dataclass(frozen=True)
class OutputPort:
    """One output; `attribute` names where the payload sits on the returned value (None: it is the value)."""

    tag: str
    type: str
    attribute: str | None = None

    @property
    def side(self) -> bool:
        return self.type in SIDE_TYPES


@dataclass(frozen=True)
class OptionField:
    """One option: a keyword of the function and a field of the calculator's options."""

    name: str
    annotation: Any
    default: Any

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty

    def encode(self, value: Any) -> Any:
        """The value as it stands in the config (tuples of named fields become objects)."""
        names = self._field_names()
        if names and value is not None:
            return dict(zip(names, value, strict=True))
        return list(value) if isinstance(value, tuple) else value

    def decode(self, value: Any) -> Any:
        """The inverse of `encode`."""
        names = self._field_names()
        return tuple(value[name] for name in names) if names and isinstance(value, dict) else value

    def _field_names(self) -> tuple[str, ...]:
        for member in _members(self.annotation):
            for extra in getattr(member, "__metadata__", ()):
                if isinstance(extra, Fields):
                    return extra.names
        return ()


@dataclass(frozen=True)
class Contract:
    """A calculator: its name, ports and options, and the function (or class) that does its work.

    Attributes:
        several: the function returns a tuple, one payload an output.
        options_type: the protobuf message that the options are fields of.
        python: written by the user, so it needs Python where it runs.
    """

    name: str
    work: Callable[..., Any]
    inputs: tuple[InputPort, ...]
    outputs: tuple[OutputPort, ...]
    options: Mapping[str, OptionField]
    several: bool = False
    options_type: str = ""
    python: bool = False
    construct: Mapping[str, OptionField] = field(default_factory=dict)

    def split(self, value: Any) -> list[Any]:
        """The payloads of the outputs, in their order, out of what the function returned."""
        if value is None:
            return [None] * len(self.outputs)
        if self.several:
            return list(value)
        return [value if port.attribute is None else getattr(value, port.attribute) for port in self.outputs]


REGISTRY: dict[str, Contract] = {}
"""Every standard calculator, by MediaPipe's name."""


def read_contract(
    name: str,
    function: Callable[..., Any],
    *,
    tags: Mapping[str, str] | None = None,
    outputs: tuple[OutputPort, ...] | None = None,
    **more: Any,
) -> Contract:
    """The contract that a function's signature states.

    Parameters annotated with a stream type are inputs, all others options. `tags` gives an input's tag
    where it is not the parameter's name in capitals; `outputs` the outputs where the return annotation
    does not say them all.

    Raises:
        AuthoringError: a parameter or the result has no annotation, or the result's is no stream type.
    """
    hints = get_type_hints(function, include_extras=True)
    inputs: list[InputPort] = []
    options: dict[str, OptionField] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.name not in hints:
            raise AuthoringError(f"'{name}': the parameter '{parameter.name}' needs an annotation, {_AN_EXAMPLE}")
        type_name, optional = _stream_of(hints[parameter.name])
        if type_name is None or _is_option(parameter, type_name):
            options[parameter.name] = OptionField(parameter.name, hints[parameter.name], parameter.default)
        else:
            tag = (tags or {}).get(parameter.name, parameter.name.upper())
            inputs.append(InputPort(parameter.name, tag, type_name, optional))
    ports, several = (outputs, False) if outputs else _outputs(name, hints)
    return Contract(name, function, tuple(inputs), ports, options, several, **more)


_AN_EXAMPLE = "such as 'frame: pw.Image'"


def _is_option(parameter: inspect.Parameter, type_name: str) -> bool:
    """A str or float that has a default, or must be named, is an option and not a stream."""
    keyword = parameter.kind is inspect.Parameter.KEYWORD_ONLY
    plain = type_name in ("Text", "Number")
    return plain and (keyword or parameter.default is not inspect.Parameter.empty)


def _stream_of(annotation: Any) -> tuple[str | None, bool]:
    members = _members(annotation)
    named = [stream_type(member) for member in members if member is not NoneType]
    return (named[0] if len(named) == 1 else None), NoneType in members


def _members(annotation: Any) -> tuple[Any, ...]:
    union = get_origin(annotation) in (Union, UnionType)
    return get_args(annotation) if union else (annotation,)


def _outputs(name: str, hints: dict[str, Any]) -> tuple[tuple[OutputPort, ...], bool]:
    if "return" not in hints:
        raise AuthoringError(f"'{name}' must say what it returns, such as 'def {name}(...) -> pw.Detections:'")
    given = hints["return"]
    several = get_origin(given) is tuple
    types = [_stream_of(one)[0] for one in (get_args(given) if several else (given,))]
    if None in types:
        raise AuthoringError(f"'{name}' returns {given!r}, which is no stream type; use pw.Image, pw.Mask, …")
    return tuple(OutputPort("", one or "") for one in types), several


def option_problem(annotation: Any, value: Any) -> str | None:
    """What an option's value should be, where it is not; None if it fits its annotation."""
    if any(_fits(member, value) for member in _members(annotation)):
        return None
    return " or ".join(_describe(member) for member in _members(annotation))


def _fits(annotation: Any, value: Any) -> bool:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _fits(args[0], value)
    if origin is Literal:
        return value in args
    if origin is tuple:
        return isinstance(value, tuple | list) and len(value) == len(args) and all(map(_fits, args, value))
    if origin is list:
        return isinstance(value, list) and all(_fits(args[0], one) for one in value)
    if annotation in (int, float):
        kinds = (int, float) if annotation is float else (int,)
        return isinstance(value, kinds) and not isinstance(value, bool)
    if is_typeddict(annotation):
        fields = get_type_hints(annotation)
        return isinstance(value, dict) and all(key in fields and _fits(fields[key], value[key]) for key in value)
    return annotation is Any or isinstance(value, annotation)


def _describe(annotation: Any) -> str:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _describe(args[0])
    if origin is Literal:
        return "one of " + ", ".join(map(repr, args))
    if origin in (tuple, list):
        return f"a {origin.__name__} of ({', '.join(map(_describe, args))})"
    return str(getattr(annotation, "__name__", annotation))
