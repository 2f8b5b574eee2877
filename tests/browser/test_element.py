"""`<pywebml-app>` as a page's script sees it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visit, until, workers

APP = "document.querySelector('pywebml-app')"
IMAGE = "await createImageBitmap(new ImageData(4, 3))"
EMPTY = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script type="module" src="{widget}"></script><body>"""

READY_AFTER = """async (html) => {
  const start = performance.now();
  document.body.insertAdjacentHTML("beforeend", html);
  await document.querySelector("pywebml-app").ready;
  return performance.now() - start;
}"""


@pytest.fixture
def bare(site: Site, page: Page) -> Page:
    """A page of somebody's own, beside the site's folder, with the widget and nothing else."""
    (site.folder.parent / "own.html").write_text(EMPTY.format(widget=f"{site.folder.name}/widget.js"))
    page.goto(site.url.removesuffix(f"{site.folder.name}/") + "own.html")
    page.evaluate("customElements.whenDefined('pywebml-app')")
    return page


def append(page: Page, attributes: str = "") -> None:
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", tag(attributes))
    page.wait_for_selector("pywebml-app")


def tag(attributes: str) -> str:
    return f"<pywebml-app src='where/' {attributes}></pywebml-app>"


def run(page: Page, script: str) -> Any:
    """Runs the body of an async function in which `app` is the element."""
    return page.evaluate(f"async () => {{ const app = {APP}; {script} }}")


def test_it_is_ready_when_python_is(site: Site, bare: Page) -> None:
    site.script(pythonMs=300)
    # The clock starts before the element is there: on a busy machine the worker may be ready before the next call.
    took = bare.evaluate(READY_AFTER, tag(""))
    assert took >= 300
    stats = run(bare, "return app.stats")
    assert [stats["backend"], stats["reason"]] == ["litert-wasm", "asked for auto"]


def test_asking_once_more_whether_it_is_ready_changes_nothing_in_the_page(bare: Page) -> None:
    append(bare, "controls")
    run(bare, "await app.ready; await app.ready")
    expect(bare.get_by_role("status")).to_have_text("Ready")


def test_process_gives_every_output_by_its_stream(site: Site, bare: Page) -> None:
    site.script(pythonMs=200, pending=["largest_face"], values={"faces": [], "words": "hello"})
    append(bare)
    assert run(
        bare,
        f"""
      const values = await app.process({IMAGE});
      const kinds = [values.output instanceof ImageBitmap, values.output.width, values.output.height];
      return [...kinds, values.faces, values.words, app.stats.pending];
    """,
    ) == [True, 4, 3, [], "hello", []]


@pytest.mark.parametrize(
    "made", ["new ImageData(4, 3)", "new OffscreenCanvas(4, 3)", "document.createElement('canvas')"]
)
def test_process_takes_what_create_image_bitmap_takes(bare: Page, made: str) -> None:
    append(bare)
    prepare = "if (image.getContext) image.getContext('2d')"
    assert run(bare, f"const image = {made}; {prepare}; return (await app.process(image)).output.width > 0")


def test_process_leaves_the_image_to_its_caller(bare: Page) -> None:
    append(bare)
    assert run(bare, f"const image = {IMAGE}; await app.process(image); return image.width") == 4


def test_images_processed_at_once_go_through_in_the_order_of_the_calls(bare: Page) -> None:
    append(bare)
    assert run(
        bare,
        """
      const slow = await new OffscreenCanvas(3000, 3000).getContext("2d").canvas.convertToBlob();
      const all = [[slow, 0], [new ImageData(1, 1), 1], [new ImageData(3, 2), 2]].map(
        ([image, timestamp]) => app.process(image, {timestamp}));
      return (await Promise.all(all)).map((values) => values.output.width);
    """,
    ) == [3000, 1, 3]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("app.process('no image')", "nothing that createImageBitmap takes"),
        (f"app.process({IMAGE}, {{timestamp: -1}})", "The timestamp '-1' is no whole number"),
        (f"app.process({IMAGE}, {{timestamp: 5}})", "The timestamp 5 is not above 10"),
        ("app.start()", "No source is chosen"),
        (f"document.createElement('pywebml-app').process({IMAGE})", "needs the element in the page"),
    ],
)
def test_a_wrong_call_rejects_with_what_to_do(bare: Page, call: str, words: str) -> None:
    append(bare)
    assert words in run(
        bare,
        f"""
      await app.process({IMAGE}, {{timestamp: 10}});
      return ({call}).then(() => "nothing", (error) => error.failure.message);
    """,
    )


