"""Videos exported frame by frame, and folders of images processed into a zip, in real sites."""

import base64
import io
import json
import zipfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import PIL.Image
import pytest
from playwright.sync_api import Error, Locator, Page, expect

from conftest import OpenExample
from pyweb_ml.apps import load_app
from pyweb_ml.runner import run_file
from pyweb_ml.runner.video import read_video
from tests.browser.conftest import until
from tests.visiting import AppPage

BLUR = """
import pyweb_ml as pw

@pw.app(title="Blur")
def app(frame: pw.Image) -> pw.Image:
    return pw.gaussian_blur(frame, sigma=3)
"""
FRAMES = 23
RATE = 20
SIZE = (162, 121)
"""Odd on purpose: encoders want even sizes."""
CLOCK = Fraction(1, 1000)


def frame(index: int) -> Any:
    """A bar on grey whose place says which frame it is."""
    width, height = SIZE
    pixels = np.full((height, width, 3), 90, np.uint8)
    pixels[:, index * 6 : index * 6 + 12] = (230, 200, 40)
    return pixels


def written(path: Path, times: list[int], *, sound: bool = False) -> Path:
    """A VP9 film of the frames at these times, in milliseconds; with a second of Opus."""
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("libvpx-vp9", options={"crf": "20", "b": "0"})
        video.width, video.height, video.pix_fmt = 162, 121, "yuv420p"
        video.codec_context.time_base = CLOCK
        audio: Any = container.add_stream("libopus", rate=48000) if sound else None
        for index, at in enumerate(times):
            picture = av.VideoFrame.from_ndarray(frame(index), format="rgb24")
            picture.pts, picture.time_base = at, CLOCK
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        if audio:
            container.mux(audio.encode(hum()))
            container.mux(audio.encode(None))
    return path


def hum() -> Any:
    samples = np.sin(np.arange(48000) * 2 * np.pi * 440 / 48000).astype(np.float32)[None]
    sound = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
    sound.sample_rate, sound.pts = 48000, 0
    return sound


EXPORT = """async ({bytes, name}) => {
  const raw = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
  const app = document.querySelector("pywebml-app");
  const told = [];
  const progress = ({done, total}) => told.push([done, total]);
  const made = await app.exportVideo(new File([raw], name), {name: null, progress});
  let text = "";
  for (const one of new Uint8Array(await made.file.arrayBuffer())) text += String.fromCharCode(one);
  return {frames: made.frames, name: made.file.name, notice: made.notice, told, bytes: btoa(text)};
}"""


def exported(app: AppPage, film: Path, folder: Path) -> tuple[dict[str, Any], Path]:
    """What the element says of the export, and the new film."""
    bytes = base64.b64encode(film.read_bytes()).decode()
    said: dict[str, Any] = app.page.evaluate(EXPORT, {"bytes": bytes, "name": film.name})
    path = folder / said["name"]
    path.write_bytes(base64.b64decode(said.pop("bytes")))
    return said, path


@pytest.fixture
def blur(write_app: Any, open_example: OpenExample) -> AppPage:
    return open_example(write_app(BLUR))


def test_every_frame_of_a_video_is_exported_at_its_time(blur: AppPage, tmp_path: Path) -> None:
    uneven = [index * 50 + (index % 3) * 7 for index in range(FRAMES)]
    film = written(tmp_path / "clip.webm", uneven)
    said, path = exported(blur, film, tmp_path)
    assert said["frames"] == FRAMES
    assert said["told"] == [[done, FRAMES] for done in range(FRAMES + 1)]
    assert said["notice"] == ""
    assert [round(at / 1000) for at, _ in read_video(path)] == uneven


def test_exported_frames_are_those_of_the_desktop(blur: AppPage, write_app: Any, tmp_path: Path) -> None:
    film = written(tmp_path / "clip.webm", [index * 50 for index in range(FRAMES)])
    _, path = exported(blur, film, tmp_path)
    run_file(load_app(str(write_app(BLUR))), film, tmp_path / "desktop.webm")
    pairs = list(zip(read_video(path), read_video(tmp_path / "desktop.webm"), strict=True))
    # Two lossy encoders of two makers: means over a frame, and the bar at its place.
    for (_, ours), (_, theirs) in pairs:
        assert ours.shape == theirs.shape == (120, 162, 4)
        assert np.abs(ours.astype(int) - theirs).mean() < 4


