"""What rivals are told to do, and what they are made from."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from ai_edge_litert.interpreter import Interpreter

from pyweb_ml.apps import load_app, trace_app
from pyweb_ml.bench.frames import write_frames
from pyweb_ml.bench.job import BenchError
from pyweb_ml.bench.metadata import with_metadata
from pyweb_ml.bench.work import NoWorkError, Recipe, inference_nodes, read_recipe
from pyweb_ml.errors import MediaError
from pyweb_ml.graph.config import to_json
from pyweb_ml.runner.media import read_image
from pyweb_ml.runner.video import VideoWriter

ROOT = Path(__file__).parents[2]
FACES, BLUR = ROOT / "examples/face_detection", ROOT / "examples/background_blur"
PICTURE = ROOT / "examples/samples/astronaut.jpg"
SLIDER = {"name": "strength", "label": "strength", "kind": "slider", "value": 8, "min": 0, "max": 20, "step": 1}


def site_of(graph: dict[str, Any], folder: Path, controls: list[dict[str, Any]] | None = None) -> Path:
    """As much of a built site as is read."""
    (folder / "graph.json").write_text(json.dumps(graph))
    (folder / "manifest.json").write_text(json.dumps({"controls": controls or []}))
    return folder


def graph_of(app: Path) -> dict[str, Any]:
    return to_json(trace_app(load_app(str(app))).config)


def test_rivals_of_the_face_example_detect_faces_in_a_letterbox(tmp_path: Path) -> None:
    site = site_of(graph_of(FACES), tmp_path)
    wanted = Recipe("face_detection_short_range.tflite", 128, 128, (-1, 1), True, "faces", 0.0)
    assert read_recipe(site) == wanted
    assert inference_nodes(site) == ["inference"]


def test_rivals_of_the_blur_example_blur_as_its_slider_shows_at_first(tmp_path: Path) -> None:
    wanted = Recipe("selfie_segmentation.tflite", 256, 256, (0.0, 1.0), False, "blur", 8.0)
    assert read_recipe(site_of(graph_of(BLUR), tmp_path, [SLIDER])) == wanted


def test_a_graph_without_a_model_has_no_rivals(tmp_path: Path) -> None:
    with pytest.raises(NoWorkError, match="one InferenceCalculator, and this one has 0 and 0"):
        read_recipe(site_of({"node": []}, tmp_path))


@pytest.fixture
def tflite(tiny_model: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "net.tflite"
    path.write_bytes(tiny_model)
    return path


def test_metadata_changes_no_number_of_the_model(tflite: Path, tmp_path: Path) -> None:
    data = with_metadata(tflite, (-1, 1))
    assert b"M001" in data
    assert run(data) == pytest.approx(run(tflite.read_bytes()))


def test_metadata_says_how_pixels_become_the_range(tflite: Path) -> None:
    half = np.array([127.5], "<f4").tobytes()
    assert with_metadata(tflite, (-1, 1)).count(half) == 2  # (pixel - 127.5) / 127.5


def run(data: bytes) -> Any:
    interpreter = Interpreter(model_content=data)
    interpreter.allocate_tensors()
    (given,) = interpreter.get_input_details()
    values = np.random.default_rng(2).random(given["shape"], np.float32)
    interpreter.set_tensor(given["index"], values)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).ravel()


def test_a_picture_is_measured_as_it_is(tmp_path: Path) -> None:
    assert write_frames(PICTURE, tmp_path) == ["000.jpg"]
    assert (tmp_path / "000.jpg").read_bytes() == PICTURE.read_bytes()


def test_a_video_becomes_pictures_of_its_size(tmp_path: Path) -> None:
    video = tmp_path / "talk.mp4"
    writer = VideoWriter(video)
    for at in range(3):
        writer.write(at * 40_000, np.full((48, 64, 3), 80 * at, np.uint8))
    writer.close()
    (tmp_path / "out").mkdir()
    assert write_frames(video, tmp_path / "out") == ["000.jpg", "001.jpg", "002.jpg"]
    last = read_image(tmp_path / "out/002.jpg")
    assert last.shape == (48, 64, 4)
    assert last[..., :3].mean() == pytest.approx(160, abs=4)


def test_a_turned_picture_is_measured_upright(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    PIL.Image.new("RGB", (40, 20)).save(tmp_path / "turned.jpg", exif=exif)
    (tmp_path / "out").mkdir()
    assert write_frames(tmp_path / "turned.jpg", tmp_path / "out") == ["000.png"]
    assert read_image(tmp_path / "out/000.png").shape == (40, 20, 4)


def test_what_is_no_picture_and_no_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"there is no file '.*none.png'; give a picture or a video as --input"):
        write_frames(tmp_path / "none.png", tmp_path)
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    with pytest.raises(MediaError, match=r"bad.mp4"):
        write_frames(tmp_path / "bad.mp4", tmp_path)
