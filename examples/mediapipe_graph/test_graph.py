"""MediaPipe's face detection graph runs as it stands, and finds what the same graph in Python finds."""

from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.apps import load_app
from tests.visiting import on_desktop, photograph, rgba

GRAPH = Path(__file__).parent / "graph.pbtxt"
PYTHON = Path(__file__).parents[1] / "face_detection"


def test_the_streams_are_pictures_and_the_subgraph_is_expanded() -> None:
    graph = load_app(str(GRAPH)).trace()
    assert (graph.inputs, graph.outputs) == ({"input_video": "Image"}, {"output_video": "Image"})
    names = [node.name for node in graph.config.node]
    assert names[0] == "FlowLimiterCalculator"
    assert "facedetectionfrontgpu__inference" in names


def test_a_red_box_of_the_given_thickness_is_drawn_around_the_face() -> None:
    photo = rgba(photograph())
    (face,) = on_desktop(PYTHON, photo)[0]["faces"]
    (result,) = on_desktop(GRAPH, photo)
    drawn = result["output_video"]
    left, top = face.box.xmin * 512, face.box.ymin * 512
    right, bottom = left + face.box.width * 512, top + face.box.height * 512
    for x, y in (((left + right) / 2, top), ((left + right) / 2, bottom), (left, (top + bottom) / 2)):
        assert drawn[int(y), int(x)].tolist() == [255, 0, 0, 255]
    column = int(right) - 10
    changed = np.any(drawn != photo, axis=2)[int(top) - 8 : int(top) + 8, column]
    assert changed.sum() == pytest.approx(4 * 512 / 640, abs=1.5), "thickness 4, where the longer side is 640"


def test_a_picture_without_a_face_comes_out_as_it_was() -> None:
    empty = rgba(np.full((120, 160, 3), 40, np.uint8))
    results = on_desktop(GRAPH, empty, empty)
    assert [np.array_equal(result["output_video"], empty) for result in results] == [True, True]
