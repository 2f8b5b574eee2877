"""`run_file` on a device: as long as is asked, or until Ctrl-C; FFmpeg's test pictures stand for a camera."""

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import PIL.Image
import pytest

import pyweb_ml as pw
from pyweb_ml.errors import MediaError
from pyweb_ml.runner import devices, run_file
from pyweb_ml.runner.devices import read_device
from pyweb_ml.runner.video import VideoWriter, read_video

TEST_PICTURES = "lavfi:testsrc=size=64x48:rate=20"
"""They have no end, as a camera's have none."""


@pw.calculator
def inverted(frame: pw.Image) -> pw.Image:
    return np.dstack([255 - frame[..., :3], frame[..., 3]])


@pw.app(title="Inverted")
def app(frame: pw.Image) -> pw.Image:
    return inverted(frame)


def times(path: Path) -> list[int]:
    return [json.loads(line)["timestamp"] for line in path.read_text().splitlines()]


def press(*when: int) -> None:
    """Ctrl-C, as often as there are arguments."""
    for _ in when:
        signal.raise_signal(signal.SIGINT)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    writer = VideoWriter(path)
    for at in (0, 40_000, 80_000):
        writer.write(at, np.zeros((48, 64, 3), np.uint8))
    writer.close()
    return path


def test_a_device_is_run_for_as_many_frames_as_are_asked_for(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    out = tmp_path / "out.jsonl"
    run_file(app, TEST_PICTURES, out, lambda _, __, done, total: steps.append((done, total)), limit=3)
    assert times(out) == [0, 50_000, 100_000]
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_file_may_be_cut_short_too(clip: Path, tmp_path: Path) -> None:
    run_file(app, clip, tmp_path / "out.jsonl", limit=2)
    assert times(tmp_path / "out.jsonl") == [0, 40_000]


def test_ctrl_c_ends_a_device_and_what_is_done_is_written(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    out = tmp_path / "out.mp4"
    run_file(app, TEST_PICTURES, out, lambda _, __, done, ___: press(1) if done == 4 else None)
    assert len(list(read_video(out))) == 4
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_ends_a_device_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_file(app, TEST_PICTURES, tmp_path / "out.mp4", lambda *_: press(1, 2))
    assert not list(tmp_path.glob("*out*"))


def test_ctrl_c_in_a_file_ends_it_at_once_and_leaves_nothing_behind(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_file(app, clip, tmp_path / "out.mp4", lambda *_: press(1))
    assert not list(tmp_path.glob("*out*"))


BAD_DEVICES = {
    "camera:99": r"there is no camera 99 that can be read \(.*\); give another one, or a file",
    "camera:front": "'camera:front' is no camera; give camera, or camera:N with a number from 0",
    "lavfi:no_such_filter": "FFmpeg cannot make the pictures 'no_such_filter': Filter not found",
}


@pytest.mark.parametrize("source", BAD_DEVICES)
def test_a_device_that_is_not_there_is_refused_in_one_sentence(source: str, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=BAD_DEVICES[source]):
        run_file(app, source, tmp_path / "out.jsonl")
    assert not list(tmp_path.glob("*out*"))


def test_the_cameras_that_there_are_are_named_when_another_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(devices, "_cameras", lambda _: [("video=Webcam", "Webcam"), ("video=Scope", "Microscope")])
    with pytest.raises(MediaError, match=r"\(camera:0 is 'Webcam', camera:1 is 'Microscope'\)"):
        read_device("camera:2")


class _Camera:
    """Has no frame when it is first asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...

    def decode(self, video: int) -> Iterator[av.VideoFrame]:
        self.asked += 1
        if self.asked == 1:
            raise av.BlockingIOError(11, "no frame yet")
        yield av.VideoFrame(4, 2, "rgb24")


def test_a_device_that_has_no_frame_yet_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = _Camera()
    monkeypatch.setattr(av, "open", lambda *_, **__: camera)
    assert [image.shape for _, image in read_device("lavfi:anything")] == [(2, 4, 4)]
    assert camera.asked == 2


def test_a_file_that_is_named_as_a_camera_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    PIL.Image.new("RGB", (4, 4)).save("camera", format="PNG")
    run_file(app, "camera", tmp_path / "out.jsonl")
    assert times(tmp_path / "out.jsonl") == [0]
