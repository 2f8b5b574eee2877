"""Which line of the user's own code called us: for errors at the line that wrote the mistake."""

import sys
from pathlib import Path

_PACKAGE = str(Path(__file__).parents[1])


def _calling_line() -> tuple[Path, int]:
    frame = sys._getframe(1)
    while frame.f_back and (frame.f_code.co_filename.startswith((_PACKAGE, "<"))):
        frame = frame.f_back
    return Path(frame.f_code.co_filename), frame.f_lineno


def calling_file() -> Path:
    """The file of the nearest caller outside this package."""
    return _calling_line()[0]


def here() -> str:
    """The nearest caller outside this package, as "app.py:12"."""
    path, line = _calling_line()
    return f"{path.name}:{line}"
