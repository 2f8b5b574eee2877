"""A browser of the machine's own, run on one page."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "PYWEBML_CHROMIUM"
"""Environment variable that names the browser's program."""
NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge"),
)
PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ),
}
"""Where browsers are that are not on the path."""


def find_program(given: str | None = None) -> str | None:
    """Chromium, Chrome or Edge: the one given, that of the environment, or the first that is found."""
    named = given or os.environ.get(VARIABLE)
    if named:
        return shutil.which(named)
    places = (place for place in PLACES.get(sys.platform, ()) if Path(place).is_file())
    return next(filter(None, map(shutil.which, NAMES)), None) or next(places, None)


@contextmanager
def running(program: str, flags: Sequence[str], address: str) -> "Iterator[subprocess.Popen[bytes]]":
    """The browser on a page, with a profile of its own, until the block ends.

    Raises:
        OSError: it cannot be started.
    """
    # In a container root has no sandbox; what is run is our own page, or the app of who asks.
    unboxed = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pywebml-browser-", ignore_cleanup_errors=True) as profile:
        words = [program, *flags, *unboxed, f"--user-data-dir={profile}", address]
        child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield child
        finally:
            _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(20)
