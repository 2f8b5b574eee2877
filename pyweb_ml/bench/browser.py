"""A browser of this machine, started on a page and ended again."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from pyweb_ml.bench.job import BenchError
from pyweb_ml.browser_process import VARIABLE, find_program, running

FLAGS = (
    "--no-first-run",
    "--no-default-browser-check",
    # All subjects in view.
    "--window-size=1280,960",
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
    program, named = find_program(given), given or os.environ.get(VARIABLE)
    if program is None and named:
        raise BenchError(f"there is no browser '{named}'; give the path of its program as --browser")
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
    shown = [] if window else ["--headless=new"]
    with ExitStack() as stack:
        try:
            child = stack.enter_context(running(program, [*FLAGS, *shown, *flags], address))
        except OSError as error:
            raise BenchError(f"'{program}' cannot be started ({error}); give another one as --browser") from error
        yield child
