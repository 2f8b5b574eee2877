"""Darknet's `.cfg`: sections in brackets, one a layer, with "key=value" lines; "#" and ";" begin a comment."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from pyweb_ml.errors import ConversionError

MAX_BYTES: Final = 2**20
"""The largest file that is read: the longest of YOLO's has 15 kB."""
MAX_NUMBER: Final = 2**24
"""The largest number that a layer's option may have; none of Darknet's own comes near it."""


@dataclass
class Section:
    """One section, which knows where it stands.

    Attributes:
        kind: the name between the brackets, such as "convolutional".
        line: the number of its line, from 1.
        options: by key, the text after "=" and its line; of a repeated key the first, as Darknet takes it.
    """

    file: str
    kind: str
    line: int
    options: dict[str, tuple[str, int]] = field(default_factory=dict)

    def text(self, key: str, default: str | None = None) -> str:
        """An option's text; without it `default`, and without that an error."""
        if key in self.options:
            return self.options[key][0]
        if default is None:
            self.fail(f"it lacks '{key}='")
        return default

    def number(self, key: str, default: int | None = None, low: int = 0, high: int = MAX_NUMBER) -> int:
        """A whole number from `low` to `high`."""
        text = self.text(key, None if default is None else str(default))
        return self._number(key, text, low, high)

    def numbers(self, key: str, low: int = -MAX_NUMBER, high: int = MAX_NUMBER) -> list[int]:
        """Whole numbers with commas between them."""
        return [self._number(key, part, low, high) for part in self.text(key).split(",") if part]

    def real(self, key: str, default: float) -> float:
        """A finite number."""
        text = self.text(key, str(default))
        try:
            value = float(text)
        except ValueError:
            self._refuse_value(key, text, "a number")
        if not abs(value) < MAX_NUMBER:
            self._refuse_value(key, text, f"a number below {MAX_NUMBER}")
        return value

    def require(self, **known: str) -> None:
        """Refuses options that change what a layer computes, in a way that is not known here."""
        for key, value in known.items():
            if self.text(key, value) != value:
                self._refuse_value(key, self.text(key), f"'{value}', the only value that is supported")

    def fail(self, message: str, key: str | None = None) -> NoReturn:
        """Ends with an error at this section, or at the line of one of its keys."""
        line = self.options[key][1] if key in self.options else self.line
        raise ConversionError(f"'{self.file}', line {line}, [{self.kind}]: {message}")

    def _number(self, key: str, text: str, low: int, high: int) -> int:
        digits = text[1:] if text[:1] in ("-", "+") else text
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            self._refuse_value(key, text, "a whole number")
        if not low <= int(text) <= high:
            self._refuse_value(key, text, f"from {low} to {high}")
        return int(text)

    def _refuse_value(self, key: str, text: str, wanted: str) -> NoReturn:
        self.fail(f"'{key}' must be {wanted}, not '{text[:40]}'", key)


def read_config(path: Path) -> list[Section]:
    """The sections of a `.cfg`, the first of which is "net".

    Raises:
        ConversionError: it cannot be read, is no text, has a line that is neither, or does not begin with [net].
    """
    sections: list[Section] = []
    for number, line in enumerate(_lines(path), 1):
        text = "".join(line.split())  # Darknet drops every blank, also within a line
        if text and text[0] not in "#;":
            _take(path.name, sections, text, number)
    if not sections or sections[0].kind not in ("net", "network"):
        raise ConversionError(f"'{path.name}' is no .cfg of Darknet: its first section must be [net]")
    return sections


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConversionError(f"'{path}' cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise ConversionError(f"'{path.name}' is no .cfg of Darknet: it is larger than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ConversionError(f"'{path.name}' is no .cfg of Darknet: byte {error.start} is no text") from error


def _take(file: str, sections: list[Section], text: str, line: int) -> None:
    if text[0] == "[" and text[-1] == "]":
        sections.append(Section(file, text[1:-1], line))
        return
    key, equals, value = text.partition("=")
    if not equals or not key or not sections:
        raise ConversionError(
            f"'{file}', line {line}: '{text[:40]}' is neither a [section] nor a key=value of one"
        )
    sections[-1].options.setdefault(key, (value, line))