def test_the_sound_of_a_video_is_kept(blur: AppPage, tmp_path: Path) -> None:
    film = written(tmp_path / "clip.webm", [index * 50 for index in range(FRAMES)], sound=True)
    said, path = exported(blur, film, tmp_path)
    assert said["notice"] == ""
    with av.open(str(path)) as container:
        samples = np.concatenate([one.to_ndarray()[0] for one in container.decode(audio=0)])
    assert samples.size / 48000 == pytest.approx(1, abs=0.05)
    assert np.abs(samples).max() > 0.5


def test_a_file_that_is_no_video_cannot_be_exported(blur: AppPage, tmp_path: Path) -> None:
    film = tmp_path / "clip.webm"
    film.write_bytes(b"\x1aE\xdf\xa3 and no more of a film than this")
    with pytest.raises(Error, match=r"'clip\.webm' cannot be decoded by this browser"):
        exported(blur, film, tmp_path)
    expect(blur.page.get_by_role("alert")).to_contain_text("'clip.webm' cannot be decoded")


def test_a_video_that_ends_in_the_middle_cannot_be_exported_as_a_whole(blur: AppPage, tmp_path: Path) -> None:
    film = written(tmp_path / "clip.mp4", [index * 50 for index in range(FRAMES)])
    film.write_bytes(film.read_bytes()[:-900])
    with pytest.raises(Error, match=r"'clip\.mp4' cannot be decoded by this browser"):
        exported(blur, film, tmp_path)


def test_an_export_is_given_up_by_stop(blur: AppPage, tmp_path: Path) -> None:
    film = written(tmp_path / "clip.webm", [index * 50 for index in range(FRAMES)])
    bytes = base64.b64encode(film.read_bytes()).decode()
    outcome = blur.page.evaluate(
        """async (bytes) => {
          const raw = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
          const app = document.querySelector("pywebml-app");
          const progress = ({done}) => { if (done === 3) app.stop(); };
          const export_ = app.exportVideo(new File([raw], "clip.webm"), {name: null, progress});
          return export_.then(() => "done", (error) => error.name);
        }""",
        bytes,
    )
    assert outcome == "AbortError"
    expect(blur.page.locator(".words [role=status]")).to_have_text("Ready")
    expect(blur.page.get_by_role("alert")).to_be_hidden()


PROCESS_FILES = """async (files) => {
  const raw = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const made = files.map(({name, bytes}) => new File([raw(bytes)], name));
  const app = document.querySelector("pywebml-app");
  const told = [];
  const progress = (at) => told.push([at.name, at.done, at.total]);
  const result = await app.processFiles(made, {name: null, progress});
  let text = "";
  for (const one of new Uint8Array(await result.file.arrayBuffer())) text += String.fromCharCode(one);
  return {done: result.done, failures: result.failures, notice: result.notice, told, zip: btoa(text)};
}"""


def png(shade: int) -> bytes:
    target = io.BytesIO()
    PIL.Image.fromarray(np.full((20, 30, 3), shade, np.uint8)).save(target, "PNG")
    return target.getvalue()


def processed(page: Page, files: Sequence[tuple[str, bytes]]) -> tuple[dict[str, Any], zipfile.ZipFile]:
    """What the element says of the files, and the zip."""
    given = [{"name": name, "bytes": base64.b64encode(content).decode()} for name, content in files]
    said: dict[str, Any] = page.evaluate(PROCESS_FILES, given)
    return said, zipfile.ZipFile(io.BytesIO(base64.b64decode(said.pop("zip"))))


WRONG = "The image 'b.png' cannot be decoded: it is damaged or cut off; choose another."


def packet(input: str, at: int) -> dict[str, Any]:
    value = {"width": 30, "height": 20, "file": f"output/{input}"}
    return {"input": input, "timestamp": at, "stream": "output", "value": value}


