"""The example names the notes of its sample: on the desktop as the model's own file does, and in the browser."""

import base64
import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from playwright.sync_api import expect

from conftest import OpenExample
from examples.note_detection.app import AT_LEAST, BASIC_PITCH
from examples.note_detection.make_chords import CHORDS, FULL, LENGTH, RATE, SAMPLE, samples
from pyweb_ml.apps import load_app
from pyweb_ml.models import original
from pyweb_ml.runner import run_file
from tests.browser.conftest import until

APP = Path(__file__).parent
HOP = 11_025
"""Samples from the beginning of one packet to that of the next."""


def on_desktop(folder: Path) -> list[dict[str, Any]]:
    """The packets that the sample gives: `timestamp` in microseconds, and the classes as `value`."""
    run_file(load_app(str(APP)), SAMPLE, folder / "out.jsonl")
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def heard_samples() -> NDArray[np.float32]:
    """The sample as a decoder gives it, with silence behind it."""
    return np.pad((samples() / (FULL + 1)).astype("<f4"), (0, LENGTH))


def test_the_sample_is_what_its_script_makes() -> None:
    with wave.open(str(SAMPLE), "rb") as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, RATE, 3)
        frames = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
    kept = np.pad(frames, ((0, 0), (1, 0))).view("<i4")[:, 0] >> 8
    # The last bit of a sine is the platform's.
    assert np.abs(kept - samples()).max() <= 1


def test_it_names_the_notes_of_each_chord_and_no_others(tmp_path: Path) -> None:
    packets = on_desktop(tmp_path)
    for number, notes in enumerate(CHORDS):
        # The packet that has the most of this chord in it.
        packet = packets[round(number * LENGTH / HOP)]
        assert {note["label"] for note in packet["value"]} == set(notes)


def test_the_desktop_gives_what_the_models_own_file_gives_in_litert(tmp_path: Path) -> None:
    interpreter = Interpreter(str(original(BASIC_PITCH)))
    interpreter.allocate_tensors()
    heard = heard_samples()
    for index, packet in enumerate(on_desktop(tmp_path)):
        window = heard[index * HOP :][:LENGTH]
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], window[None, :, None])
        interpreter.invoke()
        keys = interpreter.get_tensor(interpreter.get_output_details()[1]["index"])[0].mean(axis=0)
        assert packet["timestamp"] == pytest.approx(index * HOP / RATE * 1e6, abs=1)
        assert {note["index"] for note in packet["value"]} == set(np.flatnonzero(keys >= AT_LEAST))
        for note in packet["value"]:
            assert note["score"] == pytest.approx(keys[note["index"]], abs=1e-5)


def test_the_browser_gives_what_the_desktop_gives(open_example: OpenExample, tmp_path: Path) -> None:
    page = open_example(APP).page
    page.evaluate("document.querySelector('pywebml-app').ready")
    page.evaluate("""() => {
      window.heard = [];
      document.querySelector("pywebml-app").addEventListener("result", ({detail}) => {
        window.heard.push({timestamp: detail.timestamp, value: detail.values.output});
      });
    }""")
    page.get_by_role("button", name="chords").click()
    until(page, "window.heard.length > 0")
    expect(page.locator(".words [role=status]")).to_have_text("Ready")
    in_page = page.evaluate("window.heard")
    desktop = {packet["timestamp"]: packet["value"] for packet in on_desktop(tmp_path)}
    # A busy machine drops packets of a sound that is being heard, but not the last.
    assert in_page[-1]["timestamp"] == max(desktop)
    for packet in in_page:
        require_same(packet["value"], desktop[packet["timestamp"]])
    expect(page.get_by_text("Your sound never leaves this device.")).to_be_visible()


def test_every_packet_of_the_sample_gives_the_same_in_a_script_of_the_page(
    open_example: OpenExample, tmp_path: Path
) -> None:
    page = open_example(APP).page
    heard = heard_samples()
    for index, packet in enumerate(on_desktop(tmp_path)):
        window = heard[index * HOP :][:LENGTH]
        in_page = page.evaluate(
            """async ({bytes, timestamp}) => {
              const raw = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
              const app = document.querySelector("pywebml-app");
              return (await app.process(new Float32Array(raw.buffer), {timestamp})).output;
            }""",
            {"bytes": base64.b64encode(window.tobytes()).decode(), "timestamp": packet["timestamp"]},
        )
        require_same(in_page, packet["value"])


def require_same(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> None:
    assert [note["label"] for note in ours] == [note["label"] for note in theirs]
    assert [note["score"] for note in ours] == pytest.approx([note["score"] for note in theirs], abs=1e-3)
