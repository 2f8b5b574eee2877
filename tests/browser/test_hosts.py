"""A built site on all kinds of hosts: without headers, compressing, insecure; below odd paths, in a frame."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from pyweb_ml.bundle.hosting import HEADERS
from tests.browser.offline import PICTURE, Tab, open_tab
from tests.chromium import DRAWN_BY_CPU, launch
from tests.hostile import Host, hostile_host
from tests.visiting import build_example

EXAMPLES = Path(__file__).parents[2] / "examples"
REASON = "document.querySelector('pywebml-app').stats.reason"

VIOLATIONS = """addEventListener("securitypolicyviolation", (event) => {
  (window.violations ??= []).push(`${event.effectiveDirective}: ${event.blockedURI}`);
});"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    build_example(EXAMPLES / "background_blur", folder)
    return folder


@pytest.fixture
def host(site: Path) -> Iterator[Host]:
    with hostile_host(site) as made:
        yield made


@pytest.fixture
def tab(context: BrowserContext, host: Host) -> Tab:
    return open_tab(context, host.url)


def test_without_headers_the_page_comes_twice_and_then_has_threads(tab: Tab, host: Host) -> None:
    tab.visit()
    assert tab.evaluate("crossOriginIsolated")
    assert tab.result() == ["output"]
    assert "threads" in tab.evaluate(REASON)
    # This host lets nothing be kept, so each thread asks for the engine's script, once the page has come again.
    heavy = [path for path in host.requests if path.endswith((".wasm", ".tflite"))]
    assert host.requests.count("index.html") == 2
    assert len(heavy) == len(set(heavy))


def test_with_headers_the_page_comes_once(tab: Tab, host: Host) -> None:
    host.headers |= HEADERS
    tab.visit()
    assert tab.evaluate("crossOriginIsolated")
    assert tab.result() == ["output"]
    assert host.requests.count("index.html") == 1


def test_pages_of_others_below_the_site_are_left_alone(
    context: BrowserContext, site: Path, tmp_path: Path
) -> None:
    """As where an app lies at the root of a host, beside a blog."""
    shutil.copytree(site, tmp_path / "host")
    (tmp_path / "host" / "blog").mkdir()
    script = "<script>document.title = crossOriginIsolated ? 'isolated' : 'as its host sends it'</script>"
    for name in ("about.html", "blog/index.html"):
        (tmp_path / "host" / name).write_text(f"<!doctype html>{script}")
    with hostile_host(tmp_path / "host") as host:
        tab = open_tab(context, host.url)
        tab.visit()
        tab.until("document.documentElement.dataset.offline || !!navigator.serviceWorker.controller")
        for name in ("about.html", "blog/index.html"):
            tab.page.goto(host.url + name)
            assert tab.page.title() == "as its host sends it"


def test_a_service_worker_that_cannot_be_had_leaves_one_thread_and_the_reason(tab: Tab, host: Host) -> None:
    host.missing.add("sw.js")
    tab.visit()
    assert tab.result() == ["output"]
    reason = tab.evaluate(REASON)
    assert "1 thread: the page is not cross-origin isolated: the service worker 'sw.js' does not start" in reason
    assert host.requests.count("index.html") == 1


def test_a_service_worker_that_does_not_isolate_ends_in_no_loop(tab: Tab, host: Host) -> None:
    host.alter["sw.js"] = lambda _: b"addEventListener('install', () => skipWaiting());"
    tab.visit()
    assert tab.result() == ["output"]
    assert "the page is not cross-origin isolated: the browser" in tab.evaluate(REASON)
    assert host.requests.count("index.html") <= 2


def test_in_a_frame_it_runs_on_one_thread_and_says_why(
    context: BrowserContext, site: Path, tmp_path: Path
) -> None:
    shutil.copytree(site, tmp_path / "app")
    (tmp_path / "index.html").write_text('<!doctype html><iframe src="app/index.html" height="900"></iframe>')
    with hostile_host(tmp_path) as host:
        page = context.new_page()
        page.goto(host.url)
        frame = page.frames[1]
        assert frame.evaluate("""async () => {
          await customElements.whenDefined("pywebml-app");
          const app = document.querySelector("pywebml-app");
          return Object.keys(await app.process(new ImageData(64, 64)));
        }""") == ["output"]
        reason = "1 thread: the page is not cross-origin isolated: it is embedded in a page that is not"
        assert frame.evaluate(REASON).startswith(reason)


