"""Apps that take sound, in real sites: a file in the same chunks as on the desktop, and the microphone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from conftest import OpenExample
from pyweb_ml.apps import load_app
from pyweb_ml.runner import run_file
from tests.browser.conftest import until
from tests.runner.test_sound import write_wav
from tests.visiting import AppPage

ECHO = """
import numpy as np
import pyweb_ml as pw

@pw.calculator
def echo(sound: pw.Audio) -> pw.Tensor:
    return sound

@pw.calculator
def loudness(sound: pw.Audio) -> pw.Number:
    return float(np.sqrt(np.mean(sound ** 2)))

@pw.app(title="Echo")
def app(sound: pw.Audio = pw.audio(sample_rate=16000, window=0.25, hop=0.15)) -> pw.Outputs:
    return {"echo": echo(sound), "loudness": loudness(sound)}
"""

BUSY = """
import time
import pyweb_ml as pw

@pw.calculator
class Length:
    def open(self) -> None:
        self.heard = 0

    def process(self, sound: pw.Audio) -> pw.Number:
        self.heard += 1
        if self.heard == 2:
            time.sleep(0.6)
        return float(len(sound))

@pw.app(title="Busy")
def app(sound: pw.Audio = pw.audio(sample_rate=16000, window=0.1)) -> pw.Number:
    return Length().process(sound)
"""


def chord(rate: int, seconds: float) -> Any:
    """Tones of speech's range that come and go, float32 (samples, 2); faded out at the end.

    (Where a file breaks off, the resamplers of Chromium and FFmpeg differ by some 0.003 in its last sample.)
    """
    at = np.arange(int(rate * seconds)) / rate
    pitches = enumerate((220, 880, 3000), 1)
    tones = [np.sin(2 * np.pi * hertz * at) * np.sin(np.pi * at * turns) for turns, hertz in pitches]
    fade = np.clip((seconds - at) / 0.02, 0, 1)
    return np.stack([sum(tones) / 4 * fade, tones[0] / 3 * fade], axis=1).astype(np.float32)


@pytest.fixture
def echo(write_app: Any, open_example: OpenExample) -> AppPage:
    app = open_example(write_app(ECHO))
    app.page.evaluate("document.querySelector('pywebml-app').ready")
    app.page.evaluate("""() => {
      window.results = [];
      document.querySelector("pywebml-app").addEventListener("result", ({detail}) => {
        const {echo, loudness} = detail.values;
        window.results.push({at: detail.timestamp, shape: echo.shape, echo: [...echo.data], loudness});
      });
    }""")
    return app


def choose(app: AppPage, file: Path) -> None:
    with app.page.expect_file_chooser() as chooser:
        app.page.get_by_role("button", name="Sound…").click()
    chooser.value.set_files(file)


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_a_sound_file_gives_the_chunks_of_the_desktop(
    rate: int, echo: AppPage, write_app: Any, tmp_path: Path
) -> None:
    file = write_wav(tmp_path / "chord.wav", chord(rate, 1.1), rate)
    choose(echo, file)
    expect(echo.page.locator(".words [role=status]")).to_have_text("Ready")
    ours = echo.page.evaluate("window.results")
    run_file(load_app(str(write_app(ECHO))), file, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    theirs = [line for line in lines if line["stream"] == "echo"]
    assert [one["at"] for one in ours] == [line["timestamp"] for line in theirs]
    assert [one["shape"] for one in ours] == [line["value"]["shape"] for line in theirs] == [[4000, 1]] * len(ours)
    difference = [
        np.abs(np.subtract(a["echo"], b["value"]["data"])).max() for a, b in zip(ours, theirs, strict=True)
    ]
    assert max(difference) <= 1e-3


def test_a_device_that_is_busy_for_most_of_a_second_loses_none_of_the_sound(
    write_app: Any, open_example: OpenExample, tmp_path: Path
) -> None:
    app = open_example(write_app(BUSY))
    app.page.evaluate("document.querySelector('pywebml-app').ready")
    app.page.evaluate("""() => {
      window.times = [];
      const heard = ({detail}) => window.times.push(detail.timestamp);
      document.querySelector("pywebml-app").addEventListener("result", heard);
    }""")
    choose(app, write_wav(tmp_path / "chord.wav", chord(16_000, 1.0), 16_000))
    expect(app.page.locator(".words [role=status]")).to_have_text("Ready")
    assert app.page.evaluate("window.times") == [100_000 * index for index in range(10)]
    assert counted(app) == {"framesIn": 10, "framesProcessed": 10, "framesShown": 0, "framesDropped": 0}


def test_a_device_that_is_too_slow_says_how_much_of_the_sound_it_has_dropped(
    write_app: Any, open_example: OpenExample, tmp_path: Path
) -> None:
    app = open_example(write_app(BUSY.replace("sleep(0.6)", "sleep(2.5)")))
    app.page.evaluate("document.querySelector('pywebml-app').ready")
    choose(app, write_wav(tmp_path / "chord.wav", chord(16_000, 3.0), 16_000))
    expect(app.page.locator(".words [role=status]")).to_have_text("Ready")
    counts = counted(app)
    assert counts["framesIn"] == 30
    assert counts["framesDropped"] > 5
    assert counts["framesProcessed"] == 30 - counts["framesDropped"]


def counted(app: AppPage) -> dict[str, int]:
    """What the element's stats count."""
    return {name: value for name, value in app.stats().items() if name.startswith("frames")}


