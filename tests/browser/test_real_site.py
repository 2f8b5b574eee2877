"""Real sites in Chromium: real engine, real Python, the camera; and everything that can go wrong on the way."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import PIL.Image
import pytest
from playwright.sync_api import Error, expect

from conftest import SUB_PATH, OpenExample
from tests.visiting import AppPage, photograph, rgba

EXAMPLES = Path(__file__).parents[2] / "examples"
FACES = EXAMPLES / "face_detection"

HEAD = """
import numpy as np
import pyweb_ml as pw

@pw.calculator
def worker(frame: pw.Image) -> pw.Image:
    {body}

@pw.app(title="One calculator")
def app(frame: pw.Image) -> pw.Image:
    return worker(frame)
"""

WriteBody = Callable[[str], Path]


@pytest.fixture
def app_with(tmp_path: Path) -> WriteBody:
    """Writes an app whose one calculator has the body given; gives the app's file."""

    def write(body: str) -> Path:
        path = tmp_path / "app" / "app.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(HEAD).replace("{body}", body))
        return path

    return write


START = """source => {
  const app = document.querySelector("pywebml-app");
  app.setAttribute("source", source);
  return app.start();
}"""


def until(app: AppPage, condition: Callable[[dict[str, Any]], bool], seconds: float = 30) -> dict[str, Any]:
    """Waits for the element's stats to fulfil a condition; gives them."""
    for _ in range(int(seconds * 20)):
        stats = app.stats()
        if condition(stats):
            return stats
        app.page.wait_for_timeout(50)
    raise AssertionError(f"still not so after {seconds} s: {app.stats()}")


def test_the_camera_runs_and_its_frames_are_shown_or_dropped_never_queued(open_example: OpenExample) -> None:
    app = open_example(EXAMPLES / "background_blur")
    app.page.get_by_role("button", name="Camera").click()
    stats = until(app, lambda stats: stats["framesShown"] >= 20)
    # One in flight and one waiting, as the flow limiter allows; all others are accounted for.
    assert 0 <= stats["framesIn"] - stats["framesShown"] - stats["framesDropped"] <= 2
    assert set(stats["milliseconds"]) >= {"image_to_tensor", "inference", "blend"}
    app.page.get_by_role("button", name="Stop").click()
    stopped = app.stats()["framesIn"]
    app.page.wait_for_timeout(300)
    assert app.stats()["framesIn"] == stopped


def test_the_first_result_comes_before_python_has_started(open_example: OpenExample) -> None:
    app = open_example(FACES)
    app.page.evaluate("""() => {
      window.log = [];
      const app = document.querySelector("pywebml-app");
      app.addEventListener("result", (event) => window.log.push(event.detail));
    }""")
    app.page.get_by_role("button", name="astronaut").click()
    expect(app.page.get_by_text("'follow_largest_face' is not shown yet")).to_be_visible(timeout=20_000)
    until(app, lambda stats: stats["framesShown"] >= 1 and not stats["pending"])
    first, *_, last = app.page.evaluate("window.log")
    assert first["pending"] == ["follow_largest_face"]
    assert (len(first["values"]["faces"]), "largest" in first["values"]) == (1, False)
    assert (last["pending"], len(last["values"]["largest"])) == ([], 1)


def test_the_page_stays_responsive_while_python_starts(open_example: OpenExample) -> None:
    app = open_example(FACES)
    longest = app.page.evaluate("""async () => {
      const app = document.querySelector("pywebml-app");
      let [last, longest, running] = [performance.now(), 0, true];
      const tick = () => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
        if (running) setTimeout(tick);
      };
      tick();
      await app.ready;
      running = false;
      return longest;
    }""")
    # Python takes seconds to start; a page whose thread it held would show in this gap.
    assert longest < 1000


def test_a_python_exception_is_shown_with_its_traceback_and_the_page_goes_on(
    open_example: OpenExample, app_with: WriteBody, tmp_path: Path
) -> None:
    app = open_example(app_with("return frame if frame[0, 0, 0] else frame[frame.shape[0]]"))
    PIL.Image.new("RGB", (4, 4)).save(tmp_path / SUB_PATH / "black.png")
    app.page.evaluate(START, "black.png")
    alert = app.page.get_by_role("alert")
    message = "the calculator 'worker' failed at timestamp 0: IndexError: index 4 is out of bounds"
    expect(alert).to_contain_text(message, timeout=30_000)
    alert.locator("summary").click()
    expect(alert).to_contain_text("app.py")
    white = rgba(np.full((4, 4, 3), 255, np.uint8))
    np.testing.assert_array_equal(app.process(white, 1)["output"], white)