def test_images_are_processed_in_the_order_of_their_names_and_a_bad_one_is_reported(blur: AppPage) -> None:
    files = [("c.png", png(200)), ("b.png", b"no picture"), ("a.png", png(50)), ("notes.txt", b"no image at all")]
    said, zip = processed(blur.page, files)
    assert said["told"] == [["a.png", 0, 3], ["b.png", 1, 3], ["c.png", 2, 3], ["c.png", 3, 3]]
    assert (said["done"], [one["name"] for one in said["failures"]]) == (2, ["b.png"])
    assert said["notice"] == "1 of 3 images could not be processed: 'b.png'; results.jsonl says why."
    assert zip.testzip() is None
    assert zip.namelist() == ["output/a.png", "output/c.png", "results.jsonl"]
    lines = [json.loads(line) for line in zip.read("results.jsonl").splitlines()]
    assert lines == [packet("a.png", 0), {"input": "b.png", "error": WRONG}, packet("c.png", 66_666)]
    assert np.asarray(PIL.Image.open(zip.open("output/c.png")).convert("RGB")).tolist() == [[[200] * 3] * 30] * 20


def test_files_without_an_image_among_them_are_refused(blur: AppPage) -> None:
    with pytest.raises(Error, match="There are no images among the files"):
        processed(blur.page, [("notes.txt", b"hello")])


FAILS_AT_DARK = """
import pyweb_ml as pw

@pw.calculator
def brightness(frame: pw.Image) -> pw.Number:
    if frame[0, 0, 0] < 100:
        raise ValueError("too dark")
    return float(frame[0, 0, 0])

@pw.app(title="Brightness")
def app(frame: pw.Image) -> pw.Number:
    return brightness(frame)
"""


def test_an_image_at_which_a_calculator_fails_does_not_stop_the_others(
    write_app: Any, open_example: OpenExample
) -> None:
    app = open_example(write_app(FAILS_AT_DARK))
    shades = {"a.png": 50, "b.png": 120, "c.png": 20, "d.png": 130}
    said, zip = processed(app.page, [(name, png(shade)) for name, shade in shades.items()])
    assert [one["name"] for one in said["failures"]] == ["a.png", "c.png"]
    assert [one["failure"]["name"] for one in said["failures"]] == ["CalculatorError"] * 2
    lines = [json.loads(line) for line in zip.read("results.jsonl").splitlines()]
    assert [(line["input"], line.get("value")) for line in lines if "value" in line] == [
        ("b.png", 120),
        ("d.png", 130),
    ]


