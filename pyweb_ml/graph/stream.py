"""A stream while a pipeline is traced: it has a name and a type, and no value yet."""

from typing import Any, NoReturn

from pyweb_ml.errors import AuthoringError
from pyweb_ml.graph.caller import here


class Stream:
    """What a pipeline's function handles in place of payloads; see `pyweb_ml.graph.tracing`."""

    def __init__(self, name: str, type: str) -> None:
        self._name = name
        self._type = type

    def __repr__(self) -> str:
        return f"the {self._type} stream '{self._name}'"

    def _no_value(self, *_: object) -> NoReturn:
        raise AuthoringError(
            f"{here()}: {self!r} has no value while the pipeline is traced; put code that needs its value "
            "into a function with @pw.calculator"
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._no_value()

    __bool__ = __len__ = __iter__ = __getitem__ = __array__ = _no_value
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _no_value
    __lt__ = __gt__ = __le__ = __ge__ = __int__ = __float__ = _no_value


def name_of(stream: Stream) -> str:
    """The stream's name in the graph."""
    return stream._name


def type_of(stream: Stream) -> str:
    """The stream's type, such as "Image"."""
    return stream._type


def with_attributes(stream: Stream, attributes: dict[str, Stream]) -> Stream:
    """The stream, with further streams of the same calculator as its attributes."""
    stream.__dict__.update(attributes)
    return stream
