"""Sound into the desktop runner, by PyAV."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.audio import AudioFormat, Chunker, mixed
from pyweb_ml.graph.payloads import Audio
from pyweb_ml.runner.frames import Frames


def open_sound(path: Path, format: AudioFormat) -> Frames:
    """The chunks of a sound file, or of a video's sound, as they are asked.

    Raises:
        MediaError: there is no such file, or no sound in it that can be decoded.
    """
    if not path.is_file():
        raise MediaError(f"there is no file '{path}'")
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise MediaError(f"'{path}' holds no sound; give a WAV, MP3, Ogg or video file")
            length = container.duration or 0  # in microseconds
    except (av.FFmpegError, OSError) as error:
        raise _refused(path, error) from error
    beyond = length * format.sample_rate // 1_000_000 - format.window
    return Frames(read_sound(path, format), max(-(-beyond // format.hop), 0) + 1 if length else 0)


def read_sound(path: Path, format: AudioFormat) -> Iterator[tuple[int, Audio]]:
    """The chunks with the times of their first samples, in microseconds from the first of all.

    Raises:
        MediaError: the file is damaged, or none that can be decoded.
    """
    chunker = Chunker(format)
    try:
        with av.open(str(path)) as container:
            for samples in _samples(container, format):
                yield from chunker.push(samples)
    except (av.FFmpegError, OSError) as error:
        raise _refused(path, error) from error
    yield from chunker.flush()


def _samples(container: Any, format: AudioFormat) -> Iterator[Audio]:
    """Float32 (samples, channels) at the format's rate."""
    # With no layout FFmpeg leaves the channels as they are: its own mixing is louder than that of browsers.
    resampler = av.AudioResampler(format="flt", rate=format.sample_rate)
    for frame in itertools.chain(container.decode(audio=0), [None]):
        for one in resampler.resample(frame):
            samples = np.asarray(one.to_ndarray(), np.float32).reshape(-1, one.layout.nb_channels)
            yield mixed(samples, format.channels)


def _refused(path: Path, error: Exception) -> MediaError:
    reason = getattr(error, "strerror", None) or str(error)
    return MediaError(f"'{path}' is no sound that can be read: {reason}")
