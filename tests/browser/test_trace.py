"""What the page records of a run, and what the desktop does, as Perfetto opens it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from conftest import OpenExample
from pyweb_ml.apps import load_app
from pyweb_ml.runner import Scheduler
from pyweb_ml.runner.profiler import TraceBuffer
from pyweb_ml.trace import chrome_trace
from tests.trace_format import problems, tracks
from tests.visiting import AppPage, photograph

APP = Path(__file__).parents[2] / "examples" / "background_blur"


def desktop_tracks() -> set[str]:
    graph, buffer = load_app(str(APP)).trace(), TraceBuffer()
    with Scheduler(graph, profiler=buffer) as scheduler:
        scheduler.add(0, {"frame": photograph()})
    return set(tracks(chrome_trace(buffer.events)))


def start_camera(app: AppPage) -> None:
    app.page.get_by_role("button", name="Camera").click()
    expect(app.page.get_by_role("button", name="Stop")).to_be_visible()
    app.page.evaluate("document.querySelector('pywebml-app').ready.then(() => true)")


def record(app: AppPage, nodes: set[str], tries: int = 10) -> Any:
    """A trace of two seconds in which every node has run; at first the engines are compared, which takes time."""
    for _ in range(tries):
        trace = app.page.evaluate("document.querySelector('pywebml-app').trace(2)")
        if {one["name"] for one in trace["traceEvents"] if one["ph"] == "X"} >= nodes:
            break
    return trace


def test_the_page_and_the_desktop_record_the_same_nodes(open_example: OpenExample) -> None:
    app = open_example(APP)
    start_camera(app)
    expected = desktop_tracks()
    trace = record(app, expected - {"graph inputs"})
    assert problems(trace) == []
    assert set(tracks(trace)) == expected
    slices = [entry for entry in trace["traceEvents"] if entry["ph"] == "X"]
    assert {one["name"] for one in slices} == expected - {"graph inputs"}
    assert {one["cat"] for one in slices} <= {"OPEN", "PROCESS"}
    arrows = {entry["name"] for entry in trace["traceEvents"] if entry["ph"] == "f"}
    assert {"inference", "image_to_tensor"} <= arrows


def test_a_trace_of_no_time_is_refused(open_example: OpenExample) -> None:
    app = open_example(APP)
    with pytest.raises(Error, match=r"trace\(\) was given '0' seconds; give a number above 0, up to 60"):
        app.page.evaluate("document.querySelector('pywebml-app').trace(0)")