def test_a_result_of_the_wrong_type_says_what_was_returned_and_what_is_wanted(
    open_example: OpenExample, app_with: WriteBody
) -> None:
    app = open_example(app_with("return frame.mean()"))
    message = r"'worker' failed .* it returned what is no Image: an Image is a numpy array, uint8 .*'float64'"
    with pytest.raises(Error, match=message):
        app.process(rgba(photograph()))


def test_a_calculator_that_loops_for_ever_is_named_and_the_page_stays_usable(
    open_example: OpenExample, app_with: WriteBody
) -> None:
    app = open_example(app_with("while frame[0, 0, 0] == 0: pass\n    return frame"))
    white = rgba(np.full((4, 4, 3), 255, np.uint8))
    app.process(white)
    # Not at its first call, of which alone there is a message where memory is shared.
    with pytest.raises(Error, match="The calculator 'worker' has not returned for 10 s, at timestamp 33"):
        app.process(rgba(np.zeros((4, 4, 3), np.uint8)), 33)
    np.testing.assert_array_equal(app.process(white, 66)["output"], white)


def test_an_app_whose_module_fails_in_the_page_says_so(open_example: OpenExample, app_with: WriteBody) -> None:
    file = app_with("return frame")
    file.write_text(
        "import sys\nif sys.platform == 'emscripten': raise OSError('no such place')\n" + file.read_text()
    )
    app = open_example(file)
    with pytest.raises(Error, match=r"Python could not .*OSError: no such place"):
        app.process(rgba(photograph()))


def _cut(model: Path) -> None:
    model.write_bytes(model.read_bytes()[:1000])


def _changed(model: Path) -> None:
    data = bytearray(model.read_bytes())
    data[1000] ^= 1
    model.write_bytes(data)


DAMAGES = {Path.unlink: "404", _cut: "is damaged", _changed: "is damaged"}


@pytest.mark.parametrize("damage", DAMAGES, ids=["missing", "cut off", "changed"])
def test_a_model_that_is_not_what_was_built_is_refused_by_name(
    open_example: OpenExample, damage: Callable[[Path], None]
) -> None:
    model = ""

    def damaged(site: Path) -> None:
        nonlocal model
        (file,) = (site / "models").glob("*.tflite")
        model = file.name
        damage(file)

    # Before the visit: the page asks for its model as soon as it opens.
    app = open_example(EXAMPLES / "background_blur", change=damaged)
    with pytest.raises(Error, match=DAMAGES[damage]) as caught:
        app.process(rgba(photograph()))
    assert model != ""
    assert model in str(caught.value)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 1), (1, 700)])
def test_pictures_of_any_shape_are_processed(open_example: OpenExample, width: int, height: int) -> None:
    app = open_example(EXAMPLES / "background_blur")
    image = rgba(np.full((height, width, 3), 200, np.uint8))
    np.testing.assert_array_equal(app.process(image)["output"], image)


def test_a_picture_of_48_megapixels_is_scaled_down_and_the_page_says_so(
    open_example: OpenExample, tmp_path: Path
) -> None:
    PIL.Image.new("RGB", (8000, 6000), (200, 30, 30)).save(tmp_path / "huge.jpg")
    app = open_example(EXAMPLES / "background_blur")
    with app.page.expect_file_chooser() as chooser:
        app.page.get_by_role("button", name="Image").click()
    chooser.value.set_files(tmp_path / "huge.jpg")
    expect(app.page.get_by_text("8000")).to_be_visible(timeout=60_000)
    until(app, lambda stats: stats["framesShown"] == 1, 60)


def test_timestamps_of_process_must_rise(open_example: OpenExample) -> None:
    app = open_example(EXAMPLES / "background_blur")
    app.process(rgba(photograph()), 5)
    with pytest.raises(Error, match="The timestamp 5 is not above 5"):
        app.process(rgba(photograph()), 5)


def test_a_backend_that_there_is_not_is_refused_by_name(open_example: OpenExample) -> None:
    app = open_example(EXAMPLES / "background_blur")
    app.page.evaluate("document.querySelector('pywebml-app').setAttribute('backend', 'tfjs-cpu')")
    with pytest.raises(
        Error, match="There is no backend 'tfjs-cpu' in this site; choose one of auto, litert-wasm"
    ):
        app.process(rgba(photograph()))
