"""A browser of this machine, started on a page and ended again."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyweb_ml.bench.job import BenchError

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
FLAGS = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    # Nothing but this machine can be reached, so that no rival fetches or reports anything.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    # A window that nobody looks at is as fast as one that somebody does.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    # WebGL and WebGPU on the CPU where there is no GPU; the report says so.
    "--enable-unsafe-swiftshader",
    "--enable-unsafe-webgpu",
    # Memory is measured at once, not at the next collection of garbage.
    "--enable-blink-features=ForceEagerMeasureMemory",
)


def find_browser(given: str | None) -> str:
    """The browser's program: the one given, that of the environment, or the first that is found.

    Raises:
        BenchError: there is none, or the one that is given is not there.
    """
    named = given or os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise BenchError(f"there is no browser '{named}'; give the path of its program as --browser")
        return found
    places = (place for place in PLACES.get(sys.platform, ()) if Path(place).is_file())
    program = next(filter(None, map(shutil.which, NAMES)), None) or next(places, None)
    if program is None:
        raise BenchError(
            "no Chromium, Chrome or Edge was found; install one, give its program as --browser, or open the "
            "benchmark in any browser with --device"
        )
    return program


@contextmanager
def browser(
    program: str, address: str, flags: Sequence[str] = (), *, window: bool = False
) -> "Iterator[subprocess.Popen[bytes]]":
    """The browser on a page, with a profile of its own, until the block ends.

    Raises:
        BenchError: it cannot be started.
    """
    # In a container root has no sandbox; what is run is the app that its owner measures.
    unboxed = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    shown = [] if window else ["--headless=new"]
    with tempfile.TemporaryDirectory(prefix="pywebml-browser-", ignore_cleanup_errors=True) as profile:
        words = [program, *FLAGS, *shown, *unboxed, *flags, f"--user-data-dir={profile}", address]
        try:
            child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError as error:
            raise BenchError(f"'{program}' cannot be started ({error}); give another one as --browser") from error
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
