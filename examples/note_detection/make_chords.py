"""Makes chords.wav, the example's sample: two chords of plucked strings, by synthesis alone."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLE = Path(__file__).with_name("chords.wav")
RATE = 22_050
LENGTH = 43_844
"""Samples that each chord takes: one packet of the app's, 1.99 s."""
CHORDS = (("C4", "E4", "G4"), ("A3", "C4", "F4"))
HERTZ = {"A3": 220.0, "C4": 261.63, "E4": 329.63, "F4": 349.23, "G4": 392.0}
"""Equal temperament, A4 = 440 Hz."""
PARTIALS = 6
FULL = 2**23 - 1
"""Of 24 bits: of 16, Chromium divides what is above 0 by 32767 and the rest by 32768, FFmpeg all by 32768."""


def string(hertz: float) -> NDArray[np.float64]:
    """A plucked string, (LENGTH,): its partials grow weaker upwards and, the higher the sooner, with time."""
    at = np.arange(LENGTH) / RATE
    partials = [np.sin(2 * np.pi * hertz * n * at) * np.exp(-n * at / 3) / n**2 for n in range(1, PARTIALS + 1)]
    summed: NDArray[np.float64] = np.sum(partials, axis=0)
    return summed


def chord(notes: tuple[str, ...]) -> NDArray[np.float64]:
    """The notes together, -1..1, beginning and ending in silence."""
    at = np.arange(LENGTH) / RATE
    fade = np.clip(np.minimum(at, at[::-1]) / 0.01, 0, 1)
    together: NDArray[np.float64] = np.sum([string(HERTZ[note]) for note in notes], axis=0)
    return 0.2 * fade * together


def samples() -> NDArray[np.int32]:
    """All chords, one after the other, -FULL..FULL."""
    played: NDArray[np.float64] = np.concatenate([chord(notes) for notes in CHORDS])
    return (played * FULL).round().astype("<i4")


def write_sample(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(RATE)
        file.writeframes(samples().view(np.uint8).reshape(-1, 4)[:, :3].tobytes())


if __name__ == "__main__":
    write_sample(SAMPLE)
