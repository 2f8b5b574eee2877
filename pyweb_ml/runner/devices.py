"""Cameras, and FFmpeg's test pictures in place of one, by PyAV."""

import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import av
from av.device import enumerate_input_devices

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.payloads import Image
from pyweb_ml.runner.video import images

_CAMERA = re.compile(r"camera(?::(.*))?")
_TEST_PICTURES = "lavfi:"
_FORMATS = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
"""FFmpeg's name for the system's cameras (https://ffmpeg.org/ffmpeg-devices.html)."""
_OPTIONS = {"avfoundation": {"framerate": "30"}}
"""Without it avfoundation asks for 29.97 frames a second, which many cameras refuse."""
_WAIT_SECONDS = 0.005


def is_device(source: str) -> bool:
    """Whether a source is named "camera", "camera:N" or "lavfi:GRAPH", rather than being a file."""
    return bool(_CAMERA.fullmatch(source)) or source.startswith(_TEST_PICTURES)


def read_device(source: str) -> Iterator[tuple[int, Image]]:
    """The frames of a device as they come, with times in microseconds from the first, uint8 (height, width, 4).

    "camera:N" is the camera with that number from 0, on Linux /dev/videoN; "lavfi:GRAPH" what FFmpeg's lavfi
    device makes of a filter graph, such as "lavfi:testsrc=size=640x480:rate=20" (which does not wait for the time
    of its frames, and without a `duration` has no end).

    Raises:
        MediaError: there is no such camera, or it cannot be read; or FFmpeg cannot make the pictures.
    """
    if source.startswith(_TEST_PICTURES):
        graph = source.removeprefix(_TEST_PICTURES)
        return _read(graph, "lavfi", f"FFmpeg cannot make the pictures '{graph}'")
    number = _CAMERA.fullmatch(source)
    return _camera(source, (number[1] if number else None) or "0")


def _camera(source: str, number: str) -> Iterator[tuple[int, Image]]:
    if not number.isdecimal():
        raise MediaError(f"'{source}' is no camera; give camera, or camera:N with a number from 0")
    format = _FORMATS.get(sys.platform)
    if format is None:
        raise MediaError(f"cameras are not known on '{sys.platform}'; give a file")
    cameras = _cameras(format)
    there = ", ".join(f"camera:{at} is '{said}'" for at, (_, said) in enumerate(cameras)) or "there is none here"
    wrong = f"there is no camera {number} that can be read ({there}); give another one, or a file"
    if format == "v4l2":
        return _read(f"/dev/video{int(number)}", format, wrong)
    if int(number) >= len(cameras):
        raise MediaError(wrong)
    return _read(cameras[int(number)][0], format, wrong)


def _cameras(format: str) -> list[tuple[str, str]]:
    """The name to open and the description of each camera."""
    try:
        found = enumerate_input_devices(format)
    except (ValueError, OSError):
        return []  # this build of FFmpeg has no cameras, or the system does not tell
    return [(one.name, one.description) for one in found if "video" in (one.media_types or ["video"])]


def _read(name: str, format: str, wrong: str) -> Iterator[tuple[int, Image]]:
    try:
        container = av.open(name, format=format, options=_OPTIONS.get(format, {}))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise MediaError(f"{wrong}: {getattr(error, 'strerror', None) or error}") from error
    return _frames(container, wrong)


def _frames(container: Any, wrong: str) -> Iterator[tuple[int, Image]]:
    with container:
        try:
            yield from images(_decoded(container))
        except (av.FFmpegError, OSError) as error:
            raise MediaError(f"{wrong}: {getattr(error, 'strerror', None) or error}") from error


def _decoded(container: Any) -> Iterator[Any]:
    while True:
        try:
            yield from container.decode(video=0)
        except av.BlockingIOError:
            time.sleep(_WAIT_SECONDS)  # avfoundation says so where another device waits for its next frame
        else:
            return
