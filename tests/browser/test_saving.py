"""What is shown as files: a picture, and a recording while it runs."""

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, until
from tests.browser.test_page import STATS, press, status

APP = "document.querySelector('pywebml-app')"


def test_a_picture_is_saved_as_it_is_shown(site: Site, page: Page, tmp_path: Path) -> None:
    page.goto(site.url)
    expect(page.get_by_role("button", name="Save picture")).to_be_disabled()
    press(page, "Astronaut")
    expect(status(page)).to_have_text("Done")
    with page.expect_download() as download:
        press(page, "Save picture")
    assert download.value.suggested_filename == "result.png"
    saved = np.asarray(Image.open(download.value.path()).convert("RGB")).astype(int)
    original: Any = skimage.data.astronaut()  # type: ignore[no-untyped-call]
    # The sample is a JPEG.
    assert np.abs(saved - original).mean() < 5


def test_a_script_saves_the_picture_that_process_gave(site: Site, page: Page) -> None:
    page.goto(site.url)
    saved = page.evaluate(f"""async () => {{
      const refused = await {APP}.save().catch((error) => error.message);
      const image = new ImageData(4, 3);
      image.data.fill(255);
      await {APP}.process(image);
      const blob = await {APP}.save(null);
      return [refused, blob.type, [...new Uint8Array(await blob.arrayBuffer())]];
    }}""")
    assert saved[:2] == ["Nothing is shown yet that could be saved; choose a source first.", "image/png"]
    pixels = np.asarray(Image.open(io.BytesIO(bytes(saved[2]))).convert("RGB"))
    assert pixels.shape == (3, 4, 3)
    assert (pixels == 255).all()


def test_what_runs_is_recorded_until_the_visitor_ends_it(site: Site, page: Page) -> None:
    page.goto(site.url)
    expect(page.get_by_role("button", name="Record")).to_be_disabled()
    press(page, "Camera")
    until(page, f"{STATS}.framesShown > 2")
    press(page, "Record")
    more_frames(page, 20)
    assert page.get_by_role("button", name="Stop recording").get_attribute("aria-pressed") is None
    with page.expect_download() as download:
        press(page, "Stop recording")
    expect(page.get_by_role("button", name="Record")).to_be_enabled()
    assert download.value.suggested_filename in ("result.mp4", "result.webm")
    assert frames(download.value.path()) >= 10


def test_a_recording_ends_with_its_source(site: Site, page: Page) -> None:
    page.goto(site.url)
    press(page, "Camera")
    until(page, f"{STATS}.framesShown > 2")
    press(page, "Record")
    more_frames(page, 5)
    with page.expect_download() as download:
        press(page, "Stop")
    assert frames(download.value.path()) >= 1
    expect(page.get_by_role("button", name="Record")).to_be_disabled()


def test_a_script_is_given_the_film(site: Site, page: Page) -> None:
    page.goto(site.url)
    press(page, "Camera")
    until(page, f"{STATS}.framesShown > 2")
    page.evaluate(f"() => {{ window.end = {APP}.record(null); }}")
    more_frames(page, 20)
    kind, size = page.evaluate("window.end().then((film) => [film.type.split('/')[0], film.size])")
    assert kind == "video"
    assert size > 1000


def test_a_browser_that_cannot_record_says_so_and_goes_on(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.evaluate("() => { delete window.MediaRecorder; }")
    press(page, "Camera")
    until(page, f"{STATS}.framesShown > 2")
    press(page, "Record")
    expect(page.get_by_role("alert")).to_contain_text(
        "The film cannot be recorded (this browser has no MediaRecorder)"
    )
    more_frames(page, 2)


def more_frames(page: Page, count: int) -> None:
    """Waits until more frames than these have been shown."""
    shown = page.evaluate(f"{STATS}.framesShown")
    until(page, f"{STATS}.framesShown > {shown + count}")


def frames(film: Path) -> int:
    with av.open(film) as container:
        return sum(1 for _ in container.decode(video=0))
