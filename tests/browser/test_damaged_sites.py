"""A site of which one file is missing, altered or stalls: the page names it, soon."""

import fnmatch
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect

from tests.browser.backends import build
from tests.browser.offline import RESULT, Tab, open_tab
from tests.hostile import Host, flip, halve, hostile_host
from tests.visiting import build_example

EXAMPLE = Path(__file__).parents[2] / "examples" / "face_detection"
SECONDS = 10
"""From when the page has asked for the file."""
PYTHON_SECONDS = 20
"""The same, of Python's files: while Python starts, its worker hears of nothing, on a busy machine for long."""
ASK = f"void ({RESULT})().catch(() => 0)"

FILES = (
    "page/*/page.js",
    "page/*/widget.js",
    "page/*/worker.js",
    "page/*/kernels.wasm",
    "manifest.json",
    "graph.json",
    "engine/*/litert/litert_wasm_threaded_internal.mjs",
    "engine/*/litert/litert_wasm_threaded_internal.wasm",
    "models/*.tflite",
    "python/pyodide-*/pyodide.mjs",
    "python/pyodide-*/pyodide.asm.mjs",
    "python/pyodide-*/pyodide.asm.wasm",
    "python/pyodide-*/python_stdlib.zip",
    "python/packages/*/numpy-*.whl",
    "python/app-*.zip",
)

ENGINE_FILES = (
    "page/*/engine.js",
    "engine/*/engines/tfjs-wasm.js",
    "engine/*/engines/chunk-*.js",
    "engine/*/engines/tfjs-backend-wasm-simd.wasm",
    "models/*-tfjs/model.json",
    "models/*-tfjs/*.bin",
    "models/*.reference",
)
"""What comes to the worker of an engine that has one for itself."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    build_example(EXAMPLE, folder)
    return folder


@pytest.fixture(scope="module")
def engine_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built"), "tfjs-wasm").folder


@pytest.fixture
def host(site: Path) -> Iterator[Host]:
    with hostile_host(site) as made:
        made.isolated = True
        yield made


@pytest.fixture
def tab(context: BrowserContext, host: Host) -> Tab:
    return open_tab(context, host.url)


def name_in(pattern: str) -> str:
    """What the page says of the file at least: its name, as far as the pattern states it."""
    return pattern.rpartition("/")[2].partition("*")[0] or pattern.rpartition("*")[2]


@pytest.mark.parametrize("damage", ["missing", "altered"])
@pytest.mark.parametrize("pattern", FILES)
def test_a_file_that_is_missing_or_altered_is_named(tab: Tab, host: Host, pattern: str, damage: str) -> None:
    spoil(host, pattern, damage)
    visit_and_see(tab, host, pattern)


@pytest.mark.parametrize("damage", ["missing", "altered"])
@pytest.mark.parametrize("pattern", ENGINE_FILES)
def test_a_file_of_an_engine_in_a_worker_of_its_own_is_named(
    context: BrowserContext, engine_site: Path, pattern: str, damage: str
) -> None:
    with hostile_host(engine_site) as host:
        host.isolated = True
        spoil(host, pattern, damage)
        visit_and_see(open_tab(context, host.url), host, pattern)


def spoil(host: Host, pattern: str, damage: str) -> None:
    if damage == "missing":
        host.missing.add(pattern)
    else:
        # A flipped bit may leave JSON as good as before.
        host.alter[pattern] = halve if pattern == "manifest.json" else flip


def await_request(tab: Tab, host: Host, pattern: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not any(fnmatch.fnmatch(path, pattern) for path in host.requests):
        assert time.monotonic() < deadline, f"the page has not asked for '{pattern}' within {seconds} s"
        tab.page.wait_for_timeout(50)


def visit_and_see(tab: Tab, host: Host, pattern: str) -> None:
    """Opens the site, asks for a result, and waits until the page names the file."""
    tab.page.goto(tab.url)
    tab.evaluate(ASK)
    await_request(tab, host, pattern)
    name = name_in(pattern)
    told = f"document.body.textContent.includes('{name}') || shown('{name}')"
    shown = """const shown = (name) => {
      const alert = document.querySelector("pywebml-app")?.shadowRoot?.querySelector(".error");
      const told = getComputedStyle(document.querySelector("main"), "::before");
      return alert?.textContent.includes(name) || (told.visibility === "visible" && told.content.includes(name));
    };"""
    seconds = PYTHON_SECONDS if pattern.startswith("python/") else SECONDS
    tab.until(f"(() => {{ {shown} return {told}; }})()", seconds)


@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_what_writes_videos_is_named_when_it_is_needed(tab: Tab, host: Host, damage: str) -> None:
    pattern = "page/*/media_library.js"
    spoil(host, pattern, damage)
    tab.visit()
    export = "document.querySelector('pywebml-app').exportVideo(new File(['no video'], 'a.webm'))"
    with pytest.raises(Error, match=r"media_library\.js' is missing or damaged"):
        tab.evaluate(f"async () => {{ await {export}; }}")


@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_a_style_sheet_that_does_not_come_is_named(tab: Tab, host: Host, damage: str) -> None:
    pattern = "page/*/page.css"
    spoil(host, pattern, damage)
    tab.visit()
    expect(tab.page.get_by_text("'page.css' is missing or damaged")).to_be_visible()


def test_a_line_that_stalls_in_mid_file_is_given_up_by_name(tab: Tab, host: Host) -> None:
    host.stall.add("models/*.tflite")
    tab.visit()
    tab.evaluate(ASK)
    expect(tab.page.get_by_role("alert")).to_contain_text(".tflite' has stalled: no byte for 20 s")


def test_a_manifest_of_a_newer_version_is_refused_with_what_to_do(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    shutil.copytree(site, tmp_path / "site")
    file = tmp_path / "site" / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 2}))
    context = browser.new_context()
    with hostile_host(tmp_path / "site") as host:
        host.isolated = True
        tab = open_tab(context, host.url)
        tab.visit()
        with pytest.raises(Exception, match=r"of a newer version of PyWebML \(format 2, here 1\); reload"):
            tab.result()
    context.close()


def test_where_storage_is_refused_it_works_with_the_network(browser: Browser, host: Host) -> None:
    host.isolated = False
    context = browser.new_context()
    # As browsers do it where cookies are blocked.
    context.add_init_script("""for (const name of ["sessionStorage", "localStorage", "caches"])
      Object.defineProperty(window, name, {get() { throw new DOMException("refused", "SecurityError"); }});
    Object.defineProperty(Navigator.prototype, "serviceWorker", {value: {
      controller: null, addEventListener() {}, ready: new Promise(() => {}),
      register: () => Promise.reject(new DOMException("refused", "SecurityError")),
    }});""")
    tab = open_tab(context, host.url)
    tab.visit()
    assert "faces" in tab.result()
    assert "does not start (refused)" in tab.evaluate("document.querySelector('pywebml-app').stats.reason")
    context.close()
