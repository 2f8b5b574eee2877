"""Sound on the desktop: cut into chunks as the pipeline asks; bad files and bad numbers refused."""

import json
import math
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.errors import AuthoringError, MediaError
from pyweb_ml.graph.audio import AudioFormat, Chunker
from pyweb_ml.runner import run_file
from pyweb_ml.runner.sound import open_sound


def tone(count: int, rate: int, channels: int = 1) -> Any:
    """A sine of 440 Hz, float32 (samples, channels); the second channel is silent."""
    samples = np.zeros((count, channels), np.float32)
    samples[:, 0] = 0.5 * np.sin(np.arange(count) * 2 * math.pi * 440 / rate)
    return samples


def write_wav(path: Path, samples: Any, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).round().astype("<i2").tobytes())
    return path


@pw.calculator
def loudness(sound: pw.Audio) -> pw.Number:
    return float(np.sqrt(np.mean(sound**2)))


@pw.app(title="Loudness")
def app(sound: pw.Audio = pw.audio(sample_rate=8000, window=0.5, hop=0.25)) -> pw.Number:
    return loudness(sound)


@pytest.mark.parametrize(
    ("count", "starts"), [(1, [0]), (4, [0]), (5, [0, 2]), (6, [0, 2]), (7, [0, 2, 4]), (0, [])]
)
def test_every_sample_is_in_a_chunk_and_the_last_chunk_ends_in_silence(count: int, starts: list[int]) -> None:
    format = AudioFormat(1_000_000, window=4, hop=2, channels=1)
    samples = np.arange(1, count + 1, dtype=np.float32)[:, None]
    padded = np.concatenate([samples, np.zeros((9, 1), np.float32)])
    for size in (1, 3, 100):
        chunker = Chunker(format)
        blocks = [samples[at : at + size] for at in range(0, count, size)]
        chunks = [chunk for block in blocks for chunk in chunker.push(block)] + list(chunker.flush())
        assert [at for at, _ in chunks] == starts
        for at, chunk in chunks:
            np.testing.assert_array_equal(chunk, padded[at : at + 4])


def test_a_file_is_given_in_chunks_with_the_time_of_their_first_samples(tmp_path: Path) -> None:
    samples = tone(8000, 8000)
    path = write_wav(tmp_path / "a.wav", samples, 8000)
    frames = open_sound(path, AudioFormat(8000, window=4000, hop=2000, channels=1))
    chunks: list[Any] = list(frames.frames)
    assert ([at for at, _ in chunks], frames.total) == ([0, 250_000, 500_000], 3)
    for index, (_, chunk) in enumerate(chunks):
        np.testing.assert_allclose(chunk, samples[index * 2000 : index * 2000 + 4000], atol=1e-4)


def test_a_file_is_mixed_down_and_resampled(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(44_100, 44_100, 2), 44_100)
    format = AudioFormat(16_000, window=16_000, hop=16_000, channels=1)
    chunk: Any = next(iter(open_sound(path, format).frames))[1]
    np.testing.assert_allclose(chunk[200:-200], tone(16_000, 16_000)[200:-200] / 2, atol=1e-3)


def test_an_app_of_sound_runs_on_a_file(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(8000, 8000), 8000)
    run_file(app, path, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["timestamp"] for line in lines] == [0, 250_000, 500_000]
    assert [line["value"] for line in lines] == pytest.approx([0.5 / math.sqrt(2)] * 3, abs=1e-3)


def test_a_file_without_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with pytest.raises(MediaError, match="there is no file"):
        run_file(app, path, tmp_path / "out.jsonl")
    path.write_bytes(b"no sound at all")
    with pytest.raises(MediaError, match="is no sound that can be read"):
        run_file(app, path, tmp_path / "out.jsonl")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"sample_rate": 100}, "'sample_rate' of pw.audio must be a whole number from 3000 to 384000, not 100"),
        ({"window": float("nan")}, "'window' of pw.audio must be seconds above 0, up to 60, not nan"),
        ({"window": 0}, "'window' of pw.audio must be seconds above 0, up to 60, not 0"),
        ({"hop": 2}, "'hop' of pw.audio must be seconds above 0, up to 'window', not 2"),
        ({"channels": 3}, "'channels' of pw.audio must be 1 or 2, not 3"),
    ],
)
def test_a_number_out_of_its_range_is_refused(given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(AuthoringError) as raised:
        pw.audio(**given)
    assert wrong in str(raised.value)


def test_a_default_of_another_type_is_refused() -> None:
    @pw.app(title="Wrong")
    def wrong(frame: pw.Image = pw.audio()) -> pw.Image:
        return pw.gaussian_blur(frame, sigma=1)

    with pytest.raises(AuthoringError, match="the parameter 'frame' of 'wrong' has the default"):
        wrong.trace()
