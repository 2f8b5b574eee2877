"""Inline script metadata: what a Python file says about the packages that it needs.

The format is https://packaging.python.org/en/latest/specifications/inline-script-metadata/ (PEP 723).
"""

import tomllib
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from pyweb_ml.errors import AppError

_FIRST = "# /// script"
_LAST = "# ///"


def script_dependencies(file: Path) -> list[Requirement]:
    """The `dependencies` of a file's `# /// script` block; none where it has no such block.

    Raises:
        AppError: the block is not closed, is no TOML, or holds something else than requirements.
    """
    block = _script_block(file)
    if not block:
        return []
    try:
        listed = tomllib.loads("\n".join(block)).get("dependencies", [])
    except tomllib.TOMLDecodeError as error:
        raise AppError(f"{file}: the '{_FIRST}' block is no TOML: {error}") from error
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise AppError(f"{file}: 'dependencies' must be a list of strings, such as [\"scipy\"]")
    return [_requirement(file, one) for one in listed]


def _script_block(file: Path) -> list[str]:
    """The lines between the block's first and last, without their comment signs."""
    lines = file.read_text(encoding="utf-8").splitlines()
    starts = [index for index, line in enumerate(lines) if line.rstrip() == _FIRST]
    if not starts:
        return []
    if len(starts) > 1:
        raise AppError(f"{file}:{starts[1] + 1}: there is a second '{_FIRST}' block; keep one")
    block: list[str] = []
    for line in lines[starts[0] + 1 :]:
        if line != "#" and not line.startswith("# "):
            break
        block.append(line)
    if _LAST not in block:
        raise AppError(f"{file}:{starts[0] + 1}: the '{_FIRST}' block is not closed by a line '{_LAST}'")
    end = len(block) - 1 - block[::-1].index(_LAST)
    return [line[2:] for line in block[:end]]


def _requirement(file: Path, text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise AppError(f"{file}: the dependency '{text}' cannot be read: {str(error).splitlines()[0]}") from error
