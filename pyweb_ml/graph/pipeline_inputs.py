"""What a pipeline's function takes: its parameters as graph inputs, with types, and some with controls."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pyweb_ml.errors import AuthoringError
from pyweb_ml.graph.audio import AudioFormat, audio
from pyweb_ml.graph.controls import Control
from pyweb_ml.graph.payloads import PUBLIC, stream_type

ADDRESS_WORDS = ("backend", "build", "controls", "fresh", "origin", "source")
"""What the addresses of a site's pages say beside the controls: static/src/page_settings.ts and embed.ts."""


def input_types(function: Callable[..., Any]) -> dict[str, str]:
    """The stream types of the parameters, by their names.

    Raises:
        AuthoringError: a parameter's name or type names no stream, its default is no control of that type, a
            control's name means something else in an address, or all of them have controls.
    """
    hints = get_type_hints(function, include_extras=True)
    types: dict[str, str] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        check_name("parameter", name)
        type_name = stream_type(hints.get(name))
        if type_name not in PUBLIC:
            wanted = ", ".join(f"pw.{one}" for one in PUBLIC)
            raise AuthoringError(f"the parameter '{name}' of '{function.__name__}' needs one of {wanted}")
        what = f"the parameter '{name}' of '{function.__name__}'"
        _check_default(what, type_name, parameter.default)
        if isinstance(parameter.default, Control):
            _check_address(what, name)
        types[name] = type_name
    if types.keys() == controls_of(function).keys():
        beside = " beside its controls" if types else ""
        raise AuthoringError(f"'{function.__name__}' takes no stream{beside}; give it 'frame: pw.Image'")
    return types


def _check_default(what: str, type: str, default: Any) -> None:
    if default is inspect.Parameter.empty or (type == "Audio" and isinstance(default, AudioFormat)):
        return
    if not isinstance(default, Control):
        advice = "leave it out, or give it a control, such as pw.slider(0, 20, 8)"
        raise AuthoringError(f"{what} has the default {default!r}, but no source gives that; {advice}")
    if default.type != type:
        raise AuthoringError(f"{what} is pw.{type}, but its {default.kind} gives pw.{default.type}")


def _check_address(what: str, name: str) -> None:
    if name in ADDRESS_WORDS:
        advice = f"choose another name, such as 'my_{name}'"
        raise AuthoringError(f"{what} cannot be a control: '{name}' means something else in an address; {advice}")


def controls_of(function: Callable[..., Any]) -> dict[str, Control]:
    """The controls by the names of their parameters."""
    given = inspect.signature(function).parameters
    return {name: one.default for name, one in given.items() if isinstance(one.default, Control)}


def audio_formats(function: Callable[..., Any], types: Mapping[str, str]) -> dict[str, AudioFormat]:
    """What the chunks of each input of type Audio are: what its default says, or what `pw.audio()` gives."""
    given = inspect.signature(function).parameters
    defaults = {name: given[name].default for name, type in types.items() if type == "Audio"}
    return {name: one if isinstance(one, AudioFormat) else audio() for name, one in defaults.items()}


def check_name(kind: str, name: str) -> None:
    """Streams have MediaPipe's names: mediapipe/framework/tool/validate_name.h."""
    if not re.fullmatch("[a-z_][a-z0-9_]*", name):
        wanted = re.sub("[^a-z0-9_]", "_", snake_case(name))
        raise AuthoringError(
            f"the {kind} '{name}' names a stream, so it must be in small letters, such as '{wanted}'"
        )


def snake_case(name: str) -> str:
    """As nodes and streams are named: "FollowFace" becomes "follow_face"."""
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
