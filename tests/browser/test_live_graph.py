"""The graph below an app that is being developed, live in Chromium."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving import pywebml_serve
from tests.trace_format import problems, tracks

SUBGRAPH = 'type: "Soft"\ninput_stream: "IMAGE:in"\noutput_stream: "IMAGE:out"\n' + "".join(
    f"""node {{
  name: "{name}"
  calculator: "GaussianBlurCalculator"
  input_stream: "IMAGE:{given}"
  output_stream: "IMAGE:{made}"
  node_options: {{ [type.googleapis.com/pywebml.GaussianBlurCalculatorOptions] {{ sigma: 2 }} }}
}}
"""
    for name, given, made in (("once", "in", "between"), ("twice", "between", "out"))
)
GRAPH = """input_stream: "frame"
output_stream: "output"
node {
  name: "soft"
  calculator: "Soft"
  input_stream: "IMAGE:frame"
  output_stream: "IMAGE:output"
}
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where `pywebml serve` serves a graph with a subgraph."""
    (tmp_path / "graph.pbtxt").write_text(GRAPH)
    (tmp_path / "soft.pbtxt").write_text(SUBGRAPH)
    with pywebml_serve(tmp_path / "graph.pbtxt") as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The served page, its camera running; it must not complain."""
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.get_by_role("button", name="Camera").click(timeout=20_000)
    yield page
    page.close()
    # While the app is being built, the server answers with 503.
    assert [line for line in complaints if "503" not in line] == []


def test_the_graph_shows_times_and_opens_and_closes_its_subgraphs(page: Page) -> None:
    page.get_by_text("Graph, live").click()
    picture = page.get_by_role("region", name="Drawing of the graph")
    expect(picture.locator("[data-node='soft__once'] .meter.time")).to_have_text(
        re.compile(r"^[<\d.]+ ms · \d+ %$")
    )
    row = page.get_by_role("row", name="soft__twice")
    expect(row.get_by_role("cell").nth(2)).to_have_text(re.compile(r"^[1-9]\d*$"))
    page.get_by_role("button", name="Close soft").click()
    expect(picture.locator("[data-node]")).to_have_count(0)
    expect(picture.locator("[data-subgraph='soft'] .meter.calls")).to_have_text(re.compile(r"^\d+ calls"))
    picture.locator("[data-subgraph='soft']").click()
    expect(picture.locator("[data-node]")).to_have_count(2)


SIDES = """() => {
  const sides = (element) => { const {left, right} = element.getBoundingClientRect(); return [left, right]; };
  const root = document.querySelector("main").nextElementSibling.shadowRoot;
  return {
    page: sides(document.querySelector("main")),
    panel: sides(root.querySelector("details")),
    table: sides(root.querySelector(".rows")),
    drawing: sides(root.querySelector(".picture")),
    window: [0, document.documentElement.clientWidth],
    scrolled: document.documentElement.scrollWidth,
  };
}"""


@pytest.mark.parametrize("width", [1200, 360])
def test_the_panel_is_aligned_with_the_page_and_only_a_wider_drawing_reaches_beyond_on_both_sides(
    page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_text("Graph, live").click()
    expect(page.get_by_role("region", name="Drawing of the graph").locator("svg")).to_be_visible()
    sides = page.evaluate(SIDES)
    assert sides["panel"] == sides["table"] == sides["page"]
    left, right = sides["drawing"]
    assert left <= sides["page"][0]
    assert left + right == pytest.approx(sum(sides["page"]), abs=1)
    assert sides["scrolled"] == sides["window"][1]


def test_a_recorded_trace_is_saved(page: Page, tmp_path: Path) -> None:
    page.get_by_text("Graph, live").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Record trace").click()
    download.value.save_as(tmp_path / "trace.json")
    trace = json.loads((tmp_path / "trace.json").read_text())
    assert problems(trace) == []
    assert tracks(trace) == ["graph inputs", "soft__once", "soft__twice"]
    expect(page.get_by_role("link", name="Open it in Perfetto")).to_be_visible()


def test_a_panel_that_is_open_is_so_again_after_the_page_has_been_built_anew(page: Page) -> None:
    page.get_by_text("Graph, live").click()
    expect(page.get_by_role("row", name="soft__twice")).to_be_visible()
    page.reload()
    expect(page.get_by_role("row", name="soft__twice")).to_be_visible()


def test_nothing_is_measured_while_the_panel_is_closed(page: Page) -> None:
    page.get_by_text("Graph, live").click()
    row = page.get_by_role("row", name="soft__twice")
    expect(row).to_be_visible()
    page.get_by_text("Graph, live").click()
    page.wait_for_timeout(500)
    before = page.locator("tbody").text_content()
    page.wait_for_timeout(1000)
    assert page.locator("tbody").text_content() == before
