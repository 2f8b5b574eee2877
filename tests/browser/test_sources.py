"""What the page says of a source that cannot be opened; each is one sentence, and other sources still work."""

import json
import shutil
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import WEB, Site, Visit, until
from tests.browser.plugs import PLUGS
from tests.hostile import flip

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


@pytest.fixture(params=["camera", "microphone"])
def device(request: pytest.FixtureRequest, site: Site) -> str:
    """What the site's app takes its input from."""
    kind: str = request.param
    if kind == "microphone":
        take_sound(site)
    return kind


def take_sound(site: Site) -> None:
    """Makes the site's app one that takes sound."""
    manifest = site.folder / "manifest.json"
    audio = {"sample_rate": 16000, "window": 1600, "hop": 1600, "channels": 1}
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"audio": audio}))
    shutil.copy(WEB / "audio_worklet.js", site.folder)


@pytest.fixture
def running(site: Site, page: Page, device: str) -> Page:
    """The page, in which the device runs."""
    page.add_init_script(PLUGS)
    page.goto(site.url)
    press(page, device.capitalize())
    expect(page.locator(".words")).to_have_text("Running")
    return page


def id_of(device: str, page: Page) -> Any:
    """The device's own id: a microphone's track tells "default", as most do."""
    return "headset" if device == "microphone" else page.evaluate("window.track.getSettings().deviceId")


def test_what_is_plugged_in_again_runs_again_by_itself_and_no_other_one(running: Page, device: str) -> None:
    chosen = id_of(device, running)
    running.evaluate("window.pull()")
    expect(running.locator(".words")).to_have_text(f"Waiting for the {device}")
    expect(alert(running)).to_contain_text(
        f"The {device} was disconnected or taken away; connect it and try again."
    )
    running.evaluate("(window.plugAnother(), window.settled())")
    expect(running.locator(".words")).to_have_text(f"Waiting for the {device}")
    running.evaluate("window.plug()")
    expect(running.locator(".words")).to_have_text("Running")
    expect(alert(running)).to_be_hidden()
    assert running.evaluate("window.asked") == [None, {"exact": chosen}]
    until(running, "window.track.readyState === 'live'")


def test_it_is_waited_for_after_trying_again_in_vain_too(running: Page, device: str) -> None:
    chosen = id_of(device, running)
    running.evaluate("window.pull()")
    for tries in (2, 3):
        expect(running.locator(".words")).to_have_text(f"Waiting for the {device}")
        press(running, "Try again")
        expect(alert(running)).to_contain_text(f"No {device} was found")
        expect(running.locator(".words")).to_have_text(f"Waiting for the {device}")
        assert running.evaluate("window.asked.length") == tries
    running.evaluate("window.plug()")
    expect(running.locator(".words")).to_have_text("Running")
    expect(alert(running)).to_be_hidden()
    assert running.evaluate("window.asked.at(-1)") == {"exact": chosen}


@pytest.mark.parametrize("tries", [0, 1])
def test_it_is_no_longer_waited_for_after_stop(running: Page, device: str, tries: int) -> None:
    running.evaluate("window.pull()")
    expect(running.locator(".words")).to_have_text(f"Waiting for the {device}")
    for _ in range(tries):
        press(running, "Try again")
        expect(alert(running)).to_contain_text(f"No {device} was found")
        expect(running.locator(".words")).to_have_text(f"Waiting for the {device}")
    press(running, "Stop")
    expect(running.locator(".words")).to_have_text("Stopped by an error")
    running.evaluate("(window.plug(), window.settled())")
    expect(running.locator(".words")).to_have_text("Stopped by an error")
    assert running.evaluate("window.asked.length") == 1 + tries


@pytest.mark.parametrize("device", ["camera"], indirect=True)
def test_a_camera_is_no_longer_waited_for_once_an_image_is_chosen(running: Page) -> None:
    running.evaluate("window.pull()")
    expect(running.locator(".words")).to_have_text("Waiting for the camera")
    press(running, "Astronaut")
    expect(running.locator(".words")).to_have_text("Done")
    running.evaluate("(window.plug(), window.settled())")
    expect(running.locator(".words")).to_have_text("Done")
    assert running.evaluate("window.asked.length") == 1


@pytest.mark.parametrize("device", ["microphone"], indirect=True)
@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_what_listens_to_the_microphone_is_named_where_it_is(
    site: Site, visit: Visit, device: str, damage: str
) -> None:
    visit.allowed = ("404", "audio_worklet.js")
    script = site.folder / "audio_worklet.js"
    data = script.read_bytes()
    script.unlink()
    if damage == "altered":
        script.write_bytes(flip(data))
    visit.page.goto(site.url)
    press(visit.page, device.capitalize())
    expect(alert(visit.page)).to_contain_text("audio_worklet.js' is missing or damaged")


def test_what_was_taken_away_but_not_pulled_out_does_not_run_again_by_itself(running: Page) -> None:
    running.evaluate("(window.lose(), window.settled())")
    expect(running.locator(".words")).to_have_text("Stopped by an error")
    running.evaluate("(window.plug(), window.settled())")
    assert running.evaluate("window.asked.length") == 1


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