def test_stop_begins_a_new_run_at_any_timestamp(bare: Page) -> None:
    append(bare)
    assert run(
        bare,
        f"""
      await app.process({IMAGE}, {{timestamp: 10}});
      app.stop();
      return Object.keys(await app.process({IMAGE}, {{timestamp: 5}}));
    """,
    ) == ["output"]


def test_a_failing_frame_rejects_and_the_next_is_processed(site: Site, bare: Page) -> None:
    failure = {"name": "CalculatorError", "message": "no face", "stack": "Traceback", "node": "largest_face"}
    site.script(frame="fail", failure=failure)
    append(bare)
    assert run(bare, f"return app.process({IMAGE}).catch((error) => error.failure)") == failure
    assert run(bare, f"return app.process({IMAGE}).catch((error) => error.message)") == "no face"


def test_a_dead_worker_rejects_and_the_next_call_makes_another(site: Site, bare: Page) -> None:
    site.script(frame="die")
    append(bare)
    assert "died" in run(bare, f"return app.process({IMAGE}).catch((error) => error.message)")
    site.script()
    assert run(bare, f"return (await app.process({IMAGE})).output.width") == 4
    workers(bare, 1)


def test_it_works_made_by_new_and_may_be_asked_before_it_is_in_the_page(site: Site, bare: Page) -> None:
    assert (
        bare.evaluate(f"""async () => {{
      const app = new (customElements.get("pywebml-app"))();
      app.setAttribute("src", "where/");
      const ready = app.ready;
      document.body.append(app);
      await ready;
      return (await app.process({IMAGE})).output.width;
    }}""")
        == 4
    )


def test_events_tell_what_happens(site: Site, bare: Page) -> None:
    site.script(stages=[{"stage": "model", "detail": "m", "loaded": 1, "total": 2}], values={"count": 3})
    bare.evaluate("""() => {
      window.told = [];
      const app = document.createElement("pywebml-app");
      for (const type of ["status", "result", "error"]) {
        app.addEventListener(type, ({detail}) => window.told.push([type, detail]));
      }
      app.setAttribute("src", "where/");
      app.setAttribute("source", "where/samples/astronaut.jpg");
      document.body.append(app);
    }""")
    until(bare, "window.told.some(([type]) => type === 'result')")
    told = bare.evaluate("window.told")
    assert ["status", {"stage": "model", "detail": "m", "loaded": 1, "total": 2}] in told
    assert told[-1] == ["result", {"timestamp": 0, "values": {"count": 3}, "pending": []}]


def test_an_error_is_told_as_an_event(site: Site, visit: Visit, bare: Page) -> None:
    visit.allowed = ("404",)
    append(bare)
    assert run(
        bare,
        """
      const told = new Promise((resolve) => app.addEventListener("error", ({detail}) => resolve(detail)));
      app.setAttribute("source", "nowhere.png");
      const {name, message} = await told;
      return [name, message.includes("nowhere.png")];
    """,
    ) == ["SourceError", True]


def test_an_address_of_no_site_is_said_in_the_page_and_thrown_nowhere(bare: Page) -> None:
    append(bare, "controls")
    run(bare, "app.setAttribute('src', 'http://[')")
    expect(bare.get_by_role("alert")).to_contain_text("'http://[' is no address of a built app")