def test_on_an_insecure_origin_it_runs_on_one_thread_and_says_why(browser: Browser, host: Host) -> None:
    rules = "--host-resolver-rules=MAP intranet.example 127.0.0.1"
    other = launch(browser.browser_type, DRAWN_BY_CPU, rules)
    tab = open_tab(other.new_context(), host.url.replace("127.0.0.1", "intranet.example"))
    tab.visit()
    assert not tab.evaluate("isSecureContext")
    assert tab.result() == ["output"]
    assert "the page is not cross-origin isolated: it is not secure; open it over https" in tab.evaluate(REASON)
    other.close()


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
def test_a_path_with_spaces_and_a_host_that_compresses_or_not(
    context: BrowserContext, site: Path, compress: bool
) -> None:
    with hostile_host(site, "my apps/blür/") as host:
        host.compress = compress
        tab = open_tab(context, host.url)
        tab.visit()
        assert tab.result() == ["output"]
        assert tab.evaluate("crossOriginIsolated")
        tab.until("document.documentElement.dataset.offline")
        context.set_offline(True)
        tab.visit()
        assert tab.result() == ["output"]


def test_where_no_file_has_its_type_no_script_runs_and_the_page_says_so(tab: Tab, host: Host) -> None:
    host.types["*[!l]"] = "text/plain"
    tab.page.goto(host.url)
    expect(tab.page.get_by_text("The app has not started")).to_be_visible()


@pytest.mark.parametrize("pattern", ["*.wasm", "*.json", "*.webmanifest", "*.mjs"])
def test_wrong_types_of_other_files_do_no_harm(tab: Tab, host: Host, pattern: str) -> None:
    host.types[pattern] = "application/octet-stream"
    tab.visit()
    assert tab.result() == ["output"]
    assert "litert-wasm" in tab.evaluate("document.querySelector('pywebml-app').stats.backend")


@pytest.mark.parametrize("example", sorted(path.parent.name for path in EXAMPLES.glob("*/app.py")))
def test_every_example_obeys_a_strict_policy_and_asks_nobody_else(
    browser: Browser, tmp_path: Path, example: str
) -> None:
    build_example(EXAMPLES / example, tmp_path / "site")
    context = browser.new_context()
    context.add_init_script(VIOLATIONS)
    strangers: list[str] = []
    with hostile_host(tmp_path / "site") as host:
        host.headers |= HEADERS
        context.on("request", lambda one: strangers.append(one.url) if is_strange(one.url, host.url) else None)
        tab = open_tab(context, host.url)
        tab.visit()
        tab.evaluate("document.querySelector('pywebml-app').ready.then(() => true)")
        assert tab.result(packet_of(tmp_path / "site"))
        assert tab.evaluate("window.violations ?? []") == []
        assert tab.complaints == []
    context.close()
    assert strangers == []


def packet_of(site: Path) -> str:
    """A script that makes what the app takes: a picture, or the samples of one packet."""
    audio = json.loads((site / "manifest.json").read_text())["audio"]
    return PICTURE if audio is None else f"new Float32Array({audio['window'] * audio['channels']})"


def is_strange(address: str, own: str) -> bool:
    return not address.startswith((own, "blob:", "data:"))


def test_the_policy_allows_no_script_but_the_sites_own(site: Path) -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    page = (site / "index.html").read_text()
    assert page.count("<script") == page.count('<script type="module" src=')
    assert "style=" not in page
    assert policy.replace("'", "&#x27;") in page


@pytest.mark.parametrize("name", ["index.html", "embed.html"])
def test_opened_as_a_file_it_says_that_it_has_not_started(context: BrowserContext, site: Path, name: str) -> None:
    page = context.new_page()
    page.goto((site / name).as_uri())
    expect(page.get_by_text("The app has not started")).to_be_visible()
    expect(page.get_by_text("It works without a network too.")).to_be_hidden()
    if name == "index.html":
        expect(
            page.get_by_text("it needs a web server, such as python -m http.server in its folder")
        ).to_be_visible()


def test_until_something_is_shown_the_page_invites_to_choose(tab: Tab) -> None:
    tab.visit()
    expect(tab.page.get_by_text("Choose a camera, an image or a video")).to_be_visible()
    expect(tab.page.get_by_text("The app has not started")).to_have_count(0)
