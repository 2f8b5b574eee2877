"""The built site's page, as a visitor meets it; its worker follows a script (scripted_worker.js)."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.conftest import Site, Visit, until, workers

FACE = {
    "label": "face",
    "score": 0.91,
    "box": {"xmin": 0.4, "ymin": 0.1, "width": 0.2, "height": 0.2},
    "keypoints": [],
}
RAISES = {
    "name": "CalculatorError",
    "message": "The calculator 'largest_face' failed at timestamp 0: IndexError: list index out of range.",
    "stack": 'Traceback (most recent call last):\n  File "app.py", line 12, in largest_face\nIndexError',
}
DROP = """([type, name, mime, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, {type: mime}));
  document.body.dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""
SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""
STATS = "document.querySelector('pywebml-app').stats"


def encoded(width: int, height: int, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (10, 120, 200)).save(file, form)
    return file.getvalue()


def picture(name: str, content: bytes, kind: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, button: str, file: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        press(page, button)
    chooser.value.set_files(file)


def status(page: Page) -> Any:
    return page.locator(".words")


def canvas(page: Page) -> Any:
    return page.get_by_role("img", name="The processed picture")


def size_of(page: Page) -> tuple[int, int]:
    """The canvas's size in pixels, as the worker has set it, which comes to the page a moment after the result."""
    drawn = "document.querySelector('pywebml-app').shadowRoot.querySelector('canvas')"
    until(page, f"`${{{drawn}.width}} x ${{{drawn}.height}}` !== '300 x 150'")
    width, height = canvas(page).evaluate("canvas => [canvas.width, canvas.height]")
    return width, height


def test_a_camera_is_shown_until_it_is_stopped(site: Site, page: Page) -> None:
    page.goto(site.url)
    press(page, "Camera")
    expect(status(page)).to_have_text("Running")
    expect(canvas(page)).to_be_visible()
    expect(page.locator(".numbers")).to_contain_text("frames/s")
    expect(page.locator(".numbers")).to_contain_text("litert-wasm")
    press(page, "Stop")
    expect(status(page)).to_have_text("Ready")
    shown = page.evaluate(f"{STATS}.framesShown")
    page.wait_for_timeout(300)
    assert page.evaluate(f"{STATS}.framesShown") - shown <= 1
    press(page, "Start")
    expect(status(page)).to_have_text("Running")
    until(page, f"{STATS}.framesShown > {shown + 3}")


def test_a_sample_is_shown_at_its_own_size(site: Site, page: Page) -> None:
    page.goto(site.url)
    press(page, "Astronaut")
    expect(status(page)).to_have_text("Done")
    assert size_of(page) == (512, 512)


def test_an_image_file_is_shown(site: Site, page: Page) -> None:
    page.goto(site.url)
    choose(page, "Image…", picture("blue.png", encoded(60, 40)))
    expect(status(page)).to_have_text("Done")
    assert size_of(page) == (60, 40)


def test_a_video_file_runs(site: Site, page: Page, clip: bytes) -> None:
    page.goto(site.url)
    choose(page, "Video…", picture("clip.webm", clip, "video/webm"))
    expect(status(page)).to_have_text("Running")
    until(page, f"{STATS}.framesShown > 5")
    assert size_of(page) == (320, 240)


def test_a_file_may_be_dropped_anywhere(site: Site, page: Page) -> None:
    page.goto(site.url)
    content = list(encoded(30, 20))
    page.evaluate(DROP, ["dragover", "blue.png", "image/png", content])
    expect(page.locator("html.dropping")).to_be_attached()
    page.evaluate(DROP, ["drop", "blue.png", "image/png", content])
    expect(status(page)).to_have_text("Done")
    expect(page.locator("html.dropping")).not_to_be_attached()
    assert size_of(page) == (30, 20)


def test_everything_can_be_done_from_the_keyboard(site: Site, page: Page) -> None:
    page.goto(site.url)
    expect(page.get_by_role("button", name="Astronaut")).to_be_visible()
    focused = "document.querySelector('pywebml-app').shadowRoot.activeElement"
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.evaluate(f"{focused}.textContent.trim()"))
        assert page.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
    assert names == ["Camera", "Screen", "Image…", "Video…", "Folder…", "Astronaut"]
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("Done")


def test_an_image_of_one_pixel_works(site: Site, page: Page) -> None:
    page.goto(site.url)
    choose(page, "Image…", picture("dot.png", encoded(1, 1)))
    expect(status(page)).to_have_text("Done")
    assert size_of(page) == (1, 1)


