"""What feeds a graph on the desktop: a picture, a folder of pictures, a video, or a camera."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.payloads import Audio, Image
from pyweb_ml.runner.devices import is_device, read_device
from pyweb_ml.runner.media import IMAGE_SUFFIXES, read_image
from pyweb_ml.runner.video import count_frames, read_video

FOLDER_INTERVAL = 33_333
"""Microseconds from one picture of a folder to the next, as at 30 frames a second."""


@dataclass
class Frames:
    """Pictures, or chunks of sound, with timestamps in microseconds, strictly rising.

    Attributes:
        total: how many; 0 where it is not known.
        live: they come at their own times, and need not end.
    """

    frames: Iterator[tuple[int, Image]] | Iterator[tuple[int, Audio]]
    total: int
    live: bool = False


def open_frames(source: Path | str) -> Frames:
    """The frames of a file, a folder or a device (see `pyweb_ml.runner.devices`), one by one as they are asked.

    Raises:
        MediaError: there is no such file or device, or nothing in it that is a picture or a video.
    """
    path = Path(source)
    if is_device(str(source)) and not path.exists():
        return Frames(read_device(str(source)), 0, live=True)
    if path.is_dir():
        return _folder(path)
    if path.suffix.lower() in IMAGE_SUFFIXES or not path.is_file():
        return Frames(iter([(0, read_image(path))]), 1)
    return Frames(read_video(path), count_frames(path))


def _folder(path: Path) -> Frames:
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise MediaError(f"the folder '{path}' holds no pictures ({', '.join(sorted(IMAGE_SUFFIXES))})")
    pictures = ((index * FOLDER_INTERVAL, read_image(file)) for index, file in enumerate(files))
    return Frames(pictures, len(files))
