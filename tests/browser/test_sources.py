"""What the page says of a source that cannot be opened; each is one sentence, and other sources still work."""

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Site, Visit, until

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"cut off"
CUT = b"\x1aE\xdf\xa3" + b"no more of a WebM file than its first four bytes"


def alert(page: Page) -> Any:
    return page.get_by_role("alert")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, button: str, name: str, kind: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": kind, "buffer": content}
    with page.expect_file_chooser() as chooser:
        press(page, button)
    chooser.value.set_files(file)


def refuse_camera(page: Page, name: str) -> None:
    """A browser without a camera, or with one in use, cannot be had on demand; only what it throws can."""
    page.add_init_script(
        f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'))"
    )


def test_a_camera_that_is_denied_says_where_to_allow_it(site: Site, visit: Visit) -> None:
    visit.allowed = ("Permissions policy",)
    site.headers["Permissions-Policy"] = "camera=()"
    visit.page.goto(site.url)
    press(visit.page, "Camera")
    expect(alert(visit.page)).to_contain_text("This page may not use the camera; allow it with the icon")


@pytest.mark.parametrize(
    ("name", "words"),
    [("NotFoundError", "No camera was found"), ("NotReadableError", "in use by another program")],
)
def test_a_camera_that_cannot_be_had_says_why(site: Site, page: Page, name: str, words: str) -> None:
    refuse_camera(page, name)
    page.goto(site.url)
    press(page, "Camera")
    expect(alert(page)).to_contain_text(words)


def keep_stream(page: Page, method: str) -> None:
    """Has the page keep, as `stream`, what this method of `navigator.mediaDevices` gives."""
    page.add_init_script(f"""
      const open = navigator.mediaDevices.{method}.bind(navigator.mediaDevices);
      navigator.mediaDevices.{method} = async (wanted) => (window.stream = await open(wanted));
    """)