def test_an_image_of_48_megapixels_is_scaled_down_and_the_page_says_so(site: Site, page: Page) -> None:
    page.goto(site.url)
    choose(page, "Image…", picture("large.jpg", encoded(8000, 6000, "JPEG"), "image/jpeg"))
    expect(status(page)).to_have_text("Done")
    width, height = size_of(page)
    assert width * height <= 16_000_000
    assert width / height == pytest.approx(4 / 3, abs=1e-3)
    expect(page.get_by_text(f"8000 \u00d7 6000 pixels is processed at {width} \u00d7 {height}")).to_be_visible()


def test_a_photograph_turned_by_its_exif_is_shown_upright(site: Site, page: Page, tmp_path: Path) -> None:
    turned = Image.fromarray(skimage.data.chelsea())  # type: ignore[no-untyped-call]
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    page.goto(site.url)
    choose(page, "Image…", picture("turned.jpg", (tmp_path / "turned.jpg").read_bytes(), "image/jpeg"))
    expect(status(page)).to_have_text("Done")
    assert size_of(page) == (turned.height, turned.width)


def test_the_status_line_names_each_loading_stage_and_how_far_it_is(site: Site, page: Page) -> None:
    site.script(stages=[{"stage": "model", "detail": "", "loaded": 120_000, "total": 249_000}], stall=True)
    page.goto(site.url)
    expect(status(page)).to_have_text("Loading the model, 120 of 249 KB")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "48")
    expect(bar).to_have_attribute("aria-valuetext", "Loading the model, 120 of 249 KB")


def test_frames_flow_while_python_starts_and_the_page_says_what_is_missing(site: Site, page: Page) -> None:
    site.script(pythonMs=None, pending=["largest_face"])
    page.goto(site.url)
    press(page, "Camera")
    expect(status(page)).to_have_text("Python is starting: 'largest_face' is not shown yet")
    until(page, f"{STATS}.framesShown > 3")
    assert page.evaluate(f"{STATS}.pending") == ["largest_face"]


def test_a_still_is_processed_once_more_when_python_is_there(site: Site, page: Page) -> None:
    site.script(pythonMs=1000, pending=["largest_face"])
    page.goto(site.url)
    press(page, "Astronaut")
    expect(status(page)).to_contain_text("'largest_face' is not shown yet")
    expect(status(page)).to_have_text("Done")
    assert page.evaluate(f"[{STATS}.framesShown, {STATS}.pending.length]") == [2, 0]


def test_outputs_that_are_no_images_are_listed(site: Site, page: Page) -> None:
    site.script(values={"faces": [FACE], "count": 1})
    page.goto(site.url)
    press(page, "Astronaut")
    expect(page.locator(".facts div")).to_have_text(["count1"])
    page.get_by_text("Results", exact=True).click()
    results = page.get_by_label("Results of the last frame")
    expect(results.locator("caption")).to_have_text("faces")
    expect(results.locator("th")).to_have_text(["label", "score", "x", "y", "width", "height"])
    expect(results.locator("td")).to_have_text(["face", "91.0 %", "0.400", "0.100", "0.200", "0.200"])


def test_a_calculator_that_raises_is_shown_with_its_traceback(site: Site, page: Page) -> None:
    site.script(frame="fail", failure=RAISES)
    page.goto(site.url)
    press(page, "Camera")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(RAISES["message"])
    expect(status(page)).to_have_text("Stopped by an error")
    alert.get_by_text("Details", exact=True).click()
    expect(alert.get_by_text('File "app.py", line 12, in largest_face')).to_be_visible()
    expect(alert.get_by_role("button", name="Try again")).to_be_visible()


def test_a_calculator_that_never_returns_is_named_and_the_page_recovers(site: Site, page: Page) -> None:
    site.script(frame="hang")
    page.goto(site.url)
    press(page, "Camera")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The calculator 'largest_face' has not returned for 10 s")
    workers(page, 0)
    site.script()
    press(page, "Try again")
    expect(alert).to_be_hidden()
    expect(status(page)).to_have_text("Running")
    until(page, f"{STATS}.framesShown > 3")


def test_a_stage_that_stalls_is_named(site: Site, page: Page) -> None:
    site.script(stages=[{"stage": "packages", "detail": "numpy", "loaded": 1, "total": 9}], stall=True)
    page.clock.install()
    page.goto(site.url)
    expect(status(page)).to_contain_text("numpy")
    page.clock.run_for(61_000)
    words = "Loading Python's packages ('numpy') has made no progress for 60 s"
    expect(page.get_by_role("alert")).to_contain_text(words)


