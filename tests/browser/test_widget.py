"""`widget.js` on somebody's page of another origin."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import OpenExample
from tests.browser.conftest import WEB, Site, until, workers
from tests.browser.elsewhere import FOR_OTHERS, Elsewhere, elsewhere, script
from tests.serving import ISOLATION, serve
from tests.visiting import AppPage, build_example, photograph, rgba

APP = "document.querySelector('pywebml-app')"
FACES = Path(__file__).parents[2] / "examples" / "face_detection"
IMAGE = "await createImageBitmap(new ImageData(4, 3))"


@pytest.fixture
def host(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Elsewhere]:
    site.headers.update(FOR_OTHERS)
    with elsewhere(browser, tmp_path / "host") as made:
        yield made


def run(page: Page, body: str, tag: str = "pywebml-app") -> Any:
    """Runs the body of an async function in which `app` is the element, defined."""
    begin = f"await customElements.whenDefined('{tag}'); const app = document.querySelector('{tag}');"
    return page.evaluate(f"async () => {{ {begin} {body} }}")


def test_it_does_on_a_page_of_another_origin_what_it_does_on_its_own(site: Site, host: Elsewhere) -> None:
    site.script(values={"faces": []})
    page = host.open(f"{script(site)}<pywebml-app source='{site.url}samples/astronaut.jpg'></pywebml-app>")
    done = run(page, f"await app.ready; const {{output}} = await app.process({IMAGE}); return [output.width]")
    assert done == [4]
    run(page, "await app.start()")
    until(page, f"{APP}.stats.framesShown > 1")
    run(page, "app.stop()")
    assert run(page, "return app.stats.backend") == "litert-wasm"
    assert page.workers[0].url.startswith(f"blob:{host.url}")
    assert {url.split("/")[2] for url in host.requests if url.startswith("http")} == {
        host.url.split("/")[2],
        site.url.split("/")[2],
    }


def test_the_camera_of_the_page_feeds_it(site: Site, host: Elsewhere) -> None:
    page = host.open(f"{script(site)}<pywebml-app source='camera'></pywebml-app>")
    run(page, "return true")
    until(page, f"{APP}.stats.framesShown > 3")


def test_its_site_is_by_default_the_one_that_the_script_came_from(site: Site, host: Elsewhere) -> None:
    page = host.open(f"{script(site)}<pywebml-app controls></pywebml-app>")
    expect(page.get_by_role("button", name="Astronaut")).to_be_visible()


def test_several_on_one_page_do_not_meet(site: Site, host: Elsewhere) -> None:
    page = host.open(script(site) + "<pywebml-app></pywebml-app>" * 3)
    sizes = page.evaluate("""async () => {
      await customElements.whenDefined("pywebml-app");
      const process = async (app, at) => (await app.process(new ImageData(at + 1, 1))).output.width;
      return Promise.all([...document.querySelectorAll("pywebml-app")].map(process));
    }""")
    assert sizes == [1, 2, 3]
    workers(page, 3)


def test_it_leaves_no_global_and_no_markup_in_the_page(site: Site, host: Elsewhere) -> None:
    page = host.open("<p>Text</p>")
    before = page.evaluate("Object.getOwnPropertyNames(window).concat(document.documentElement.outerHTML)")
    page.evaluate("url => import(url)", f"{site.url}widget.js")
    page.evaluate("document.body.append(document.createElement('pywebml-app'))")
    run(page, f"await app.process({IMAGE}); app.remove()")
    assert page.evaluate("Object.getOwnPropertyNames(window).concat(document.documentElement.outerHTML)") == before


HOSTILE = """<style>
  * {
    all: unset !important; display: inline !important; position: fixed !important; color: red !important;
    font: italic 60px/3 cursive !important; text-transform: uppercase !important; letter-spacing: 1em !important;
    line-height: 4 !important; text-align: right !important; direction: rtl !important; cursor: wait !important;
    white-space: pre !important; word-spacing: 1em !important; text-indent: 2em !important;
  }
  html { font-size: 40px !important; }
  button, .row, .stage, .error, pre { display: none !important; }
  pywebml-app { display: block !important; position: static !important; width: 600px !important; }
