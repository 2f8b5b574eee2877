"""Controls: sliders and the like that a visitor sets, as defaults of a pipeline's parameters.

Each feeds a graph input: at the timestamp of each frame, with a packet of what it shows then.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from pyweb_ml.errors import AuthoringError, ControlError
from pyweb_ml.graph.caller import here

Setting: TypeAlias = float | bool | str
"""What a control shows: the payload that its stream brings."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """What all controls have.

    Attributes:
        kind: as the manifest calls it.
        type: the stream type of its packets.
        value: what it shows at first.
        label: what stands beside it; None: the parameter's name in words.
    """

    kind: ClassVar[str]
    type: ClassVar[str]
    value: Setting
    label: str | None = None

    def problem(self, value: object) -> str | None:
        """What the control's value should be, where it is not; None if it can show `value`."""
        raise NotImplementedError

    def read(self, text: str) -> object:
        """The value that a text stands for, on a command line or in an address; still to be checked."""
        return text

    def check(self, name: str, value: object) -> Setting:
        """The value as its packets hold it.

        Raises:
            ControlError: the control cannot show it.
        """
        problem = self.problem(value)
        if problem:
            raise ControlError(f"the control '{name}' must be {problem}, not {value!r}")
        return _plain(value)

    def to_json(self, name: str) -> dict[str, Any]:
        """The control of the parameter `name` as the manifest states it."""
        own = {key: value for key, value in vars(self).items() if key != "label"}
        return {"name": name, "kind": self.kind, "label": self.label or in_words(name), **own}


@dataclass(frozen=True, kw_only=True)
class SliderControl(Control):
    kind = "slider"
    type = "Number"
    value: float
    min: float
    max: float
    step: float

    def problem(self, value: object) -> str | None:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and self.min <= value <= self.max
        return None if fits else f"a number from {self.min:g} to {self.max:g}"

    def read(self, text: str) -> object:
        try:
            return float(text)
        except ValueError:
            return text


@dataclass(frozen=True, kw_only=True)
class CheckboxControl(Control):
    kind = "checkbox"
    type = "Boolean"
    value: bool

    def problem(self, value: object) -> str | None:
        return None if isinstance(value, bool) else "true or false"

    def read(self, text: str) -> object:
        return {"true": True, "false": False}.get(text, text)


@dataclass(frozen=True, kw_only=True)
class SelectControl(Control):
    kind = "select"
    type = "Text"
    value: str
    choices: tuple[str, ...]

    def problem(self, value: object) -> str | None:
        return None if value in self.choices else "one of " + ", ".join(f"'{one}'" for one in self.choices)


@dataclass(frozen=True, kw_only=True)
class TextControl(Control):
    kind = "text"
    type = "Text"
    value: str
    max_length: int

    def problem(self, value: object) -> str | None:
        # UTF-16 code units, as a browser counts what is typed into it.
        fits = isinstance(value, str) and len(value.encode("utf-16-le", "surrogatepass")) // 2 <= self.max_length
        return None if fits else f"a text of at most {self.max_length} characters"


def slider(min: float, max: float, value: float, *, step: float | None = None, label: str | None = None) -> Any:
    """A number that the visitor chooses, as the default of a pipeline's parameter of type `pw.Number`.

    Args:
        min, max: the least and the greatest value, both allowed.
        value: what it is at first.
        step: how far the handle goes at once; by default the greatest power of ten that makes at least a hundred
            steps. A script, an address or `pywebml run --set` may give what lies between.
        label: what stands beside it; by default the parameter's name in words.

    Raises:
        AuthoringError: the numbers are not finite, or not in order.
    """
    if not all(map(_is_finite, (min, max, value))) or not min <= value <= max or min == max:
        raise AuthoringError(f"{here()}: a slider needs min < max and a value between, not {min}, {max}, {value}")
    size = step if step is not None else _power_of_ten(max - min)
    if not _is_finite(size) or not 0 < size <= max - min:
        raise AuthoringError(f"{here()}: a slider's step must be above 0 and at most max - min, not {size}")
    numbers = {key: _plain(one) for key, one in (("min", min), ("max", max), ("value", value), ("step", size))}
    return SliderControl(label=label, **numbers)  # type: ignore[arg-type]  # they are numbers


def checkbox(value: bool = False, *, label: str | None = None) -> Any:
    """Yes or no, as the default of a pipeline's parameter of type `pw.Boolean`.

    Raises:
        AuthoringError: `value` is no bool.
    """
    return _sound(CheckboxControl(value=value, label=label))


def select(choices: Sequence[str], value: str | None = None, *, label: str | None = None) -> Any:
    """One of several words, as the default of a pipeline's parameter of type `pw.Text`.

    Args:
        value: what is chosen at first; by default the first of them.

    Raises:
        AuthoringError: there is no choice, or a choice is no str or there twice, or `value` is none of them.
    """
    if isinstance(choices, str) or not choices or not all(isinstance(one, str) for one in choices):
        raise AuthoringError(f"{here()}: select needs a list of words to choose from, not {choices!r}")
    if len(set(choices)) < len(choices):
        raise AuthoringError(f"{here()}: select's choices must differ, unlike {choices!r}")
    chosen = choices[0] if value is None else value
    return _sound(SelectControl(value=chosen, choices=tuple(choices), label=label))


def text(value: str = "", *, max_length: int = 1000, label: str | None = None) -> Any:
    """A line that the visitor writes, as the default of a pipeline's parameter of type `pw.Text`.

    Args:
        max_length: how many characters (UTF-16 code units) it has at most.

    Raises:
        AuthoringError: `value` is no str, or longer.
    """
    return _sound(TextControl(value=value, max_length=max_length, label=label))


def settings(controls: Mapping[str, Control], given: Mapping[str, object]) -> dict[str, Setting]:
    """What each control shows: the value that is given, or else the one it has at first.

    Raises:
        ControlError: there is no such control, or it cannot show the value.
    """
    for name in given:
        if name not in controls:
            raise ControlError(f"there is no control '{name}'; {_known(controls)}")
    return {name: one.check(name, given.get(name, one.value)) for name, one in controls.items()}


def read_settings(controls: Mapping[str, Control], texts: Sequence[str]) -> dict[str, object]:
    """Values by control out of texts such as "strength=4"; still to be checked, as by `settings`.

    Raises:
        ControlError: a text is no "name=value".
    """
    found: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ControlError(f"'{text}' sets no control; write NAME=VALUE, and {_known(controls)}")
        found[name] = controls[name].read(value) if name in controls else value
    return found


def _known(controls: Mapping[str, Control]) -> str:
    names = ", ".join(f"'{name}'" for name in controls)
    return f"the app has {names}" if names else "the app has no controls"


def in_words(name: str) -> str:
    """A parameter's name as a label: "max_faces" becomes "Max faces"."""
    words = name.strip("_").replace("_", " ") or name
    return words[:1].upper() + words[1:]


def _sound(control: Control) -> Control:
    problem = control.problem(control.value)
    if problem:
        raise AuthoringError(f"{here()}: the {control.kind}'s value must be {problem}, not {control.value!r}")
    return control


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _power_of_ten(span: float) -> float:
    return float(f"1e{math.floor(math.log10(span)) - 2}")


def _plain(value: Any) -> Setting:
    """Whole numbers as int: so they arrive through JSON in the page's Python too."""
    whole = isinstance(value, float) and value.is_integer()
    plain: Setting = int(value) if whole else value
    return plain
