"""A site that was visited once: without a network, with newer builds, and with everything that can go wrong."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.offline import BUILD, Tab, build_anew, falsify, name_of, open_tab
from tests.hostile import Host, flip, halve, hostile_host
from tests.visiting import build_example

EXAMPLE = Path(__file__).parents[2] / "examples" / "background_blur"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    build_example(EXAMPLE, folder)
    return folder


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "site")


@pytest.fixture
def host(site: Path) -> Iterator[Host]:
    with hostile_host(site) as made:
        yield made


@pytest.fixture
def tab(context: BrowserContext, host: Host, site: Path) -> Tab:
    """A tab of a site that has been visited, has given its result, and is kept."""
    opened = open_tab(context, host.url)
    opened.visit()
    opened.result()
    opened.kept(name_of(site))
    return opened


def test_after_the_first_visit_it_works_without_a_network_and_with_threads(
    tab: Tab, context: BrowserContext, host: Host
) -> None:
    context.set_offline(True)
    asked = len(host.requests)
    tab.visit()
    assert tab.result() == ["output"]
    assert tab.evaluate("crossOriginIsolated")
    assert tab.evaluate("document.querySelector('pywebml-app').stats.backend") == "litert-wasm"
    # Whether sw.js is another is asked by the browser itself, which Playwright's "offline" does not bind.
    assert set(host.requests[asked:]) <= {"sw.js"}


def test_a_newer_build_is_fetched_behind_the_one_that_runs_and_runs_from_the_next_visit_on(
    tab: Tab, site: Path, context: BrowserContext
) -> None:
    old = name_of(site)
    new = build_anew(site, "Newer")
    tab.visit()
    assert tab.evaluate(BUILD) == old
    tab.result()
    tab.kept(new)
    context.set_offline(True)
    tab.visit()
    assert tab.evaluate(BUILD) == new
    expect(tab.page.get_by_role("heading", name="Newer")).to_be_visible()
    assert tab.result() == ["output"]


def test_only_what_has_changed_is_fetched_of_a_newer_build(tab: Tab, site: Path, host: Host) -> None:
    new = build_anew(site, "Newer")
    asked = len(host.requests)
    tab.visit()
    tab.result()
    tab.kept(new)
    assert {path for path in host.requests[asked:] if path != "sw.js"} == {
        "manifest.json",
        "index.html",
        "embed.html",
        "graph.json",
    }


def test_a_tab_that_stays_open_goes_on_with_its_own_build(tab: Tab, site: Path, context: BrowserContext) -> None:
    old = name_of(site)
    new = build_anew(site, "Newer")
    other = open_tab(context, tab.url)
    other.visit()
    other.result()
    other.kept(new)
    other.visit()
    assert [one.evaluate(BUILD) for one in (tab, other)] == [old, new]
    asked = "fetch(`manifest.json?build=${document.documentElement.dataset.build}`).then(one => one.json())"
    assert [one.evaluate(f"{asked}.then(({{build}}) => build)") for one in (tab, other)] == [old, new]
    context.set_offline(True)
    tab.evaluate("document.querySelector('pywebml-app').setAttribute('backend', 'litert-wasm')")
    assert [one.result() for one in (tab, other)] == [["output"], ["output"]]


@pytest.mark.parametrize("damage", [flip, halve], ids=["altered", "cut off"])
def test_a_broken_download_never_replaces_what_works(tab: Tab, site: Path, host: Host, damage: object) -> None:
    old = name_of(site)
    build_anew(site, "Newer")
    host.alter["graph.json"] = damage  # type: ignore[assignment]  # one of the two functions
    tab.visit()
    tab.result()
    assert tab.not_kept() == "'graph.json' is not what was built"
    tab.visit()
    assert tab.evaluate(BUILD) == old
    assert tab.result() == ["output"]
    host.alter.clear()
    tab.visit()
    tab.result()
    tab.kept(name_of(site))


def test_a_download_that_stalls_is_given_up_and_replaces_nothing(tab: Tab, site: Path, host: Host) -> None:
    old = name_of(site)
    build_anew(site, "Newer")
    host.stall.add("graph.json")
    tab.visit()
    tab.result()
    assert tab.not_kept() == "'graph.json' has stalled: no byte for 20 s"
    tab.visit()
    assert tab.evaluate(BUILD) == old


def test_a_build_that_does_not_run_here_is_rolled_back_to_the_last_good_one(
    tab: Tab, site: Path, host: Host
) -> None:
    good = name_of(site)
    falsify(site)
    bad = build_anew(site, "Newer")
    tab.visit()
    tab.result()
    tab.kept(bad)
    tab.visit()
    assert tab.evaluate(BUILD) == bad
    # The self-check runs in the gaps between frames.
    tab.result()
    process = "document.querySelector('pywebml-app').process(new ImageData(9, 9)).then(() => 0, () => 0)"
    tab.until(f"{BUILD} === '{good}' || {process}")
    expect(tab.page.get_by_role("alert").first).to_contain_text("the last one that did")
    assert tab.result() == ["output"]
    tab.visit()
    tab.result()
    assert tab.until("document.documentElement.dataset.offline") == good
    tab.visit()
    assert tab.evaluate(BUILD) == good


def test_old_builds_are_deleted_once_no_tab_can_run_them(tab: Tab, site: Path) -> None:
    for words in ("One", "Another", "A third", "A fourth", "A fifth"):
        new = build_anew(site, words)
        tab.visit()
        tab.result()
        tab.kept(new)
    names = """caches.keys().then(async (names) => {
      const cache = await caches.open(names.find((name) => name.startsWith("pywebml-site")));
      return (await cache.keys()).filter(({url}) => url.includes("build=")).length;
    })"""
    # What runs, what is next, and two that were known to be good when the next had come.
    assert tab.evaluate(names) == 4


def test_where_what_was_kept_has_been_evicted_the_network_serves(tab: Tab) -> None:
    tab.evaluate("""caches.keys().then(async (names) => {
      const cache = await caches.open(names.find((name) => name.startsWith("pywebml-site")));
      for (const key of await cache.keys()) if (key.url.includes("sha256=")) await cache.delete(key);
    })""")
    tab.visit()
    assert tab.result() == ["output"]


def test_where_the_quota_is_full_it_works_with_the_network(browser: Browser, host: Host) -> None:
    context = browser.new_context()
    tab = open_tab(context, host.url)
    session = context.new_cdp_session(tab.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": host.url.rstrip("/"), "quotaSize": 1_000_000})
    tab.visit()
    tab.result()
    assert "quota" in tab.not_kept().lower()
    tab.visit()
    assert tab.result() == ["output"]
    context.close()


def test_a_newer_build_that_is_kept_when_the_quota_fills_up_closes_nobody_out(
    tab: Tab, site: Path, context: BrowserContext, host: Host
) -> None:
    old, new = name_of(site), build_anew(site, "Newer")
    tab.visit()
    tab.result()
    tab.kept(new)
    quota = {"origin": host.url.rstrip("/"), "quotaSize": 1}
    context.new_cdp_session(tab.page).send("Storage.overrideQuotaForOrigin", quota)
    context.set_offline(True)
    tab.visit()
    assert tab.evaluate(BUILD) == old
    assert tab.result() == ["output"]


def test_fresh_forgets_what_is_kept(tab: Tab, site: Path, host: Host) -> None:
    new = build_anew(site, "Newer")
    tab.visit("?fresh")
    assert tab.evaluate(BUILD) == new
    assert tab.evaluate("location.search") == ""
    assert tab.result() == ["output"]
    assert "manifest.json" in host.requests
