"""MediaPipe's face detection graph in the browser: as it stands, and as on the desktop."""

from pathlib import Path

import numpy as np

from conftest import OpenExample
from tests.visiting import on_desktop, photograph, rgba

GRAPH = Path(__file__).parent / "graph.pbtxt"


def test_the_browser_draws_what_the_desktop_draws(open_example: OpenExample) -> None:
    app = open_example(GRAPH)
    photos = [rgba(photograph()), rgba(np.zeros((120, 160, 3), np.uint8)), rgba(photograph()[:301, 60:461])]
    for at, desktop in enumerate(on_desktop(GRAPH, *photos)):
        in_page = app.process(photos[at], at)["output_video"]
        assert np.abs(in_page.astype(int) - desktop["output_video"]).max() <= 1


def test_frame_after_frame_passes_the_flow_limiter(open_example: OpenExample) -> None:
    app = open_example(GRAPH)
    app.page.get_by_role("button", name="Camera").click()
    for _ in range(200):
        if app.stats()["framesShown"] >= 15:
            break
        app.page.wait_for_timeout(100)
    assert app.stats()["framesShown"] >= 15
