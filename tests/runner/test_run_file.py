"""`run_file`: a picture in; a picture or JSON lines out; bad files refused, nothing left behind."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import pyweb_ml as pw
from pyweb_ml.errors import MediaError
from pyweb_ml.runner import run_file
from pyweb_ml.runner.media import read_image
from pyweb_ml.runner.video import VideoWriter, read_video


@pw.calculator
def inverted(frame: pw.Image) -> pw.Image:
    return np.dstack([255 - frame[..., :3], frame[..., 3]])


@pw.calculator
def centre(frame: pw.Image) -> pw.Detections:
    middle = float(frame.mean())
    return [pw.Detection("centre", middle, pw.Box(0.25, 0.25, 0.5, 0.5), [pw.Keypoint(0.5, 0.5)])]


@pw.app(title="Inverted")
def app(frame: pw.Image) -> pw.Outputs:
    return {"found": centre(frame), "output": inverted(frame)}


@pw.app(title="No picture")
def no_picture(frame: pw.Image) -> pw.Detections:
    return centre(frame)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    PIL.Image.fromarray(np.arange(24, dtype=np.uint8).reshape(2, 4, 3)).save(path)
    return path


def test_the_first_image_output_is_written_as_a_picture(photo: Path, tmp_path: Path) -> None:
    run_file(app, photo, tmp_path / "out.png")
    expected = 255 - np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    np.testing.assert_array_equal(read_image(tmp_path / "out.png")[..., :3], expected)


def test_all_outputs_are_written_as_json_lines(photo: Path, tmp_path: Path) -> None:
    run_file(app, photo, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(line["timestamp"], line["stream"]) for line in lines] == [(0, "found"), (0, "output")]
    assert lines[0]["value"][0]["box"] == {"xmin": 0.25, "ymin": 0.25, "width": 0.5, "height": 0.5}
    assert lines[0]["value"][0]["keypoints"] == [{"x": 0.5, "y": 0.5}]
    assert (lines[1]["value"]["width"], lines[1]["value"]["height"]) == (4, 2)


def test_a_picture_is_read_upright_as_rgba(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    PIL.Image.new("L", (30, 20)).save(tmp_path / "turned.jpg", exif=exif)
    assert read_image(tmp_path / "turned.jpg").shape == (30, 20, 4)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four frames at times that are not even: a grey that becomes lighter."""
    path = tmp_path / "clip.mp4"
    writer = VideoWriter(path)
    for at, grey in ((0, 40), (40_000, 80), (120_000, 120), (160_000, 160)):
        writer.write(at, np.full((48, 64, 3), grey, np.uint8))
    writer.close()
    return path


