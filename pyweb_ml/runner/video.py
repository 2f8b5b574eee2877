"""Videos in and out of the desktop runner, by PyAV."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.payloads import Image

CODECS = {".mp4": "libx264", ".webm": "libvpx-vp9"}
"""What a video is written with, by the ending of its name."""

_CLOCK = Fraction(1, 90_000)
"""The unit of time in written files, of MPEG's systems layer: all usual frame rates are whole numbers of it."""


def count_frames(path: Path) -> int:
    """How many frames the file says that it has; 0 where it does not say.

    Raises:
        MediaError: the file is no video that can be decoded.
    """
    try:
        with av.open(str(path)) as container:
            _require_video(path, container)
            return int(container.streams.video[0].frames)
    except (av.FFmpegError, OSError) as error:
        raise _refused(path, error) from error


def read_video(path: Path) -> Iterator[tuple[int, Image]]:
    """The frames of a video with their times in microseconds from the first, uint8 (height, width, 4).

    Raises:
        MediaError: the file is no video, or damaged.
    """
    try:
        with av.open(str(path)) as container:
            _require_video(path, container)
            yield from images(container.decode(video=0))
    except (av.FFmpegError, OSError) as error:
        raise _refused(path, error) from error


def images(frames: Iterator[Any]) -> Iterator[tuple[int, Image]]:
    """PyAV's frames as (microseconds from the first, uint8 (height, width, 4))."""
    first = None
    for frame in frames:
        at = round((frame.time or 0) * 1_000_000)
        first = at if first is None else first
        yield at - first, _pixels(frame)


def _pixels(frame: Any) -> Image:
    """A frame as uint8 (height, width, 4), opaque unless its format has alpha."""
    if any(component.is_alpha for component in frame.format.components):
        return np.asarray(frame.to_ndarray(format="rgba"), np.uint8)
    # To RGBA, libswscale (9.5) leaves the last columns unwritten where the width is 16 n + 1 to 16 n + 4.
    pixels = np.full((frame.height, frame.width, 4), 255, np.uint8)
    pixels[..., :3] = frame.to_ndarray(format="rgb24")
    return pixels


def _require_video(path: Path, container: Any) -> None:
    if not container.streams.video:
        raise MediaError(f"'{path}' holds no pictures that move; give a picture, a video or a folder of pictures")


def _refused(path: Path, error: Exception) -> MediaError:
    reason = getattr(error, "strerror", None) or str(error)
    return MediaError(f"'{path}' is neither a picture nor a video that can be read: {reason}")


class VideoWriter:
    """Writes frames uint8 (height, width, 3 or 4) of one size; an odd last row or column is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container = av.open(str(path), "w")
        self._stream: Any = None
        self._size: tuple[int, int] = (0, 0)

    def write(self, at: int, image: Image) -> None:
        """Adds a frame at a time in microseconds, later than the one before.

        Raises:
            MediaError: the frame is of another size than the first, or smaller than 2 x 2.
        """
        height, width = image.shape[:2]
        if self._stream is None:
            self._begin(width, height)
        if (width, height) != self._size:
            raise MediaError(
                f"a frame of {width} x {height} cannot follow one of {self._size[0]} x {self._size[1]}"
            )
        even = np.ascontiguousarray(image[: height & ~1, : width & ~1, :3])
        frame = av.VideoFrame.from_ndarray(even, format="rgb24")
        frame.pts, frame.time_base = round(at * 9 / 100), _CLOCK
        self._container.mux(self._stream.encode(frame))

    def _begin(self, width: int, height: int) -> None:
        if min(width, height) < 2:
            raise MediaError(f"frames of {width} x {height} are too small for a video")
        self._size = (width, height)
        self._stream = self._container.add_stream(CODECS[self._path.suffix.lower()])
        self._stream.width, self._stream.height = width & ~1, height & ~1
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _CLOCK

    def close(self) -> None:
        """Writes what is still held back, and the file's end."""
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()