def test_a_camera_that_is_pulled_out_says_so(site: Site, page: Page) -> None:
    keep_stream(page, "getUserMedia")
    page.goto(site.url)
    press(page, "Camera")
    expect(page.locator(".words")).to_have_text("Running")
    page.evaluate("window.stream.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(alert(page)).to_contain_text("The camera was disconnected")
    assert page.evaluate("window.stream.getTracks()[0].readyState") == "ended"


PLUGS = """(() => {
  const {mediaDevices} = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const list = mediaDevices.enumerateDevices.bind(mediaDevices);
  window.asked = [];
  mediaDevices.getUserMedia = async (wanted) => {
    window.asked.push(wanted.video.deviceId ?? null);
    [window.track] = (window.stream = await open(wanted)).getTracks();
    return window.stream;
  };
  let others = null;
  mediaDevices.enumerateDevices = async () => others ?? list();
  const change = (cameras) => {
    others = cameras;
    mediaDevices.dispatchEvent(new Event("devicechange"));
  };
  window.lose = () => window.track.dispatchEvent(new Event("ended"));
  window.pull = () => { change([]); window.lose(); };
  window.plugAnother = () => change([{kind: "videoinput", deviceId: "another"}]);
  window.plug = () => change(null);
  // Longer than the page takes to look which cameras there are.
  window.settled = () => new Promise((resolve) => setTimeout(resolve, 500));
})()"""
"""No browser has a camera that a test can pull out: what it tells the page of that is played."""


@pytest.fixture
def camera(site: Site, page: Page) -> Page:
    """The page, in which a camera runs."""
    page.add_init_script(PLUGS)
    page.goto(site.url)
    press(page, "Camera")
    expect(page.locator(".words")).to_have_text("Running")
    return page


def test_a_camera_that_is_plugged_in_again_runs_again_by_itself_and_no_other_one(camera: Page) -> None:
    chosen = camera.evaluate("window.track.getSettings().deviceId")
    camera.evaluate("window.pull()")
    expect(camera.locator(".words")).to_have_text("Waiting for the camera")
    expect(alert(camera)).to_contain_text("The camera was disconnected")
    camera.evaluate("(window.plugAnother(), window.settled())")
    expect(camera.locator(".words")).to_have_text("Waiting for the camera")
    camera.evaluate("window.plug()")
    expect(camera.locator(".words")).to_have_text("Running")
    expect(alert(camera)).to_be_hidden()
    assert camera.evaluate("window.asked") == [None, {"exact": chosen}]
    until(camera, "window.track.readyState === 'live'")


@pytest.mark.parametrize(("button", "words"), [("Stop", "Stopped by an error"), ("Astronaut", "Done")])
def test_a_camera_is_no_longer_waited_for_after(camera: Page, button: str, words: str) -> None:
    camera.evaluate("window.pull()")
    expect(camera.locator(".words")).to_have_text("Waiting for the camera")
    press(camera, button)
    expect(camera.locator(".words")).to_have_text(words)
    camera.evaluate("(window.plug(), window.settled())")
    expect(camera.locator(".words")).to_have_text(words)
    assert camera.evaluate("window.asked.length") == 1


def test_a_camera_that_was_taken_away_but_not_pulled_out_does_not_run_again_by_itself(camera: Page) -> None:
    camera.evaluate("(window.lose(), window.settled())")
    expect(camera.locator(".words")).to_have_text("Stopped by an error")
    camera.evaluate("(window.plug(), window.settled())")
    assert camera.evaluate("window.asked.length") == 1


def test_an_image_that_is_cut_off_says_so_and_the_next_source_works(site: Site, page: Page) -> None:
    page.goto(site.url)
    choose(page, "Image…", "holiday.jpg", "image/jpeg", JPEG)
    expect(alert(page)).to_contain_text("The image 'holiday.jpg' cannot be decoded: it is damaged or cut off")
    press(page, "Astronaut")
    expect(alert(page)).to_be_hidden()
    expect(page.locator(".words")).to_have_text("Done")


def test_a_video_that_cannot_be_decoded_says_what_to_convert_it_to(site: Site, page: Page) -> None:
    page.goto(site.url)
    choose(page, "Video…", "clip.webm", "video/webm", CUT)
    expect(alert(page)).to_contain_text("The video 'clip.webm' cannot be decoded by this browser; convert it")


def test_a_file_that_is_neither_says_what_to_choose(site: Site, page: Page) -> None:
    page.goto(site.url)
    choose(page, "Image…", "notes.txt", "text/plain", b"hello")
    expect(alert(page)).to_contain_text("'notes.txt' is neither an image nor a video; choose a JPEG, PNG")


def test_a_file_that_is_empty_says_so(site: Site, page: Page) -> None:
    page.goto(site.url)
    choose(page, "Image…", "empty.png", "image/png", b"")
    expect(alert(page)).to_contain_text("The file 'empty.png' is empty")


def test_an_address_that_is_not_there_says_so(site: Site, visit: Visit) -> None:
    visit.allowed = ("404",)
    page = visit.page
    page.goto(site.url)
    page.evaluate("document.querySelector('pywebml-app').setAttribute('source', 'nowhere.jpg')")
    expect(alert(page)).to_contain_text("'nowhere.jpg' could not be fetched (HTTP 404)")


def test_an_address_that_is_none_says_so(site: Site, page: Page) -> None:
    page.goto(site.url)
    page.evaluate("document.querySelector('pywebml-app').setAttribute('source', 'javascript:alert(1)')")
    expect(alert(page)).to_contain_text("'javascript:alert(1)' is no address of an image, a video or a sound")


def test_an_address_of_a_video_is_played(site: Site, page: Page, clip: bytes) -> None:
    (site.folder / "clip.webm").write_bytes(clip)
    page.goto(site.url)
    page.evaluate("document.querySelector('pywebml-app').setAttribute('source', 'clip.webm')")
    expect(page.locator(".words")).to_have_text("Running")
    until(page, "document.querySelector('pywebml-app').stats.framesShown > 5")


def test_a_screen_is_shared_until_the_visitor_ends_it(site: Site, page: Page) -> None:
    # Chromium's fake dialogue (--use-fake-ui-for-media-stream) shares the whole screen at once.
    keep_stream(page, "getDisplayMedia")
    page.goto(site.url)
    press(page, "Screen")
    expect(page.locator(".words [role=status]")).to_have_text("Running")
    until(page, "document.querySelector('pywebml-app').stats.framesShown > 1")
    # The browser's own bar is outside the page; this is all that the page hears of it.
    page.evaluate("window.stream.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page.locator(".words [role=status]")).to_have_text("Ready")
    expect(page.locator(".notice")).to_have_text("The screen is no longer shared; press Screen to share it again.")
    expect(alert(page)).to_be_hidden()
    assert page.evaluate("window.stream.getTracks()[0].readyState") == "ended"


def test_a_screen_that_is_not_shared_says_how_to_share_one(site: Site, page: Page) -> None:
    page.add_init_script(
        "navigator.mediaDevices.getDisplayMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    page.goto(site.url)
    press(page, "Screen")
    expect(alert(page)).to_contain_text("The screen was not shared; press Screen again")
