"""Name the notes that are played: a piano key and how sure it is, twice a second."""

import numpy as np

import pyweb_ml as pw

# Spotify's Basic Pitch (Apache-2.0): 43,844 samples at 22,050 Hz give 172 moments of 88 piano keys.
BASIC_PITCH = pw.Model(
    "pypi:basic-pitch==0.4.0/basic_pitch/saved_models/icassp_2022/nmp.tflite",
    sha256="3db297d54af8e01c6e5618245c956b1d71b6a2b978cb2dedb527173186552676",
    shape=(1, 43_844, 1),
)
NAMES = ("A", "A#", "B", "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#")
AT_LEAST = 0.5
"""Of a key, on average over a packet: so it sounds through most of it."""


@pw.calculator
def as_tensors(sound: pw.Audio) -> pw.Tensors:
    return [sound[None]]


@pw.calculator
def sounding_keys(tensors: pw.Tensors) -> pw.Classifications:
    """The keys that sound through the packet, the surest first; the lowest of a piano is A0."""
    scores = np.asarray(tensors[1])[0].mean(axis=0)
    best = [int(key) for key in np.argsort(-scores) if scores[key] >= AT_LEAST]
    # Octaves are counted from C.
    return [pw.Classification(key, float(scores[key]), f"{NAMES[key % 12]}{(key + 9) // 12}") for key in best[:8]]


@pw.app(title="Which notes?", samples=["chords.wav"])
def note_detection(
    sound: pw.Audio = pw.audio(sample_rate=22_050, window=43_844 / 22_050, hop=0.5),
) -> pw.Classifications:
    return sounding_keys(pw.inference(as_tensors(sound), model=BASIC_PITCH))
