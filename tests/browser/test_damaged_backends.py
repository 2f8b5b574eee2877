"""A backend that is tried in the background has a damaged file: that is told once, and the app goes on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.backends import Site, Visitor, build, desktop_tensors, drift, report, tensors_of, until
from tests.browser.test_damaged_sites import name_in, spoil
from tests.hostile import Host, hostile_host
from tests.visiting import AppPage, open_app

ALTERED = (
    "page/*/engine.js",
    "engine/*/engines/tfjs-wasm.js",
    "engine/*/engines/tfjs-backend-wasm-simd.wasm",
    "models/*-tfjs/model.json",
    "models/*-tfjs/*.bin",
)
MISSING = ("engine/*/engines/tfjs-wasm.js", "models/*-tfjs/model.json")
"""What only the second backend needs, read in its worker and in the graph's."""

PROVED = 5000
"""Milliseconds by which all files that have come are proved: static/src/proving.ts waits for 3 s, and 1 s more."""

HEARD = """() => {
  window.heard = [];
  document.querySelector("pywebml-app").addEventListener("error", ({detail}) => window.heard.push(detail));
}"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = build(tmp_path_factory.mktemp("built"), ["litert-wasm", "tfjs-wasm"])
    # Each test is to see the second backend tried, however busy the machine.
    site.set_budget(60_000)
    return site


@pytest.fixture
def host(built: Site) -> Iterator[Host]:
    with hostile_host(built.folder) as made:
        made.isolated = True
        yield made


def after_the_trial(visitor: Visitor, host: Host) -> AppPage:
    """Opens the site, asks for a first result, and waits until the second backend has been tried."""
    page = open_app(visitor.context(), host.url)
    page.page.evaluate(HEARD)
    tensors_of(page, 0)
    until(page, lambda stats: report(stats, "tfjs-wasm")["reason"] != "")
    return page


@pytest.mark.parametrize(
    ("damage", "pattern"),
    [*(("altered", pattern) for pattern in ALTERED), *(("missing", pattern) for pattern in MISSING)],
)
def test_its_damaged_file_is_named_once_and_the_app_goes_on(
    visitor: Visitor, built: Site, host: Host, damage: str, pattern: str
) -> None:
    spoil(host, pattern, damage)
    page = after_the_trial(visitor, host)
    expect(page.page.get_by_role("alert")).to_contain_text(name_in(pattern))
    page.page.wait_for_timeout(PROVED)
    heard = page.page.evaluate("window.heard")
    assert [one["name"] for one in heard] == ["LoadError"]
    assert name_in(pattern) in heard[0]["message"]
    stats = page.stats()
    assert (stats["backend"], stats["events"]) == ("litert-wasm", [])
    assert name_in(pattern) in report(stats, "tfjs-wasm")["reason"]
    assert drift(tensors_of(page, 1), desktop_tensors(built)) < 1e-3


@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_a_reference_that_does_not_come_is_named_and_the_app_goes_on_unproved(
    visitor: Visitor, built: Site, host: Host, damage: str
) -> None:
    spoil(host, "models/*.reference", damage)
    page = open_app(visitor.context(), host.url)
    page.page.evaluate(HEARD)
    tensors_of(page, 0)
    expect(page.page.get_by_role("alert")).to_contain_text(".reference")
    page.page.wait_for_timeout(PROVED)
    assert drift(tensors_of(page, 1), desktop_tensors(built)) < 1e-3
    assert (page.stats()["backend"], page.stats()["events"]) == ("litert-wasm", [])
