"""The graph of an app that is being served: read in a process of its own, drawn with subgraphs open or closed."""

import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from pyweb_ml.live_graph import LiveGraphError, read_live_graph
from pyweb_ml.live_site import LiveSite, State
from pyweb_ml.live_sites import LiveSites
from pyweb_ml.server import make_flask_app

EXAMPLE = Path(__file__).parents[1] / "examples" / "mediapipe_graph"
SVG = "{http://www.w3.org/2000/svg}"


def marked(svg: str, what: str) -> list[str]:
    return [one.get(f"data-{what}", "") for one in ET.fromstring(svg).iter(f"{SVG}g") if one.get(f"data-{what}")]


def test_a_graph_is_drawn_with_its_subgraphs_open_or_closed() -> None:
    graph = read_live_graph(str(EXAMPLE))
    assert "facedetectionfrontgpu__inference" in marked(graph.draw([]), "node")
    closed = graph.draw(["FaceDetectionFrontGpu"])
    assert "facedetectionfrontgpu__inference" not in marked(closed, "node")
    assert marked(closed, "prefix") == ["facedetectionfrontgpu__"]


def test_an_app_that_cannot_be_loaded_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = (\n")
    with pytest.raises(LiveGraphError, match=r"app\.py:1:5: syntax error"):
        read_live_graph(str(tmp_path / "app.py"))


def test_what_an_app_prints_does_not_disturb(tmp_path: Path) -> None:
    text = "import pyweb_ml as pw\nprint('hello')\n\n@pw.app(title='Soft')\ndef app(frame: pw.Image):\n"
    (tmp_path / "app.py").write_text(text + "    return pw.gaussian_blur(frame, sigma=2)\n")
    assert marked(read_live_graph(str(tmp_path / "app.py")).draw([]), "node") == ["gaussian_blur"]


class OneSite(LiveSites):
    """One app whose build is over."""

    def __init__(self, spec: Path, folder: Path) -> None:
        self.changes = threading.Condition()
        self._folder = None
        site = LiveSite("app", str(spec), spec, folder, self.changes, State("ready", "1", folder=folder))
        self._by_name = {"": site}


@pytest.fixture
def web(tmp_path: Path) -> FlaskClient:
    (tmp_path / "index.html").write_text("<html><head></head></html>")
    return make_flask_app(OneSite(EXAMPLE, tmp_path)).test_client()


def test_the_server_draws_the_graph_and_closes_what_the_query_names(web: FlaskClient) -> None:
    drawn = web.get("/_pywebml/graph/?closed=FaceDetectionFrontGpu&closed=nothing")
    assert (drawn.status_code, drawn.mimetype) == (200, "image/svg+xml")
    assert marked(drawn.text, "prefix") == ["facedetectionfrontgpu__"]


def test_a_graph_that_cannot_be_had_is_one_line(tmp_path: Path) -> None:
    answer = make_flask_app(OneSite(tmp_path / "gone.py", tmp_path)).test_client().get("/_pywebml/graph/")
    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert "gone.py" in answer.text
    assert "\n" not in answer.text


def test_the_server_adds_the_panel_to_the_page_that_the_site_itself_lacks(
    web: FlaskClient, tmp_path: Path
) -> None:
    added = 'src="/_pywebml/live/live_graph.js" data-graph="/_pywebml/graph/"'
    assert added in web.get("/").text
    assert "live" not in (tmp_path / "index.html").read_text()
    with web.get("/_pywebml/live/live_graph.js") as script:
        assert script.mimetype == "text/javascript"
    assert web.get("/_pywebml/live/../server.py").status_code == 404
