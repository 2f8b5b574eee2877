"""Other programs that the converter runs: watched line by line, with one clear error."""

import contextlib
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyweb_ml.errors import ConversionError
from pyweb_ml.progress import Progress, quiet

TIMEOUT = 1800
"""Seconds that a program may take."""
_PIPES: dict[str, Any] = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.PIPE,
    "text": True,
    "encoding": "utf-8",
    "errors": "replace",
}
_MARK = "progress "
_LONGEST = 600
"""Characters of a complaint that an error repeats."""


def run(
    command: Sequence[str | Path],
    name: str,
    progress: Progress = quiet,
    *,
    each_line: Callable[[str], None] | None = None,
    timeout: float = TIMEOUT,
    cwd: Path | None = None,
    whole: bool = False,
) -> "subprocess.CompletedProcess[str]":
    """Runs a program to its end, without a shell and without standard input.

    Args:
        command: the program and its arguments.
        name: what it is called in progress and errors.
        progress: told every line of standard output that starts with "progress ".
        each_line: called with every line of either stream.
        timeout: seconds until it is ended.
        cwd: the folder to run in.
        whole: whether an error repeats all that the program complains of, for programs that do it over many lines.

    Raises:
        ConversionError: it cannot be started, fails, or takes longer than `timeout`.
    """
    words = [str(word) for word in command]
    try:
        child = subprocess.Popen(words, cwd=cwd, **_PIPES)
    except OSError as error:
        raise ConversionError(f"{name}: '{words[0]}' cannot be started ({error})") from error
    with child:
        done = _watch(child, words, name, _teller(name, progress, each_line), timeout)
    if done.returncode:
        raise ConversionError(f"{name}: {_complaint(done, whole)}")
    return done


def _teller(name: str, progress: Progress, each_line: Callable[[str], None] | None) -> Callable[[str], None]:
    def tell(line: str) -> None:
        if line.startswith(_MARK):
            progress(name, line.removeprefix(_MARK).strip(), 0, 0)
        if each_line:
            each_line(line)

    return tell


def _watch(
    child: "subprocess.Popen[str]", words: list[str], name: str, tell: Callable[[str], None], timeout: float
) -> "subprocess.CompletedProcess[str]":
    said: tuple[list[str], list[str]] = ([], [])

    def read(stream: int) -> None:
        for line in (child.stdout, child.stderr)[stream] or ():
            said[stream].append(line)
            tell(line)

    readers = [threading.Thread(target=read, args=(stream,), daemon=True) for stream in (0, 1)]
    for reader in readers:
        reader.start()
    try:
        code = child.wait(timeout)
    except subprocess.TimeoutExpired as error:
        raise ConversionError(f"{name} did not finish within {timeout:.0f} s and was ended") from error
    finally:
        with contextlib.suppress(OSError):
            child.kill()
        for reader in readers:
            reader.join(10)
    return subprocess.CompletedProcess(words, code, "".join(said[0]), "".join(said[1]))


def _complaint(done: "subprocess.CompletedProcess[str]", whole: bool) -> str:
    """What a failed program has written: its last line, which is where Python's tracebacks say what is wrong."""
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    if not lines:
        return f"it ended with status {done.returncode} and no word"
    errors = [line for line in lines if line.startswith("error:")]
    kept = [line for line in lines if not line.startswith(("WARNING:", "warning:"))]
    said = " ".join(kept)[-_LONGEST:] if whole else (errors or lines)[-1][:_LONGEST]
    return said.removeprefix("error: ")