@pytest.mark.parametrize("name", ["LoadError", "ModelError"])
def test_an_app_that_cannot_be_loaded_says_why_and_can_be_tried_again(site: Site, page: Page, name: str) -> None:
    message = "The model 'face' is not the one the app was built with (sha256 differs); build the app again."
    site.script(fatalError={"name": name, "message": message, "stack": ""})
    page.goto(site.url)
    expect(page.get_by_role("alert")).to_contain_text(message)
    site.script()
    press(page, "Try again")
    expect(status(page)).to_have_text("Ready")


def test_a_worker_that_dies_is_replaced_by_try_again(site: Site, visit: Visit) -> None:
    page = visit.page
    site.script(frame="die")
    page.goto(site.url)
    press(page, "Astronaut")
    expect(page.get_by_role("alert")).to_contain_text(
        "The worker that runs the graph died (Uncaught Error: out of memory)"
    )
    site.script()
    press(page, "Try again")
    expect(status(page)).to_have_text("Done")


def test_a_worker_that_is_missing_is_named(site: Site, visit: Visit) -> None:
    visit.allowed = ("404",)
    (site.folder / "worker.js").unlink()
    visit.page.goto(site.url)
    expect(visit.page.get_by_role("alert")).to_contain_text("worker.js' could not be loaded")


def test_a_manifest_that_is_damaged_is_named(site: Site, page: Page) -> None:
    (site.folder / "manifest.json").write_text("{")
    page.goto(site.url)
    expect(page.get_by_role("alert")).to_contain_text("manifest.json' is no manifest of a built app")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_both_colour_schemes(site: Site, page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(site.url)
    expect(status(page)).to_have_text("Ready")
    for selector in ("h1", "header p", "footer", ".words", ".poster", "[data-pick=camera]", "button.main"):
        assert page.locator(selector).evaluate(CONTRAST) >= 4.5, selector


def test_the_loading_line_says_what_is_next(site: Site, page: Page) -> None:
    site.script(stages=[{"stage": "model", "detail": "", "loaded": 120_000, "total": 249_000}], stall=True)
    file = site.folder / "manifest.json"
    python = {"packages": [{"name": "numpy"}], "snapshot": None}
    file.write_text(json.dumps({**json.loads(file.read_text()), "models": {"face": {}}, "python": python}))
    page.goto(site.url)
    line = "Loading the model, 120 of 249 KB, then Python and numpy"
    expect(status(page)).to_have_text(line)
    expect(page.locator(".bar")).to_have_attribute("aria-valuetext", line)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_bar_of_unknown_length_moves_only_where_motion_is_wanted(site: Site, page: Page, motion: Any) -> None:
    site.script(stages=[{"stage": "engine", "detail": "", "loaded": 0, "total": 0}], stall=True)
    page.emulate_media(reduced_motion=motion)
    page.goto(site.url)
    expect(status(page)).to_have_text("Starting the engine")
    name = page.locator(".bar div").evaluate("bar => getComputedStyle(bar).animationName")
    assert name == ("none" if motion == "reduce" else "slide")


def test_a_phone_needs_no_sideways_scrolling(site: Site, browser: Browser) -> None:
    site.script(frame="fail", failure={**RAISES, "message": "x" * 200})
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(site.url)
    press(page, "Astronaut")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    heights: Callable[[str], list[float]] = page.locator("button:visible").evaluate_all
    assert min(heights("buttons => buttons.map(button => button.getBoundingClientRect().height)")) >= 44
    context.close()


@pytest.mark.parametrize("width", [360, 600, 1000])
def test_nothing_moves_while_the_page_loads(site: Site, page: Page, width: int) -> None:
    stages = [{"stage": "model", "detail": "", "loaded": part * 1000, "total": 9000} for part in range(9)]
    site.script(stages=stages)
    # All of the page is to be seen: what moves outside is not counted.
    page.set_viewport_size({"width": width, "height": 1200})
    page.goto(site.url)
    expect(status(page)).to_have_text("Ready")
    assert page.evaluate(SHIFT) == 0


# WCAG 2.2: relative luminance, and the ratio of the lighter to the darker.
CONTRAST = """element => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const pixel = (...colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const fills = [];
  for (let at = element; at; at = at.parentElement ?? at.getRootNode().host)
    fills.unshift(getComputedStyle(at).backgroundColor);
  const back = luminance(pixel(...fills));
  const text = luminance(pixel(...fills, getComputedStyle(element).color));
  return (Math.max(back, text) + 0.05) / (Math.min(back, text) + 0.05);
}"""
