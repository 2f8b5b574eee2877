"""What every script here is as a command: its arguments, and one line that says why it failed."""

import sys
from collections.abc import Callable


def run_command(main: Callable[..., None]) -> None:
    """Calls `main` with the command's arguments; an error ends the process with status 1 and "error: …"."""
    try:
        main(*sys.argv[1:])
    except Exception as error:
        sys.exit("error: " + " ".join(str(error).split())[:500])