def test_the_microphone_gives_chunks_and_moves_the_meter(echo: AppPage) -> None:
    page = echo.page
    expect(page.get_by_role("button", name="Camera")).to_be_hidden()
    page.get_by_role("button", name="Microphone").click()
    expect(page.locator(".words [role=status]")).to_have_text("Running")
    # Chromium's fake microphone beeps twice a second.
    until(page, "window.results.length >= 6 && window.results.some(({loudness}) => loudness > 0.01)")
    times = page.evaluate("window.results.map(({at}) => at)")
    assert {at % 150_000 for at in times} == {0}
    until(page, "document.querySelector('pywebml-app').shadowRoot.querySelector('.level').value > 0.01")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".words [role=status]")).to_have_text("Ready")
    assert page.evaluate("document.querySelector('pywebml-app').shadowRoot.querySelector('.level').value") == 0


def test_a_page_that_takes_sound_invites_to_it_while_none_runs_and_nothing_moves(echo: AppPage) -> None:
    page = echo.page
    words = page.get_by_text("Start the microphone, choose a sound, or drop a file here.")
    expect(words).to_be_visible()
    expect(page.get_by_text("Choose a camera")).to_be_hidden()
    microphone = page.get_by_role("button", name="Microphone")
    place = microphone.bounding_box()
    microphone.click()
    expect(page.locator(".words [role=status]")).to_have_text("Running")
    expect(words).to_be_hidden()
    assert microphone.bounding_box() == place
    page.get_by_role("button", name="Stop").click()
    expect(words).to_be_visible()
    page.evaluate("document.querySelector('pywebml-app').removeAttribute('controls')")
    expect(words).to_be_hidden()


def test_a_packet_of_sound_is_processed_by_script(echo: AppPage) -> None:
    process = "document.querySelector('pywebml-app').process(new Float32Array(4000).fill(0.5))"
    values = echo.page.evaluate(f"{process}.then(({{loudness}}) => loudness)")
    assert values == pytest.approx(0.5)


def test_a_file_without_sound_says_so(echo: AppPage, tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"no sound at all")
    choose(echo, file)
    expect(echo.page.get_by_role("alert")).to_contain_text("'a.wav' holds no sound that this browser decodes")


def test_an_empty_file_of_sound_is_told_which_files_sound(echo: AppPage, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"")
    choose(echo, tmp_path / "a.wav")
    expect(echo.page.get_by_role("alert")).to_contain_text(
        "The file 'a.wav' is empty; choose a WAV, MP3, FLAC, Ogg, MP4 or WebM file."
    )


def test_a_camera_is_refused_by_an_app_of_sound(echo: AppPage) -> None:
    echo.page.evaluate("document.querySelector('pywebml-app').setAttribute('source', 'camera')")
    expect(echo.page.get_by_role("alert")).to_contain_text("This app takes sound; choose the microphone")
