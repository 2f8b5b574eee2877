"""What a calculator takes and gives: read once from the signature of its function."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np

from pyweb_ml.errors import AuthoringError
from pyweb_ml.graph.controls import Control
from pyweb_ml.graph.payloads import stream_type

SIDE_TYPES = frozenset({"Anchors"})
"""Payload types that travel as side packets: once a run, before the first frame."""


@dataclass(frozen=True)
class Fields:
    """Rides on an option's tuple annotation: the fields of the message that it becomes in the config."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class InputPort:
    """One input: the parameter of the function, its tag in the graph, and its stream type.

    Attributes:
        sets_option: its packets take the place of the option of the same name, each at its own timestamp.
    """

    parameter: str
    tag: str
    type: str
    optional: bool
    sets_option: bool = False

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

    @property
    def parameters(self) -> list[str]:
        """The function's parameters: inputs, then options."""
        return [port.parameter for port in self.inputs if not port.sets_option] + list(self.options)

    def set_by(self, tag: str) -> str | None:
        """The option that the packets of the input with this tag set; None if they set none."""
        return next((port.parameter for port in self.inputs if port.sets_option and port.tag == tag), None)

    def options_with(self, options: Mapping[str, Any], given: dict[str, Any]) -> Mapping[str, Any] | None:
        """The options, with those that packets set instead, which are taken out of `given`.

        None where an option that must be given has no value: the calculator does not run at this timestamp.

        Raises:
            ValueError: a packet holds what the option cannot be.
        """
        names = [port.parameter for port in self.inputs if port.sets_option and port.parameter in given]
        packets = {name: given.pop(name) for name in names}
        set_now = {name: _own(value) for name, value in packets.items() if value is not None}
        for name, value in set_now.items():
            problem = option_problem(self.options[name].annotation, value)
            if problem:
                raise ValueError(f"the option '{name}' must be {problem}, not {value!r}")
        unset = [name for name in names if self.options[name].required and name not in {**options, **set_now}]
        return None if unset else {**options, **set_now}

    def split(self, value: Any) -> list[Any]:
        """The payloads of the outputs, in their order, out of what the function returned."""
        if value is None:
            return [None] * len(self.outputs)
        if self.several:
            return list(value)
        return [value if port.attribute is None else getattr(value, port.attribute) for port in self.outputs]


def _own(value: Any) -> Any:
    """Python's own number, text or bool for what may be numpy's."""
    return value.item() if isinstance(value, np.generic) else value


REGISTRY: dict[str, Contract] = {}
"""Every standard calculator, by MediaPipe's name."""


def read_contract(
    name: str,
    function: Callable[..., Any],
    *,
    tags: Mapping[str, str] | None = None,
    outputs: tuple[OutputPort, ...] | None = None,
    settable: tuple[str, ...] | None = None,
    **more: Any,
) -> Contract:
    """The contract that a function's signature states.

    Parameters annotated with a stream type are inputs, all others options. `tags` gives an input's tag
    where it is not the parameter's name in capitals; `outputs` the outputs where the return annotation
    does not say them all. `settable` names the options that a stream may set while the graph runs, by default
    all those that are a number, a text, or yes or no.

    Raises:
        AuthoringError: a parameter or the result has no annotation, or the result's is no stream type; or a
            parameter has a control, which only a pipeline's may have.
    """
    hints = get_type_hints(function, include_extras=True)
    inputs: list[InputPort] = []
    options: dict[str, OptionField] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.name not in hints:
            raise AuthoringError(f"'{name}': the parameter '{parameter.name}' needs an annotation, {_AN_EXAMPLE}")
        _refuse_control(name, parameter)
        type_name, optional = _stream_of(hints[parameter.name])
        if type_name is None or _is_option(parameter, type_name):
            options[parameter.name] = OptionField(parameter.name, hints[parameter.name], parameter.default)
        else:
            tag = (tags or {}).get(parameter.name, parameter.name.upper())
            inputs.append(InputPort(parameter.name, tag, type_name, optional))
    inputs += _option_ports(options, settable)
    ports, several = (outputs, False) if outputs else _outputs(name, hints)
    return Contract(name, function, tuple(inputs), ports, options, several, **more)


def _refuse_control(name: str, parameter: inspect.Parameter) -> None:
    if isinstance(parameter.default, Control):
        raise AuthoringError(
            f"'{name}': the parameter '{parameter.name}' has a {parameter.default.kind}; give that to a parameter "
            "of the pipeline's function, and pass its stream on to here"
        )


def _option_ports(options: Mapping[str, OptionField], settable: tuple[str, ...] | None) -> list[InputPort]:
    """The optional inputs that set options, tagged with their names in capitals."""
    wanted = options if settable is None else settable
    types = {name: _plain_stream(options[name].annotation) for name in wanted}
    return [InputPort(name, name.upper(), type, True, True) for name, type in types.items() if type]


def _plain_stream(annotation: Any) -> str | None:
    """The type of a stream whose packets can be an option's value; None if there is none."""
    kinds = (
        {_stream_of(type(one))[0] for one in get_args(annotation)} if get_origin(annotation) is Literal else None
    )
    (found,) = kinds if kinds and len(kinds) == 1 else {_stream_of(annotation)[0]}
    return found if found in _PLAIN else None


_PLAIN = ("Text", "Number", "Boolean")
_AN_EXAMPLE = "such as 'frame: pw.Image'"


def _is_option(parameter: inspect.Parameter, type_name: str) -> bool:
    """A str, float or bool that has a default, or must be named, is an option and not a stream."""
    keyword = parameter.kind is inspect.Parameter.KEYWORD_ONLY
    plain = type_name in _PLAIN
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