def test_a_video_is_run_frame_by_frame_at_its_own_times(clip: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    run_file(app, clip, tmp_path / "out.jsonl", lambda _, __, done, total: steps.append((done, total)))
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    found = {line["timestamp"]: line["value"] for line in lines if line["stream"] == "found"}
    assert list(found) == [0, 40_000, 120_000, 160_000]
    # The mean over grey and an opaque alpha.
    wanted = [(3 * grey + 255) / 4 for grey in (40, 80, 120, 160)]
    assert [value[0]["score"] for value in found.values()] == pytest.approx(wanted, abs=3)
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("ending", ["mp4", "webm"])
def test_a_video_is_written_frame_by_frame(clip: Path, tmp_path: Path, ending: str) -> None:
    run_file(app, clip, tmp_path / f"out.{ending}")
    frames = list(read_video(tmp_path / f"out.{ending}"))
    assert [at for at, _ in frames] == pytest.approx([0, 40_000, 120_000, 160_000], abs=1000)
    assert [float(image[..., :3].mean()) for _, image in frames] == pytest.approx([215, 175, 135, 95], abs=4)


def test_a_folder_of_pictures_is_run_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, grey in (("b", 20), ("a", 10), ("c", 30)):
        PIL.Image.new("RGB", (4, 4), (grey,) * 3).save(tmp_path / "in" / f"{name}.png")
    run_file(app, tmp_path / "in", tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    scores = [line["value"][0]["score"] for line in lines if line["stream"] == "found"]
    assert scores == [(3 * grey + 255) / 4 for grey in (10, 20, 30)]


def test_frames_of_another_size_cannot_follow_in_one_video(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    PIL.Image.new("RGB", (4, 4)).save(tmp_path / "in" / "a.png")
    PIL.Image.new("RGB", (8, 4)).save(tmp_path / "in" / "b.png")
    with pytest.raises(MediaError, match="a frame of 8 x 4 cannot follow one of 4 x 4"):
        run_file(app, tmp_path / "in", tmp_path / "out.mp4")
    assert not list(tmp_path.glob("*out*"))


def _empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def _no_video(folder: Path) -> Path:
    (folder / "text.mp4").write_text("no video")
    return folder / "text.mp4"


def _cut_video(folder: Path) -> Path:
    writer = VideoWriter(folder / "whole.mp4")
    writer.write(0, np.zeros((48, 64, 3), np.uint8))
    writer.close()
    (folder / "cut.mp4").write_bytes((folder / "whole.mp4").read_bytes()[:300])
    return folder / "cut.mp4"


def _no_file(folder: Path) -> Path:
    return folder / "nowhere.jpg"


def _text(folder: Path) -> Path:
    (folder / "text.jpg").write_text("no picture")
    return folder / "text.jpg"


def _cut_off(folder: Path) -> Path:
    PIL.Image.effect_noise((200, 200), 50).save(folder / "whole.jpg")
    (folder / "cut.jpg").write_bytes((folder / "whole.jpg").read_bytes()[:3000])
    return folder / "cut.jpg"


BAD_FILES = {
    _no_file: "there is no file",
    _text: "is no picture",
    _cut_off: "is damaged",
    _empty_folder: "holds no pictures",
    _no_video: "is neither a picture nor a video",
    _cut_video: "is neither a picture nor a video",
}


@pytest.mark.parametrize("make", BAD_FILES, ids=lambda function: function.__name__.lstrip("_"))
def test_a_bad_picture_is_refused_in_one_sentence(make: object, tmp_path: Path) -> None:
    path = make(tmp_path)  # type: ignore[operator]
    with pytest.raises(MediaError, match=BAD_FILES[make]):  # type: ignore[index]
        run_file(app, path, tmp_path / "out.png")
    assert not list(tmp_path.glob("*out*"))


def test_an_unknown_kind_of_output_is_refused(photo: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"must end in .jpeg, .jpg, .jsonl, .mp4, .png, .webm or .webp"):
        run_file(app, photo, tmp_path / "out.txt")


def test_an_app_without_a_picture_cannot_write_one(photo: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="the app gives no picture to write"):
        run_file(no_picture, photo, tmp_path / "out.png")
    assert not list(tmp_path.glob("*out*"))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (8000, 6000)])
def test_the_smallest_and_a_very_large_picture_are_processed(tmp_path: Path, width: int, height: int) -> None:
    PIL.Image.new("RGB", (width, height), (10, 20, 30)).save(tmp_path / "in.png")
    run_file(app, tmp_path / "in.png", tmp_path / "out.png")
    assert read_image(tmp_path / "out.png").shape == (height, width, 4)


@pw.app(title="Tinted")
def tinted(frame: pw.Image, blue: pw.Number = pw.slider(0, 255, 0, step=1)) -> pw.Outputs:
    return {"output": tint(frame, blue=blue)}


@pw.calculator
def tint(frame: pw.Image, blue: pw.Number) -> pw.Image:
    tinted = frame.copy()
    tinted[..., 2] = blue
    return tinted


def test_every_frame_is_fed_with_what_the_controls_show(photo: Path, tmp_path: Path) -> None:
    run_file(tinted, photo, tmp_path / "first.png")
    run_file(tinted, photo, tmp_path / "set.png", given={"blue": 200})
    assert np.unique(read_image(tmp_path / "first.png")[..., 2]) == [0]
    assert np.unique(read_image(tmp_path / "set.png")[..., 2]) == [200]


def test_a_control_that_there_is_not_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(pw.ControlError, match="there is no control 'red'; the app has 'blue'"):
        run_file(tinted, tmp_path / "nothing.png", tmp_path / "out.png", given={"red": 1})
