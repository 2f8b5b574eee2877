"""A slow line, in Chromium: a small engine gives the first results, until the usual one has come."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.line import Line, serve_on
from tests.browser.backends import Site, build, desktop_tensors, drift, tensors_of, until
from tests.browser.test_damaged_backends import HEARD
from tests.hostile import flip
from tests.visiting import AppPage, build_example, open_app, photograph, rgba

EXAMPLES = Path(__file__).parents[2] / "examples"
SLOW = 8e6
"""Bits a second: LiteRT's three seconds are found too many after a tenth of one, however busy this machine is."""
SMALL = "SIMD, 1 thread; small, for the first results: the usual engine comes slowly over this line"

Open = Callable[..., AppPage]


@pytest.fixture
def open_slowly(browser: Browser) -> Iterator[Open]:
    """Opens a folder's page at the end of a slow line."""
    with ExitStack() as stack:

        def open_it(folder: Path, page: str = "", bits: float = SLOW) -> AppPage:
            address = stack.enter_context(serve_on(Line(bits), folder))
            return open_app(stack.enter_context(browser.new_context()), address + page)

        yield open_it


def backends_until_the_usual_one(page: AppPage, site: Site) -> list[str]:
    """What ran when each of the results came, all of which are right."""
    wanted = desktop_tensors(site)
    ran: list[str] = []
    while ran[-1:] != ["litert-wasm"] and len(ran) < 300:
        assert drift(tensors_of(page, len(ran)), wanted) < 1e-3
        ran.append(page.stats()["backend"])
        page.page.wait_for_timeout(100)
    return ran


def test_a_small_engine_gives_the_first_results_and_the_usual_one_takes_over_without_a_frame_lost(
    open_slowly: Open, tmp_path: Path
) -> None:
    site = build(tmp_path)
    page = open_slowly(site.folder)
    stats = until(page, lambda stats: stats["backend"] != "")
    assert (stats["backend"], stats["reason"]) == ("tfjs-wasm", SMALL)
    ran = backends_until_the_usual_one(page, site)
    assert (ran[0], ran[-1]) == ("tfjs-wasm", "litert-wasm")
    assert page.stats()["events"] == []
    assert page.complaints == []


def test_a_page_without_hints_finds_the_line_slow_as_well(open_slowly: Open, tmp_path: Path) -> None:
    site = build(tmp_path)
    app = '<script type="module" src="widget.js"></script><pywebml-app src="./"></pywebml-app>'
    (site.folder / "other.html").write_text(f'<!doctype html><html lang="en"><title>Another</title>{app}')
    ran = backends_until_the_usual_one(open_slowly(site.folder, "other.html"), site)
    assert (ran[0], ran[-1]) == ("tfjs-wasm", "litert-wasm")


def test_a_backend_that_was_named_is_waited_for(open_slowly: Open, tmp_path: Path) -> None:
    site = build(tmp_path)
    page = open_slowly(site.folder, "?backend=litert-wasm")
    assert backends_until_the_usual_one(page, site) == ["litert-wasm"]
    assert not [url for url in page.requests if "tfjs" in url]


@pytest.mark.parametrize(
    "pattern", ["engine/*/engines/tfjs-wasm.js", "engine/*/engines/*-simd.wasm", "models/*-tfjs/model.json"]
)
def test_a_damaged_file_of_the_small_engine_is_named_and_the_usual_one_gives_the_first_result(
    open_slowly: Open, tmp_path: Path, pattern: str
) -> None:
    site = build(tmp_path)
    (file,) = site.folder.glob(pattern)
    file.write_bytes(flip(file.read_bytes()))
    page = open_slowly(site.folder)
    page.page.evaluate(HEARD)
    assert backends_until_the_usual_one(page, site) == ["litert-wasm"]
    heard = page.page.evaluate("window.heard")
    assert [one["name"] for one in heard] == ["LoadError"]
    assert f"{file.name}' is damaged" in heard[0]["message"]


@pytest.mark.network
def test_python_starts_beside_both_engines(open_slowly: Open, tmp_path: Path) -> None:
    build_example(EXAMPLES / "face_detection", tmp_path / "site")
    page = open_slowly(tmp_path / "site", bits=20e6)
    page.page.get_by_role("button", name="astronaut").click()
    expect(page.page.get_by_text("'follow_largest_face' is not shown yet")).to_be_visible(timeout=20_000)
    assert page.stats()["backend"] == "tfjs-wasm"
    assert len(page.process(rgba(photograph()), 1)["largest"]) == 1
    stats = until(page, lambda stats: stats["backend"] == "litert-wasm")
    assert stats["python"] == "from a snapshot"


def test_such_a_visit_is_kept_for_one_without_a_network(open_slowly: Open, tmp_path: Path) -> None:
    site = build(tmp_path)
    page = open_slowly(site.folder)
    backends_until_the_usual_one(page, site)
    until_kept = "() => document.documentElement.dataset.offline !== undefined"
    for _ in range(600):
        if page.page.evaluate(until_kept):
            break
        page.page.wait_for_timeout(50)
    page.page.context.set_offline(True)
    page.page.reload()
    assert drift(tensors_of(page, 0), desktop_tensors(site)) < 1e-3
    assert page.stats()["backend"] == "litert-wasm"
