"""An app's controls in the page: moved by the visitor, set by a script, an attribute or the address."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Visit, until
from tests.browser.test_page import CONTRAST, RAISES, STATS, press, status

CONTROLS = [
    {"name": "strength", "label": "Strength", "kind": "slider", "value": 8, "min": 0, "max": 20, "step": 0.5},
    {"name": "fast", "label": "Fast", "kind": "checkbox", "value": False},
    {"name": "shape", "label": "Shape", "kind": "select", "value": "round", "choices": ["round", "square"]},
    {"name": "words", "label": "Words", "kind": "text", "value": "hello", "max_length": 9},
]
FIRST = {"strength": 8, "fast": False, "shape": "round", "words": "hello"}
APP = "document.querySelector('pywebml-app')"


@pytest.fixture(autouse=True)
def controlled(site: Site) -> None:
    """The site's app has controls, and tells as an output what each frame is fed with."""
    file = site.folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "name": "blur", "controls": CONTROLS}))
    site.script(echo=True)


def fed(page: Page) -> Any:
    """What the controls were when the frame that is shown set out; those that were left out are as at first."""
    line = page.locator(".facts dd")
    expect(line).to_have_count(1)
    return {**FIRST, **json.loads(line.inner_text())}


def shown(page: Page, count: int) -> None:
    until(page, f"{STATS}.framesShown === {count}")
    expect(status(page)).to_have_text("Done")


def test_each_control_has_its_label_and_what_it_shows_at_first(site: Site, page: Page) -> None:
    page.goto(site.url)
    expect(page.get_by_role("slider", name="Strength")).to_have_value("8")
    expect(page.locator(".setting output")).to_have_text("8")
    expect(page.get_by_role("checkbox", name="Fast")).not_to_be_checked()
    expect(page.get_by_role("combobox", name="Shape")).to_have_value("round")
    expect(page.get_by_role("textbox", name="Words")).to_have_value("hello")


def test_a_still_is_processed_again_when_the_visitor_moves_a_control(site: Site, page: Page) -> None:
    page.goto(site.url)
    press(page, "Astronaut")
    shown(page, 1)
    assert fed(page) == FIRST
    page.get_by_role("slider", name="Strength").press("ArrowRight")
    shown(page, 2)
    assert fed(page) == {**FIRST, "strength": 8.5}
    expect(page.locator(".setting output")).to_have_text("8.5")
    page.get_by_role("checkbox", name="Fast").check()
    shown(page, 3)
    page.get_by_role("combobox", name="Shape").select_option("square")
    shown(page, 4)
    assert fed(page) == {"strength": 8.5, "fast": True, "shape": "square", "words": "hello"}


def test_many_moves_at_once_are_processed_once_and_as_the_last_of_them(site: Site, page: Page) -> None:
    page.goto(site.url)
    press(page, "Astronaut")
    shown(page, 1)
    page.evaluate(f"() => {{ for (let at = 0; at <= 20; at++) {APP}.values = {{strength: at}}; }}")
    until(page, f"{STATS}.framesShown > 1")
    expect(page.locator(".facts dd")).to_contain_text('"strength":20')
    page.wait_for_timeout(300)
    assert page.evaluate(f"[{STATS}.framesShown, {STATS}.framesDropped]") == [2, 0]


def test_what_a_calculator_refuses_is_tried_again_with_the_next_value(site: Site, page: Page) -> None:
    site.script(echo=True, refuses={"words": "bad"}, failure=RAISES)
    page.goto(site.url)
    press(page, "Astronaut")
    shown(page, 1)
    page.get_by_role("textbox", name="Words").fill("bad")
    expect(page.get_by_role("alert")).to_contain_text(RAISES["message"])
    page.get_by_role("textbox", name="Words").fill("good")
    expect(page.get_by_role("alert")).to_be_hidden()
    shown(page, 2)
    assert fed(page) == {**FIRST, "words": "good"}


def test_a_camera_takes_the_change_with_its_next_frame(site: Site, page: Page) -> None:
    page.goto(site.url)
    press(page, "Camera")
    until(page, f"{STATS}.framesShown > 2")
    page.get_by_role("slider", name="Strength").fill("3")
    expect(page.locator(".facts dd")).to_contain_text('"strength":3')


def test_the_visitors_change_is_told_and_a_scripts_is_not(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.evaluate(
        f"() => {{ window.told = []; {APP}.addEventListener('change', ({{detail}}) => told.push(detail)); }}"
    )
    page.evaluate("() => document.addEventListener('input', () => window.told.push('input'))")
    page.evaluate(f"async () => {{ await {APP}.ready; {APP}.values = {{fast: true}}; }}")
    expect(page.get_by_role("checkbox", name="Fast")).to_be_checked()
    assert page.evaluate("window.told") == []
    page.get_by_role("textbox", name="Words").fill("hi")
    assert page.evaluate("window.told") == [{"values": {**FIRST, "fast": True, "words": "hi"}}]


def test_process_takes_what_is_set_when_it_is_called(site: Site, page: Page) -> None:
    page.goto(site.url)
    told = page.evaluate(f"""async () => {{
      const app = {APP}, image = new ImageData(4, 3), results = [];
      for (const strength of [1, 2]) {{ app.values = {{strength}}; results.push(app.process(image)); }}
      return (await Promise.all(results)).map((values) => JSON.parse(values.settings).strength);
    }}""")
    assert told == [1, 2]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ("{strength: 21}", "The control 'strength' must be a number from 0 to 20, not 21."),
        ("{strength: NaN}", "The control 'strength' must be a number from 0 to 20, not NaN."),
        ("{fast: 'true'}", "The control 'fast' must be true or false, not 'true'."),
        ("{speed: 1}", "There is no control 'speed'; the app has 'strength', 'fast', 'shape', 'words'."),
    ],
)
def test_a_script_that_sets_what_cannot_be_is_told_and_nothing_is_set(
    site: Site, page: Page, values: str, reason: str
) -> None:
    page.goto(site.url)
    told = page.evaluate(f"""async () => {{
      await {APP}.ready;
      const told = new Promise((resolve) =>
        {APP}.addEventListener("error", ({{detail}}) => resolve(detail.message)));
      {APP}.values = {{shape: "square", ...{values}}};
      return told;
    }}""")
    assert told == reason
    assert page.evaluate(f"{APP}.values") == FIRST


