"""Pictures, films and sounds that a site offers to try it with."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyweb_ml.cache import sha256_of
from pyweb_ml.errors import BuildError
from pyweb_ml.graph.authoring import App

KINDS = {
    **dict.fromkeys((".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"), "image"),
    **dict.fromkeys((".m4v", ".mov", ".mp4", ".ogv", ".webm"), "video"),
    **dict.fromkeys((".aac", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav"), "audio"),
}
"""File name endings that browsers show or play, by the first part of their media types."""


@dataclass(frozen=True)
class Sample:
    """A sample as the manifest states it; `kind` is "image", "video" or "audio"."""

    name: str
    path: str
    kind: str


def write_samples(app: App[Any, Any], site: Path) -> list[Sample]:
    """Copies an app's samples into the site.

    Raises:
        BuildError: a sample is not there, or is nothing that a browser shows or plays; or a folder has none.
    """
    given = [one for source in app.samples for one in _files(app.file, source)]
    return [_write(app.file, source, site, index) for index, source in enumerate(given)]


def _files(app_file: Path, source: str) -> list[str]:
    """The file itself, or those of a folder that browsers show or play, by name."""
    folder = app_file.parent / source
    if not folder.is_dir():
        return [source]
    names = sorted(file.name for file in folder.iterdir() if file.is_file() and file.suffix.lower() in KINDS)
    if not names:
        wanted = ", ".join(sorted(KINDS))
        raise BuildError(
            f"{app_file}: the folder '{source}' of samples holds no file that ends in one of {wanted}"
        )
    return [f"{source}/{name}" for name in names]


def _write(app_file: Path, source: str, site: Path, index: int) -> Sample:
    file = app_file.parent / source
    if not file.is_file():
        raise BuildError(f"{app_file}: the sample '{source}' is not there; looked for '{file}'")
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise BuildError(f"{app_file}: the sample '{source}' must end in one of {', '.join(sorted(KINDS))}")
    safe = re.sub(r"[^A-Za-z0-9._-]", "-", file.name)
    path = f"samples/{index}-{sha256_of(file.read_bytes())[:16]}-{safe}"
    (site / "samples").mkdir(exist_ok=True)
    shutil.copyfile(file, site / path)
    return Sample(file.stem.replace("_", " "), path, kind)
