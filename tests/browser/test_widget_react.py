"""The element in a page that React draws, in strict mode: added, changed, moved and taken away by it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, until, workers
from tests.browser.elsewhere import FOR_OTHERS, elsewhere, script

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's script with React itself, as development builds have it: with its warnings."""
    out = tmp_path_factory.mktemp("react") / "page.js"
    esbuild = STATIC / "node_modules" / ".bin" / "esbuild"
    options = ["--bundle", "--format=esm", "--log-level=warning", '--define:process.env.NODE_ENV="development"']
    environment = {**os.environ, "NODE_PATH": str(STATIC / "node_modules")}
    subprocess.run([esbuild, HERE / "react_page.js", *options, f"--outfile={out}"], check=True, env=environment)
    return out


@pytest.fixture
def react(browser: Browser, site: Site, bundle: Path, tmp_path: Path) -> Iterator[Page]:
    """The page, without any app yet; the site is of another origin."""
    site.headers.update(FOR_OTHERS)
    with elsewhere(browser, tmp_path / "host") as host:
        (host.folder / "page.js").write_bytes(bundle.read_bytes())
        page = host.open(f"{script(site)}<main></main><script type='module' src='page.js'></script>")
        page.evaluate("src => { document.documentElement.dataset.src = src; }", site.url)
        until(page, "'setApps' in window && customElements.get('pywebml-app') !== undefined")
        yield page


def show(page: Page, apps: str) -> None:
    """Draws these apps, in this order; those that React knows by their ids stay the same elements."""
    page.evaluate(f"window.setApps({apps})")


def frames(page: Page, name: str) -> int:
    shown: int = page.evaluate(f"document.querySelector('#{name} pywebml-app').stats.framesShown")
    return shown


def test_it_runs_and_its_events_change_the_page(react: Page) -> None:
    show(react, "[{id: 'one', source: 'camera', controls: true}]")
    expect(react.get_by_role("button", name="Stop")).to_be_visible()
    expect(react.locator("#one > p")).to_contain_text("at ")
    show(react, "[]")
    workers(react, 0)


def test_what_is_drawn_anew_goes_on(react: Page) -> None:
    show(react, "[{id: 'one', source: 'camera'}]")
    until(react, "document.querySelector('#one pywebml-app')?.stats.framesShown > 3")
    worker = react.workers[0]
    for controls in ("true", "false", "true"):
        show(react, f"[{{id: 'one', source: 'camera', controls: {controls}}}]")
    shown = frames(react, "one")
    until(react, f"document.querySelector('#one pywebml-app').stats.framesShown > {shown}")
    assert react.workers == [worker]


def test_those_that_change_places_go_on(react: Page) -> None:
    show(react, "[{id: 'one', source: 'camera'}, {id: 'two', source: 'camera'}]")
    for name in ("one", "two"):
        until(react, f"document.querySelector('#{name} pywebml-app')?.stats.framesShown > 3")
    before = set(react.workers)
    show(react, "[{id: 'two', source: 'camera'}, {id: 'one', source: 'camera'}]")
    react.wait_for_timeout(400)
    for name in ("one", "two"):
        shown = frames(react, name)
        until(react, f"document.querySelector('#{name} pywebml-app').stats.framesShown > {shown}")
    assert set(react.workers) == before


def test_an_attribute_that_changes_is_followed(react: Page) -> None:
    show(react, "[{id: 'one', source: 'camera'}]")
    until(react, "document.querySelector('#one pywebml-app')?.stats.framesShown > 3")
    show(react, "[{id: 'one', source: 'none'}]")
    react.wait_for_timeout(300)
    stopped = frames(react, "one")
    react.wait_for_timeout(300)
    assert frames(react, "one") == stopped
    show(react, "[{id: 'one', source: 'none', backend: 'litert-wasm'}]")
    app = "document.querySelector('pywebml-app')"
    until(react, f"{app}.stats.reason === 'asked for litert-wasm'")


def test_values_that_the_app_cannot_show_do_not_break_the_page(react: Page) -> None:
    show(react, "[{id: 'one', controls: true, values: {nonsense: 1}}]")
    expect(react.get_by_role("alert")).to_contain_text("There is no control 'nonsense'")
    show(react, "[{id: 'one', controls: true, values: {other: 2}}, {id: 'two'}]")
    expect(react.locator("section")).to_have_count(2)


def test_thirty_that_come_and_go_leave_no_worker(react: Page) -> None:
    for at in range(30):
        show(react, f"[{{id: 'app{at}', source: 'camera'}}]")
        react.wait_for_timeout(20)
    show(react, "[]")
    workers(react, 0)
