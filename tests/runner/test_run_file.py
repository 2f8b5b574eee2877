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


def _no_file(folder: Path) -> Path:
    return folder / "nowhere.jpg"


def _text(folder: Path) -> Path:
    (folder / "text.jpg").write_text("no picture")
    return folder / "text.jpg"


def _cut_off(folder: Path) -> Path:
    PIL.Image.effect_noise((200, 200), 50).save(folder / "whole.jpg")
    (folder / "cut.jpg").write_bytes((folder / "whole.jpg").read_bytes()[:3000])
    return folder / "cut.jpg"


BAD_FILES = {_no_file: "there is no file", _text: "is no picture", _cut_off: "is damaged"}


@pytest.mark.parametrize("make", BAD_FILES, ids=lambda function: function.__name__.lstrip("_"))
def test_a_bad_picture_is_refused_in_one_sentence(make: object, tmp_path: Path) -> None:
    path = make(tmp_path)  # type: ignore[operator]
    with pytest.raises(MediaError, match=BAD_FILES[make]):  # type: ignore[index]
        run_file(app, path, tmp_path / "out.png")
    assert not list(tmp_path.glob("*out*"))


def test_an_unknown_kind_of_output_is_refused(photo: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"must end in .jsonl or one of .jpeg, .jpg, .png, .webp"):
        run_file(app, photo, tmp_path / "out.txt")


def test_an_app_without_a_picture_cannot_write_one(photo: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="the app gave no picture to write"):
        run_file(no_picture, photo, tmp_path / "out.png")
    assert not list(tmp_path.glob("*out*"))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (8000, 6000)])
def test_the_smallest_and_a_very_large_picture_are_processed(tmp_path: Path, width: int, height: int) -> None:
    PIL.Image.new("RGB", (width, height), (10, 20, 30)).save(tmp_path / "in.png")
    run_file(app, tmp_path / "in.png", tmp_path / "out.png")
    assert read_image(tmp_path / "out.png").shape == (height, width, 4)
