"""Sound as a pipeline takes it: `pw.audio` as the default of a parameter of type `pw.Audio`."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyweb_ml.errors import AuthoringError
from pyweb_ml.graph.caller import here
from pyweb_ml.graph.payloads import Audio

RATES = (3_000, 384_000)
"""Samples a second that every browser's AudioContext takes: https://webaudio.github.io/web-audio-api/"""
LONGEST = 60.0
"""Seconds in a chunk at most."""


@dataclass(frozen=True)
class AudioFormat:
    """What the chunks of an audio stream are.

    Attributes:
        sample_rate: samples a second.
        window, hop: samples in a chunk, and from the first of one to the first of the next.
        channels: 1 or 2.
    """

    sample_rate: int
    window: int
    hop: int
    channels: int

    def time(self, sample: int) -> int:
        """Microseconds from the first sample to this one."""
        return (sample * 1_000_000 + self.sample_rate // 2) // self.sample_rate


def audio(*, sample_rate: int = 16_000, window: float = 1.0, hop: float | None = None, channels: int = 1) -> Any:
    """How a source's sound is cut into packets, as the default of a pipeline's parameter of type `pw.Audio`.

    Each packet is float32 (samples, channels), -1..1, with the time of its first sample. The last one of a file is
    filled up with silence.

    Args:
        sample_rate: samples a second, whole; other sources are resampled.
        window: seconds in a packet, at most 60.
        hop: seconds from the beginning of one packet to that of the next, at most `window`; by default the same.
        channels: 1 (others are mixed down to it) or 2.

    Raises:
        AuthoringError: a number is out of its range.
    """
    hop = window if hop is None else hop
    _require(
        "sample_rate",
        sample_rate,
        isinstance(sample_rate, int) and RATES[0] <= sample_rate <= RATES[1],
        "a whole number from 3000 to 384000",
    )
    _require(
        "window",
        window,
        math.isfinite(window) and round(window * sample_rate) >= 1 and window <= LONGEST,
        "seconds above 0, up to 60",
    )
    _require(
        "hop",
        hop,
        math.isfinite(hop) and 1 <= round(hop * sample_rate) <= round(window * sample_rate),
        "seconds above 0, up to 'window'",
    )
    _require("channels", channels, channels in (1, 2), "1 or 2")
    return AudioFormat(sample_rate, round(window * sample_rate), round(hop * sample_rate), channels)


def _require(name: str, value: object, fits: bool, wanted: str) -> None:
    if not fits:
        raise AuthoringError(f"{here()}: '{name}' of pw.audio must be {wanted}, not {value!r}")


def mixed(samples: Audio, channels: int) -> Audio:
    """Samples (samples, any channels) with 1 channel, the mean of all, or 2: the first two, or one twice."""
    if channels == 1:
        return np.asarray(samples.mean(axis=1, keepdims=True, dtype=np.float32))
    return samples[:, [0, -1 if samples.shape[1] < 2 else 1]]


class Chunker:
    """Cuts samples, as they come, into the chunks of a format. The twin of static/src/chunker.ts."""

    def __init__(self, format: AudioFormat) -> None:
        self._format = format
        self._held = np.empty((0, format.channels), np.float32)
        self._start = 0
        self._fresh = 0

    def push(self, samples: Audio) -> Iterator[tuple[int, Audio]]:
        """Takes samples (samples, channels); gives each whole chunk, with the time of its first sample in µs."""
        self._held = np.concatenate([self._held, samples])
        self._fresh += len(samples)
        while len(self._held) >= self._format.window:
            yield self._cut()

    def flush(self) -> Iterator[tuple[int, Audio]]:
        """The last chunk, filled up with silence; none where every sample has been in one."""
        if self._fresh > 0:
            missing = self._format.window - len(self._held)
            self._held = np.concatenate([self._held, np.zeros((missing, self._format.channels), np.float32)])
            yield self._cut()

    def _cut(self) -> tuple[int, Audio]:
        at = self._format.time(self._start)
        chunk = np.ascontiguousarray(self._held[: self._format.window])
        self._held = self._held[self._format.hop :]
        self._start += self._format.hop
        # Samples that no chunk has had yet.
        self._fresh = max(len(self._held) - (self._format.window - self._format.hop), 0)
        return at, chunk