def test_a_camera_that_the_visitor_chose_does_not_start_by_itself_after_a_removal(bare: Page) -> None:
    append(bare, "controls")
    bare.get_by_role("button", name="Camera").click()
    until(bare, f"{APP}.stats.framesShown > 3")
    run(bare, "window.app = app; app.remove()")
    workers(bare, 0)
    run_again = "document.body.append(window.app); return app.ready.then(() => app.stats.framesIn)"
    assert bare.evaluate(f"async () => {{ const app = window.app; {run_again} }}") == 0
    expect(bare.get_by_role("button", name="Start")).to_be_disabled()


def test_the_source_follows_its_attribute(bare: Page) -> None:
    append(bare, "source='camera'")
    until(bare, f"{APP}.stats.framesShown > 3")
    run(bare, "app.setAttribute('source', 'where/samples/astronaut.jpg')")
    expect(bare.locator(".words")).to_have_text("Done")
    assert bare.locator("canvas").evaluate("canvas => canvas.width") == 512
    assert len(bare.workers) == 1


def test_another_backend_is_another_worker(bare: Page) -> None:
    append(bare)
    run(bare, "await app.ready; app.setAttribute('backend', 'litert-wasm'); await app.ready")
    assert run(bare, "return app.stats.reason") == "asked for litert-wasm"
    workers(bare, 1)


def test_controls_follow_their_attribute(bare: Page) -> None:
    append(bare)
    camera = bare.get_by_role("button", name="Camera")
    expect(camera).to_be_hidden()
    run(bare, "app.setAttribute('controls', '')")
    expect(camera).to_be_visible()
    run(bare, "app.removeAttribute('controls')")
    expect(camera).to_be_hidden()


def test_nothing_heavy_is_loaded_before_it_is_seen(bare: Page) -> None:
    bare.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"height: 5000px\">')")
    append(bare, "controls")
    bare.wait_for_timeout(300)
    assert bare.workers == []
    bare.locator("pywebml-app").scroll_into_view_if_needed()
    workers(bare, 1)


def test_moving_it_does_not_load_it_anew(bare: Page) -> None:
    append(bare, "source='camera'")
    until(bare, f"{APP}.stats.framesShown > 3")
    worker = bare.workers[0]
    shown = run(
        bare,
        """
      const other = document.body.appendChild(document.createElement("section"));
      app.remove();
      await new Promise((resolve) => setTimeout(resolve, 50));
      other.append(app);
      await new Promise((resolve) => setTimeout(resolve, 400));
      return app.stats.framesShown;
    """,
    )
    assert bare.workers == [worker]
    until(bare, f"{APP}.stats.framesShown > {shown}")


def test_removing_it_gives_everything_back(bare: Page) -> None:
    bare.evaluate("""() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await open(wanted));
    }""")
    append(bare, "source='camera'")
    until(bare, f"{APP}.stats.framesShown > 3")
    run(bare, "window.app = app; app.remove()")
    workers(bare, 0)
    assert bare.evaluate("window.stream.getTracks().map((track) => track.readyState)") == ["ended"]
    bare.evaluate("document.body.append(window.app)")
    until(bare, f"{APP}.stats.framesShown > 3")
    workers(bare, 1)


def test_twenty_that_come_and_go_leave_no_worker(bare: Page) -> None:
    for _ in range(20):
        append(bare)
        run(bare, "await app.ready; app.remove()")
    workers(bare, 0)


def test_a_second_copy_of_the_script_does_no_harm(site: Site, bare: Page) -> None:
    bare.add_script_tag(url=f"{site.url}widget.js?again", type="module")
    append(bare)
    run(bare, "await app.ready")


def test_a_pipeline_that_hangs_elsewhere_leaves_the_page_responsive(site: Site, bare: Page) -> None:
    site.script(frame="hang")
    append(bare)
    assert (
        run(
            bare,
            f"""
      app.process({IMAGE}).catch(() => undefined);
      const start = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return performance.now() - start;
    """,
        )
        < 500
    )
    run(bare, "app.remove()")
    workers(bare, 0)
