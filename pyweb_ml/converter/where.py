"""Says where in a model something is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyweb_ml.errors import ConversionError


@contextmanager
def where(place: str) -> Iterator[None]:
    """Puts `place` before the message of a ConversionError that is raised inside."""
    try:
        yield
    except ConversionError as error:
        raise ConversionError(f"{place}: {error}") from error