</style>"""

LOOKS = """() => [...document.querySelector("pywebml-app").shadowRoot.querySelectorAll("*")].map((one, _, all) => {
  const {width, height, top} = one.getBoundingClientRect();
  const place = height && top - all[0].getBoundingClientRect().top;
  const style = getComputedStyle(one);
  const own = [...style].filter((name) => !name.startsWith("--")).map((name) => [name, style[name]]);
  const box = {boxWidth: width, boxHeight: height, boxTop: place};
  return {tag: `${one.tagName}.${one.className}`, ...box, ...Object.fromEntries(own)};
})"""


def test_styles_of_the_page_stay_outside_it(site: Site, host: Elsewhere) -> None:
    element = f"{script(site)}<pywebml-app controls></pywebml-app>"
    looks = []
    # Nothing is on its way from one look to another.
    host.page.emulate_media(reduced_motion="reduce")
    for style in ("<style>pywebml-app { display: block; width: 600px; }</style>", HOSTILE):
        page = host.open(style + element)
        run(page, f"await app.process({IMAGE})")
        until(page, f"{APP}.shadowRoot.querySelector('.sample') !== null")
        # What is said of the loading goes, and the numbers come, a moment after the result.
        expect(page.locator(".words")).to_have_text("Ready")
        expect(page.locator(".numbers")).to_contain_text(" ms")
        looks.append(page.evaluate(LOOKS))
    plain, hostile = looks
    changed = [
        (one["tag"], name, one[name], other[name])
        for one, other in zip(plain, hostile, strict=True)
        for name in one
        if one[name] != other[name]
    ]
    assert changed == []


def test_its_own_styles_stay_inside_it(site: Site, host: Elsewhere) -> None:
    html = "<button class='main'>One</button><pre class='stage'>Two</pre><div class='error' hidden>Three</div>"
    looks = """() => [...document.querySelectorAll("body > :not(pywebml-app)")].map((one) =>
      JSON.stringify([...getComputedStyle(one)].map((name) => getComputedStyle(one)[name])))"""
    page = host.open(html)
    before = page.evaluate(looks)
    page.evaluate("url => import(url)", f"{site.url}widget.js")
    page.evaluate("document.body.append(document.createElement('pywebml-app'))")
    run(page, "await app.ready")
    assert page.evaluate(looks) == before


@pytest.mark.parametrize(
    "attributes",
    [
        "src='http://['",
        "source='http://['",
        "backend='?'",
        "values='nonsense=1&=&%'",
        "src='' source='' backend=''",
    ],
)
def test_attributes_that_make_no_sense_throw_nothing(site: Site, host: Elsewhere, attributes: str) -> None:
    page = host.open(f"{script(site)}<pywebml-app controls {attributes}></pywebml-app><p>Text</p>")
    host.allowed = ("404",)
    run(page, "await new Promise((resolve) => setTimeout(resolve, 500))")
    expect(page.get_by_text("Text")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(400, 200), (200, 400)])
def test_it_takes_the_shape_of_what_it_shows(site: Site, host: Elsewhere, width: int, height: int) -> None:
    page = host.open(f"{script(site)}<style>pywebml-app {{ width: 300px }}</style><pywebml-app></pywebml-app>")
    stage = page.locator(".stage").first
    run(page, "return true")
    box = stage.bounding_box()
    assert box is not None
    assert [box["width"], box["height"]] == [300, 225]
    run(page, f"await app.process(new ImageData({width}, {height}))")
    until(page, f"{APP}.shadowRoot.querySelector('.stage').offsetHeight === {300 * height // width}")
    run(page, "app.style.setProperty('--pywebml-aspect', '1')")
    until(page, f"{APP}.shadowRoot.querySelector('.stage').offsetHeight === 300")


def test_its_children_are_the_poster_until_something_is_shown(site: Site, host: Elsewhere) -> None:
    page = host.open(f"{script(site)}<pywebml-app><b>Wait for it</b></pywebml-app>")
    expect(page.get_by_text("Wait for it")).to_be_visible()
    run(page, f"await app.process({IMAGE})")
    expect(page.get_by_text("Wait for it")).to_be_hidden()


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(241, 243, 247)"), ("dark", "rgb(32, 36, 44)")])
def test_it_is_light_or_dark_as_the_page_is(site: Site, host: Elsewhere, scheme: str, paper: str) -> None:
    page = host.open(f"{script(site)}<pywebml-app style='color-scheme: {scheme}'></pywebml-app>")
    run(page, "return true")
    stage = f"{APP}.shadowRoot.querySelector('.stage')"
    assert page.evaluate(f"getComputedStyle({stage}).backgroundColor") == paper


def test_a_second_build_of_the_same_series_shares_the_element(site: Site, host: Elsewhere) -> None:
    other = copy_of(site, "another")
    both = f"<pywebml-app></pywebml-app><pywebml-app src='{other.url}'></pywebml-app>"
    page = host.open(script(site) + script(other) + both)
    page.evaluate("Promise.all([...document.querySelectorAll('pywebml-app')].map((app) => app.ready))")
    assert len([url for url in host.requests if url == f"{other.url}worker.js"]) == 1


def test_a_second_build_of_another_series_says_by_which_name_it_is_had(site: Site, host: Elsewhere) -> None:
    other = copy_of(site, "another", version="9.8.7")
    for file in (site.folder / "worker.js", other.folder / "worker.js"):
        shutil.copy(WEB / "worker.js", file)
    age(other.folder / "worker.js", "9.8.7")
    page = host.open(f"{script(site)}<pywebml-app src='{other.url}'></pywebml-app>")
    said = run(page, "return app.ready.catch((error) => error.message)")
    assert said == (
        f"'{other.url}' was built by PyWebML 9.8.7, but this page's <pywebml-app> is of 0.1.0; "
        f"load '{other.url}widget.js' too, and write <pywebml-app-9-8> for it."
    )


def test_two_series_live_on_one_page_by_their_own_names(site: Site, host: Elsewhere) -> None:
    other = copy_of(site, "another", version="9.8.7")
    both = "<pywebml-app></pywebml-app><pywebml-app-9-8></pywebml-app-9-8>"
    page = host.open(script(site) + script(other) + both)
    for tag in ("pywebml-app", "pywebml-app-9-8"):
        assert run(page, f"return (await app.process({IMAGE})).output.height", tag) == 3
    assert f"{other.url}worker.js" in host.requests


def copy_of(site: Site, name: str, version: str | None = None) -> Site:
    """The same site once more, beside it; of another version of PyWebML if one is given."""
    folder = site.folder.parent / name
    shutil.copytree(site.folder, folder)
    if version is not None:
        age(folder / "widget.js", version)
    return Site(folder, f"{site.url.removesuffix(f'{site.folder.name}/')}{name}/", site.headers)


def age(file: Path, version: str) -> None:
    text = file.read_text()
    assert text.count('"0.1.0"') == 1
    file.write_text(text.replace('"0.1.0"', f'"{version}"'))


def test_a_site_whose_host_lets_no_other_origin_read_it_is_named(site: Site, host: Elsewhere) -> None:
    elsewhere_script = script(copy_of(site, "open"))
    with serve(site.folder) as closed:
        host.allowed = ("CORS policy", "net::ERR_FAILED")
        page = host.open(f"{elsewhere_script}<pywebml-app src='{closed}'></pywebml-app>")
        said = run(page, "return app.ready.catch((error) => error.message)")
        assert said == (
            f"The worker '{closed}worker.js' could not be loaded; check that the site is complete, "
            "and that its host sends 'Access-Control-Allow-Origin: *'."
        )
        # What it still loads from there would be refused, and complained of, once the server has ended.
        page.goto("about:blank")


POLICIES = {
    "default-src 'self'; script-src {site}": (
        "worker-src blob: {site}; script-src 'wasm-unsafe-eval'; connect-src {site}"
    ),
    "script-src {site} 'wasm-unsafe-eval'; worker-src 'self'": "worker-src blob: {site}",
    "script-src {site} 'wasm-unsafe-eval'; worker-src blob:": "worker-src blob: {site}",
    "script-src {site}; worker-src blob: {site}": "script-src 'wasm-unsafe-eval'",
    "default-src 'none'; script-src {site} 'wasm-unsafe-eval'; worker-src blob: {site}": "connect-src {site}",
}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_page_whose_policy_keeps_it_out_is_told_once_what_to_add(
    site: Site, host: Elsewhere, policy: str
) -> None:
    shutil.copy(WEB / "worker.js", site.folder / "worker.js")
    origin = "/".join(site.url.split("/")[:3])
    host.headers["Content-Security-Policy"] = policy.format(site=origin)
    host.allowed = ("Content Security Policy", "Content-Security-Policy", "404", "Failed to fetch")
    page = host.open(f"{script(site)}<pywebml-app></pywebml-app>")
    said = run(
        page,
        """
      const told = [];
      app.addEventListener("error", ({detail}) => told.push(detail.message));
      await app.ready.catch((error) => told.push(error.message));
      await new Promise((resolve) => setTimeout(resolve, 200));
      return [...new Set(told)];
    """,
    )
    wanted = POLICIES[policy].format(site=origin)
    assert said == [f"This page's Content-Security-Policy keeps the app out; add to it: {wanted}."]


def test_what_the_policy_error_asks_for_is_enough(site: Site, host: Elsewhere) -> None:
    origin = "/".join(site.url.split("/")[:3])
    host.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src data:; script-src {origin} 'wasm-unsafe-eval'; connect-src {origin}; "
        f"worker-src blob: {origin}"
    )
    page = host.open(f"{script(site)}<pywebml-app></pywebml-app>")
    assert run(page, f"return (await app.process({IMAGE})).output.width") == 4


def test_a_page_that_demands_trusted_types_gets_them(site: Site, host: Elsewhere) -> None:
    host.headers["Content-Security-Policy"] = "require-trusted-types-for 'script'; trusted-types pywebml"
    page = host.open(f"{script(site)}<pywebml-app controls></pywebml-app>")
    assert run(page, f"return (await app.process({IMAGE})).output.width") == 4


def test_screen_readers_call_it_by_the_apps_title(site: Site, host: Elsewhere) -> None:
    manifest = json.loads((site.folder / "manifest.json").read_text())
    (site.folder / "manifest.json").write_text(json.dumps({**manifest, "title": "Finds faces"}))
    page = host.open(f"{script(site)}<pywebml-app></pywebml-app>")
    run(page, f"await app.ready; await app.process({IMAGE})")
    # Playwright looks at attributes alone; the element has none.
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    named = [(node["role"]["value"], node["name"]["value"]) for node in tree if "name" in node]
    assert ("group", "Finds faces") in named
    assert ("image", "The processed picture") in named


def test_an_image_that_the_page_may_not_read_is_refused_with_the_way_to_load_it(
    site: Site, host: Elsewhere
) -> None:
    page = host.open(f"{script(site)}<pywebml-app></pywebml-app>")
    said = run(
        page,
        f"""
      const image = Object.assign(new Image(), {{src: "{site.url}samples/astronaut.jpg"}});
      await image.decode();
      return app.process(image).catch((error) => error.message);
    """,
    )
    assert said == (
        "process() was given an image of another origin, which this page may not read; "
        'load it with crossorigin="anonymous", from a host that allows that.'
    )


def test_a_hundred_that_come_and_go_leave_nothing(site: Site, host: Elsewhere) -> None:
    page = host.open(script(site))
    come_and_go(page, 20)
    before = held(page)
    come_and_go(page, 100)
    after = held(page)
    workers(page, 0)
    assert after["nodes"] <= before["nodes"] + 10
    assert after["listeners"] <= before["listeners"]
    # A worker's canvas alone, kept, would be 20 KB each time.
    assert after["heap"] - before["heap"] < 100 * 2000


def come_and_go(page: Page, times: int) -> None:
    page.evaluate(
        """async (times) => {
      for (let at = 0; at < times; at += 1) {
        const app = document.body.appendChild(document.createElement("pywebml-app"));
        app.setAttribute("controls", "");
        await customElements.whenDefined("pywebml-app");
        await app.process(new ImageData(64, 64));
        app.remove();
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }""",
        times,
    )


def held(page: Page) -> dict[str, int]:
    """What the page holds after its garbage has been collected; `heap` in bytes."""
    session = page.context.new_cdp_session(page)
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    counted = session.send("Memory.getDOMCounters")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return {"nodes": counted["nodes"], "listeners": counted["jsEventListeners"], "heap": int(heap)}


@pytest.mark.parametrize("isolated", [False, True])
def test_a_real_site_gives_the_same_elsewhere_as_on_its_own_page(
    browser: Browser, open_example: OpenExample, tmp_path: Path, isolated: bool
) -> None:
    own = open_example(FACES).process(rgba(photograph()))
    build_example(FACES, tmp_path / "built" / "a site")
    with serve(tmp_path / "built", headers=FOR_OTHERS) as address, elsewhere(browser, tmp_path / "host") as host:
        if isolated:
            host.headers.update(ISOLATION)
        widget = f"<script type='module' src='{address}a site/widget.js'></script>"
        page = host.open(f"{widget}<pywebml-app></pywebml-app>")
        run(page, "await app.ready")
        values = AppPage(page).process(rgba(photograph()))
        assert values["faces"] == own["faces"]
        assert values["largest"] == own["largest"]
        np.testing.assert_array_equal(values["output"], own["output"])
        threads = run(page, "return app.stats.backends[0].threads")
        assert (threads > 1) == isolated
        assert {url.split("/")[2] for url in host.requests if url.startswith("http")} == {
            url.split("/")[2] for url in (address, host.url)
        }