def test_a_folder_is_chosen_and_its_zip_downloaded(blur: AppPage, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    (folder / "day two").mkdir(parents=True)
    (folder / "one.png").write_bytes(png(10))
    (folder / "day two" / "one.png").write_bytes(png(20))
    with blur.page.expect_download() as download, blur.page.expect_file_chooser() as chooser:
        blur.page.get_by_role("button", name="Folder…").click()
        chooser.value.set_files(folder)
    expect(blur.page.get_by_text("Done: 'results.zip' is saved with your downloads.")).to_be_visible()
    with zipfile.ZipFile(download.value.path()) as zip:
        assert zip.namelist() == ["output/holiday/day two/one.png", "output/holiday/one.png", "results.jsonl"]


def given_up(blur: AppPage, how: str) -> str:
    """Processes twenty images in a script that gives that up at the first in this way; gives the reason's name."""
    name: str = blur.page.evaluate(
        f"""async (text) => {{
          const raw = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
          const type = "image/png";
          const files = Array.from({{length: 20}}, (_, at) => new File([raw], `${{at}}.png`, {{type}}));
          const app = document.querySelector("pywebml-app");
          const given = new AbortController();
          const options = {{signal: given.signal, progress: () => {how}}};
          return app.processFiles(files, options).catch(({{name}}) => name);
        }}""",
        base64.b64encode(png(9)).decode(),
    )
    return name


def test_a_folder_that_is_stopped_says_that_nothing_was_saved(blur: AppPage) -> None:
    assert given_up(blur, "app.stop()") == "AbortError"
    expect(blur.page.get_by_text("Given up: nothing was saved.")).to_be_visible()


def clip_in(blur: AppPage, folder: Path) -> Locator:
    """Opens a film of 1.15 s as the source, paused half a second after it begins; gives the position's slider."""
    page = blur.page
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Video…").click()
    chooser.value.set_files(written(folder / "clip.mp4", [index * 50 for index in range(FRAMES)]))
    page.get_by_role("button", name="Pause").click()
    position = page.get_by_role("slider", name="Position in the video")
    position.fill("0.5")
    return position


BAR = """async () => {
  const {data, width} = await document.querySelector("pywebml-app").save(null).then(createImageBitmap)
    .then((image) => {
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context.drawImage(image, 0, 0);
      return context.getImageData(0, image.height >> 1, image.width, 1);
    });
  const red = Array.from({length: width}, (_, at) => data[at * 4]);
  return red.indexOf(Math.max(...red));
}"""
"""Where the brightest column of the shown picture is: the middle of the bar, at 6 pixels a frame."""


def test_after_its_export_a_video_is_paused_where_it_was_and_plays_on(blur: AppPage, tmp_path: Path) -> None:
    position = clip_in(blur, tmp_path)
    with blur.page.expect_download():
        blur.page.get_by_role("button", name="Export video").click()
    expect(blur.page.get_by_text("Done: 'clip-output.")).to_be_visible()
    until(blur.page, f"({BAR})().then((at) => Math.abs(at - 66) < 6)")
    expect(position).to_have_value("0.5")
    expect(blur.page.locator(".words [role=status]")).to_have_text("Running")
    blur.page.get_by_role("button", name="Play").click()
    expect(blur.page.get_by_role("button", name="Pause")).to_be_visible()
    expect(position).not_to_have_value("0.5")


def test_a_video_that_played_plays_again_after_a_folder_has_been_processed(blur: AppPage, tmp_path: Path) -> None:
    clip_in(blur, tmp_path)
    blur.page.get_by_role("button", name="Play").click()
    processed(blur.page, [("a.png", png(50))])
    shown = blur.stats()["framesShown"]
    expect(blur.page.get_by_role("button", name="Pause")).to_be_visible()
    blur.page.wait_for_function(
        "shown => document.querySelector('pywebml-app').stats.framesShown > shown", arg=shown
    )


def test_a_job_that_a_script_gives_up_is_no_error_and_the_video_comes_back(blur: AppPage, tmp_path: Path) -> None:
    position = clip_in(blur, tmp_path)
    assert given_up(blur, "given.abort()") == "AbortError"
    expect(blur.page.get_by_text("Given up: nothing was saved.")).to_be_visible()
    expect(position).to_have_value("0.5")
    expect(blur.page.get_by_role("alert")).to_be_hidden()


def test_a_video_whose_export_is_stopped_does_not_begin_again_by_itself(blur: AppPage, tmp_path: Path) -> None:
    position = clip_in(blur, tmp_path)
    assert given_up(blur, "app.stop()") == "AbortError"
    expect(blur.page.locator(".words [role=status]")).to_have_text("Ready")
    expect(position).to_be_hidden()


def test_a_video_is_paused_sought_and_exported_by_keyboard(blur: AppPage, tmp_path: Path) -> None:
    film = written(tmp_path / "clip.mp4", [index * 50 for index in range(FRAMES)])
    page = blur.page
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Video…").click()
    chooser.value.set_files(film)
    expect(page.locator(".words [role=status]")).to_have_text("Running")
    position = page.get_by_role("slider", name="Position in the video")
    position.focus()
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    shown = blur.stats()["framesShown"]
    page.keyboard.press("Home")
    page.keyboard.press(".")
    expect(position).to_have_attribute("aria-valuetext", "0:00 of 0:01")
    page.wait_for_function("shown => document.querySelector('pywebml-app').stats.framesShown > shown", arg=shown)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export video").press("Enter")
    assert download.value.suggested_filename.startswith("clip-output.")
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert len(list(read_video(saved))) == FRAMES


def test_several_files_that_are_dropped_are_processed_together(blur: AppPage) -> None:
    shades = {"b.png": 9, "a.png": 5}
    given = [{"name": name, "bytes": base64.b64encode(png(shade)).decode()} for name, shade in shades.items()]
    with blur.page.expect_download() as download:
        blur.page.evaluate(
            """(files) => {
              const transfer = new DataTransfer();
              for (const {name, bytes} of files) {
                const raw = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
                transfer.items.add(new File([raw], name, {type: "image/png"}));
              }
              const event = new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true});
              document.querySelector("pywebml-app").dispatchEvent(event);
            }""",
            given,
        )
    with zipfile.ZipFile(download.value.path()) as zip:
        assert zip.namelist() == ["output/a.png", "output/b.png", "results.jsonl"]