def test_the_address_sets_them_before_the_first_frame(site: Site, page: Page) -> None:
    page.goto(f"{site.url}?strength=2.5&fast=true&words=a%26b&utm_source=mail")
    expect(page.get_by_role("slider", name="Strength")).to_have_value("2.5")
    press(page, "Astronaut")
    shown(page, 1)
    assert fed(page) == {"strength": 2.5, "fast": True, "shape": "round", "words": "a&b"}
    expect(page.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("strength=99", "The control 'strength' must be a number from 0 to 20, not 99."),
        ("strength=", "The control 'strength' must be a number from 0 to 20, not ''."),
        ("shape=oval", "The control 'shape' must be one of 'round', 'square', not 'oval'."),
    ],
)
def test_an_address_that_sets_what_cannot_be_is_told_and_the_rest_is_taken(
    site: Site, page: Page, query: str, reason: str
) -> None:
    page.goto(f"{site.url}?{query}&words=kept")
    expect(page.get_by_role("alert")).to_contain_text(reason)
    expect(page.get_by_role("textbox", name="Words")).to_have_value("kept")
    press(page, "Astronaut")
    shown(page, 1)
    assert fed(page) == {**FIRST, "words": "kept"}


def test_what_other_sites_append_to_the_address_is_let_be(site: Site, page: Page) -> None:
    page.goto(f"{site.url}?ref=newsletter&s=09&words=kept")
    expect(page.get_by_role("textbox", name="Words")).to_have_value("kept")
    press(page, "Astronaut")
    shown(page, 1)
    expect(page.get_by_role("alert")).to_be_hidden()
    assert fed(page) == {**FIRST, "words": "kept"}


@pytest.mark.parametrize("running", [False, True])
def test_a_value_that_was_refused_stops_nothing_and_its_message_can_be_closed(
    site: Site, page: Page, running: bool
) -> None:
    page.goto(site.url)
    if running:
        press(page, "Camera")
        until(page, f"{APP}.stats.framesShown > 0")
    page.evaluate(f"{APP}.values = {{strength: 99}}")
    press(page, "Close")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.get_by_role("button", name="Stop" if running else "Start", exact=True)).to_be_visible()


def test_a_copied_link_restores_the_settings(site: Site, visit: Visit) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site.url}?backend=litert-wasm&fast=true")
    page.get_by_role("slider", name="Strength").fill("3.5")
    page.get_by_role("checkbox", name="Fast").uncheck()
    press(page, "Copy link")
    expect(page.get_by_text("The address with these settings is copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{site.url}?backend=litert-wasm&strength=3.5"
    page.goto(link)
    expect(page.get_by_role("slider", name="Strength")).to_have_value("3.5")


def test_a_link_names_no_build_and_so_leads_to_the_newest(site: Site, page: Page) -> None:
    built = site.folder / "index.html"
    built.write_text(built.read_text().replace('src="./"', 'src="./?build=0123456789abcdef"'))
    page.goto(f"{site.url}?strength=3")
    expect(page.get_by_role("slider", name="Strength")).to_have_value("3")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    press(page, "Copy link")
    expect(page.get_by_text(f"Copy this address: {site.url}?strength=3", exact=True)).to_be_visible()


def test_a_widgets_link_leads_to_the_apps_own_page(site: Site, page: Page) -> None:
    html = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="{0}/widget.js"></script>'
    element = '<pywebml-app src="{0}/" controls values="strength=3&amp;shape=square"></pywebml-app>'
    (site.folder.parent / "own.html").write_text((html + element).format(site.folder.name))
    page.goto(site.url.removesuffix(f"{site.folder.name}/") + "own.html?strength=7")
    expect(page.get_by_role("slider", name="Strength")).to_have_value("3")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    press(page, "Copy link")
    expect(page.get_by_text(f"Copy this address: {site.url}?strength=3&shape=square")).to_be_visible()


def test_reset_shows_what_was_at_first(site: Site, page: Page) -> None:
    page.goto(f"{site.url}?strength=2&words=x")
    press(page, "Astronaut")
    shown(page, 1)
    press(page, "Reset")
    shown(page, 2)
    assert fed(page) == FIRST
    expect(page.get_by_role("textbox", name="Words")).to_have_value("hello")


def test_an_app_without_controls_shows_none(site: Site, page: Page) -> None:
    file = site.folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "controls": []}))
    page.goto(site.url)
    expect(page.get_by_role("button", name="Astronaut")).to_be_visible()
    for name in ("Reset", "Copy link"):
        expect(page.get_by_role("button", name=name)).to_be_hidden()
    expect(page.get_by_role("group", name="Settings")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_are_legible_in_both_colour_schemes(site: Site, page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(site.url)
    press(page, "Astronaut")
    shown(page, 1)
    for selector in (
        ".setting label",
        ".setting output",
        ".setting select",
        ".setting input[type=text]",
        ".facts dt",
    ):
        assert page.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector


def test_on_a_phone_they_need_no_sideways_scrolling_and_are_large_enough_to_touch(
    site: Site, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(site.url)
    expect(page.get_by_role("slider", name="Strength")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    heights = page.locator(".setting").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert min(heights) >= 44
    context.close()
