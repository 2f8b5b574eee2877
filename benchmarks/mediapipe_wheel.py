"""MediaPipe's wheel in an environment of its own, made on first use: it wants a NumPy that ours is past."""

import subprocess
import sys
import venv
from pathlib import Path

from pyweb_ml.cache import cache_folder, sha256_of

LOCK = Path(__file__).parent / "mediapipe.lock"
PYTHONS = ((3, 9), (3, 12))
"""The first and the last version of Python that the wheel is made for."""


def python() -> Path:
    """The environment's interpreter.

    Raises:
        SystemExit: this Python is none that the wheel is made for.
        CalledProcessError: a package cannot be fetched; pip has said why.
    """
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        raise SystemExit("MediaPipe's wheel is made for Python 3.9 to 3.12; run this with one of them")
    folder = cache_folder() / "environments" / f"mediapipe-{sha256_of(LOCK.read_bytes())[:16]}"
    found = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / "whole").is_file():
        print(f"making MediaPipe's environment in {folder} (about 40 MB to fetch, once)", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        install = [str(found), "-m", "pip", "install", "--disable-pip-version-check"]
        subprocess.run([*install, "--no-deps", "--require-hashes", "-r", str(LOCK)], check=True)
        (folder / "whole").touch()
    return found
