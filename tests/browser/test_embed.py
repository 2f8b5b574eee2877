"""`embed.html` in an `<iframe>` of somebody's page: what it shows, and what the two pages say to each other."""

import base64
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from pyweb_ml.bundle.hosting import CONTENT_SECURITY_POLICY
from pyweb_ml.runner.video import read_video
from tests.browser.conftest import SUB_PATH, WEB, Site, until
from tests.browser.elsewhere import FOR_OTHERS, Elsewhere, elsewhere
from tests.browser.test_jobs import png, written

PARENT = """<script>
  window.told = [];
  const answers = new Map();
  let last = 0;
  addEventListener("message", ({data, origin}) => {
    told.push({...data, origin});
    const answer = answers.get(data.id);
    if (data.pywebml === "answer") answer?.resolve(data.value);
    if (data.pywebml === "failure") answer?.reject(new Error(data.failure.message));
  });
  window.call = (pywebml, more = {}, transfer = []) => new Promise((resolve, reject) => {
    const frame = document.querySelector("iframe");
    answers.set(last += 1, {resolve, reject});
    frame.contentWindow.postMessage({pywebml, id: last, ...more}, new URL(frame.src).origin, transfer);
  });
</script>"""
ALLOW = "camera; microphone; display-capture; autoplay; fullscreen; cross-origin-isolated"


@pytest.fixture
def host(browser: Browser, site: Site, tmp_path: Path) -> Iterator[Elsewhere]:
    """A page of another origin; the site has its embed.html as a build fills it."""
    for name in ("embed.js", "embed.css", "media_library.js"):
        shutil.copy(WEB / name, site.folder)
    html = (WEB / "embed.html").read_text()
    words = {"{{title}}": "Faces", "{{csp}}": CONTENT_SECURITY_POLICY, "{{page}}": "", "icon-192.png": "data:,"}
    for placeholder, text in words.items():
        html = html.replace(placeholder, text)
    (site.folder / "embed.html").write_text(html)
    site.headers.update(FOR_OTHERS)
    with elsewhere(browser, tmp_path / "host") as made:
        yield made


def embed(site: Site, host: Elsewhere, query: str = "", attributes: str = f'allow="{ALLOW}"') -> Page:
    """Opens a page with the app in a frame, which has loaded; by default the page may steer it."""
    origin = f"origin={quote(host.url.rstrip('/'), safe='')}"
    address = f"{site.url}embed.html?{query or origin}".replace("ORIGIN", origin)
    page = host.open(f'{PARENT}<iframe title="Faces" src="{address}" {attributes}></iframe>')
    page.wait_for_load_state("load")
    return page


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def test_the_embedding_page_processes_pictures_in_it(site: Site, host: Elsewhere) -> None:
    site.script(values={"faces": [], "words": "hello"})
    page = embed(site, host)
    done = page.evaluate("""async () => {
      await call("ready");
      const image = await createImageBitmap(new ImageData(4, 3));
      const {output, ...rest} = await call("process", {image, timestamp: 7}, [image]);
      return {...rest, size: [output.width, output.height], stats: (await call("stats")).backend};
    }""")
    assert done == {"faces": [], "words": "hello", "size": [4, 3], "stats": "litert-wasm"}


def test_the_embedding_page_starts_and_stops_a_source_and_is_told_what_comes_of_it(
    site: Site, host: Elsewhere
) -> None:
    site.script(values={"count": 3})
    page = embed(site, host)
    page.evaluate("call('set', {attributes: {source: 'samples/astronaut.jpg'}})")
    page.evaluate("call('start')")
    until(page, "told.some(({type}) => type === 'result')")
    told = page.evaluate("told")
    events = [message for message in told if message["pywebml"] == "event"]
    assert {message["origin"] for message in told} == {site.url.split("/some/")[0]}
    result = next(message["detail"] for message in events if message["type"] == "result")
    assert result == {"timestamp": 0, "values": {"count": 3}, "pending": []}
    page.evaluate("call('stop')")


def test_the_frames_address_sets_attributes_and_controls(site: Site, host: Elsewhere) -> None:
    page = embed(site, host, "source=samples/astronaut.jpg&controls=&nonsense=1&ORIGIN")
    frame = inside(page)
    expect(frame.get_by_role("status").first).to_have_text("Done")
    expect(frame.get_by_role("button", name="Astronaut")).to_be_visible()
    expect(frame.get_by_role("alert")).to_contain_text("There is no control 'nonsense'")


def test_the_camera_runs_where_the_frame_allows_it(site: Site, host: Elsewhere) -> None:
    page = embed(site, host, "source=camera&ORIGIN")
    page.evaluate("call('ready')")
    until(page, "told.filter(({type}) => type === 'result').length > 3")


def test_a_frame_that_does_not_allow_the_camera_says_what_to_write(site: Site, host: Elsewhere) -> None:
    host.allowed = ("Permissions policy violation",)
    page = embed(site, host, "source=camera&controls=&ORIGIN", "")
    expect(inside(page).get_by_role("alert")).to_contain_text(
        'The page that embeds this one does not let it use the camera; write allow="camera" into its <iframe>.'
    )


def test_a_page_that_is_not_named_in_the_address_is_refused_and_told_how_to_be(
    site: Site, host: Elsewhere
) -> None:
    page = embed(site, host, "controls=")
    said = page.evaluate("call('stats').catch((error) => error.message)")
    origin = host.url.rstrip("/")
    assert said == (
        f"'{origin}' may not steer the embedded app; write its origin into the frame's address, "
        f"as in embed.html?origin={quote(origin, safe='')}."
    )
    page.wait_for_timeout(200)
    assert [message["pywebml"] for message in page.evaluate("told")] == ["failure"]


def test_the_page_that_is_documented_gives_the_frame_its_height_and_hears_results(
    site: Site, host: Elsewhere
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "embed.md").read_text().partition("## In an iframe")[2]
    (html,), (program,) = (re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S) for kind in ("html", "js"))
    origin = quote(host.url.rstrip("/"), safe="")
    html = html.replace("https%3A%2F%2Farticle.example", origin).replace("https://host/app/", site.url)
    program = program.replace("https://host", site.url.removesuffix(f"/{SUB_PATH}/"))
    site.script(values={"faces": [], "words": "hello"})
    with host.page.expect_console_message(lambda line: line.type == "log", timeout=60_000) as line:
        page = host.open(f"<h1>An article</h1>{html}<script>{program}</script>")
    assert line.value.args[0].json_value() == {"faces": [], "words": "hello"}
    until(page, "parseFloat(document.querySelector('iframe').style.height) > 400")


def test_other_frames_have_no_say_and_hear_nothing(site: Site, host: Elsewhere) -> None:
    spy = """<script>
      window.told = [];
      addEventListener("message", ({data}) => told.push(data));
      onload = () => parent.frames[0].postMessage({pywebml: "stats", id: "spy"}, "*");
    </script>"""
    (host.folder / "spy.html").write_text(spy)
    page = embed(site, host)
    page.evaluate("call('stats')")
    page.evaluate("""() => new Promise((resolve) => {
      const spy = Object.assign(document.createElement("iframe"), {src: "spy.html", onload: resolve});
      document.body.append(spy);
    })""")
    page.evaluate("call('process', {image: new ImageData(2, 2)})")
    page.wait_for_timeout(200)
    assert page.evaluate("frames[1].told") == []
    assert "spy" not in [message.get("id") for message in page.evaluate("told")]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            {"pywebml": "fly", "id": 1},
            "has the call 'fly'; give one of ready, process, start, stop, stats, set, size, exportVideo, "
            "processFiles, abort",
        ),
        ({"pywebml": "stats"}, "'stats' has no id; give a number or a text"),
        ({"pywebml": "set", "id": 1}, "'set' has no attributes; give an object, such as {source: \"camera\"}"),
        (
            {"pywebml": "set", "id": 1, "attributes": {"onclick": "alert(1)"}},
            "'set' has the attribute 'onclick'; give one of source, backend, controls, values",
        ),
        (
            {"pywebml": "set", "id": 1, "attributes": {"source": 3}},
            "'set' has a 'source' that is neither text nor null",
        ),
        (
            {"pywebml": "exportVideo", "id": 1, "video": "clip.mp4"},
            "'exportVideo' has a 'video' that is no Blob; give a File, or none for the one that is shown",
        ),
        (
            {"pywebml": "exportVideo", "id": 1, "name": 7},
            "'exportVideo' has a 'name' that is neither text nor null",
        ),
        ({"pywebml": "processFiles", "id": 1}, "'processFiles' has no files; give an array of File"),
        (
            {"pywebml": "processFiles", "id": 1, "files": ["a.png"]},
            "'processFiles' has no files; give an array of File",
        ),
        ({"pywebml": "abort", "id": 1}, "'abort' has no call; give the id of the call that began the job"),
    ],
)
def test_a_message_that_is_wrong_is_answered_with_the_reason(
    site: Site, host: Elsewhere, message: dict[str, Any], reason: str
) -> None:
    page = embed(site, host)
    page.evaluate("message => frames[0].postMessage(message, '*')", message)
    until(page, "told.length > 0")
    [answer] = page.evaluate("told")
    assert answer["failure"]["message"] == f"The message to the embedded app {reason}."
    assert answer["id"] == message.get("id")


@pytest.mark.parametrize("message", ["'hello'", "null", "7", "{type: 'webpackOk'}", "[1]"])
def test_messages_of_others_are_let_be(site: Site, host: Elsewhere, message: str) -> None:
    page = embed(site, host)
    page.evaluate(f"frames[0].postMessage({message}, '*')")
    page.evaluate("call('stats')")
    assert [answer["pywebml"] for answer in page.evaluate("told")] == ["answer"]


def test_an_image_that_is_none_is_an_answer_and_the_app_goes_on(site: Site, host: Elsewhere) -> None:
    page = embed(site, host)
    said = page.evaluate("call('process', {image: 'no image'}).catch((error) => error.message)")
    assert said.startswith("process() was given nothing that createImageBitmap takes")
    assert page.evaluate("call('process', {image: new ImageData(2, 2)}).then(({output}) => output.width)") == 2


def test_the_frame_follows_the_size_of_its_page(site: Site, host: Elsewhere) -> None:
    page = embed(site, host)
    page.evaluate("""async () => {
      const frame = document.querySelector("iframe");
      Object.assign(frame.style, {width: "300px", height: "100px", border: 0});
      addEventListener("message", ({data}) => {
        if (data.type === "size") frame.style.height = `${data.detail.height}px`;
      });
      await call("size");
    }""")
    height = "document.querySelector('iframe').clientHeight"
    until(page, f"{height} === 225")
    page.evaluate("call('process', {image: new ImageData(100, 200)})")
    until(page, f"{height} === 600")
    page.evaluate("call('process', {image: new ImageData(200, 100)})")
    until(page, f"{height} === 150")


def test_it_has_threads_where_the_embedding_page_is_isolated_and_lets_it(site: Site, host: Elsewhere) -> None:
    isolation = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
    host.headers.update(isolation)
    site.headers.update(isolation)
    page = embed(site, host)
    assert page.frames[1].evaluate("crossOriginIsolated")
    assert page.evaluate("call('ready').then(() => true)")


PREPARE = """(files) => {
  window.files = files.map(({name, bytes}) =>
    new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name));
  window.base64 = async (blob) => {
    let text = "";
    for (const one of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(one);
    return btoa(text);
  };
  window.progress = () => told.filter(({pywebml}) => pywebml === "progress");
}"""


def prepare(page: Page, **files: bytes) -> None:
    """Gives the embedding page these files as `files`, and `base64` and `progress` to tell of them."""
    given = [{"name": name, "bytes": base64.b64encode(content).decode()} for name, content in files.items()]
    page.evaluate(PREPARE, given)


def test_the_embedding_page_has_files_processed_and_is_told_how_far_it_is(site: Site, host: Elsewhere) -> None:
    page = embed(site, host)
    prepare(page, **{"b.png": b"no picture", "a.png": png(50)})
    said = page.evaluate("""async () => {
      const {file, ...rest} = await call("processFiles", {files, name: null});
      const told = progress().map(({id, progress}) => [id, progress.name, progress.done, progress.total]);
      return {...rest, told, type: file.constructor.name, zip: await base64(file)};
    }""")
    assert said["told"] == [[1, "a.png", 0, 2], [1, "b.png", 1, 2], [1, "b.png", 2, 2]]
    assert (said["done"], said["type"], said["notice"].split(":")[0]) == (
        1,
        "File",
        "1 of 2 images could not be processed",
    )
    assert [(one["name"], one["failure"]["name"]) for one in said["failures"]] == [("b.png", "ImageError")]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(said["zip"]))) as zip:
        assert zip.namelist() == ["output/a.png", "results.jsonl"]


def test_the_embedding_page_has_a_video_exported(site: Site, host: Elsewhere, tmp_path: Path) -> None:
    times = [index * 50 for index in range(5)]
    page = embed(site, host)
    prepare(page, **{"clip.webm": written(tmp_path / "clip.webm", times).read_bytes()})
    said = page.evaluate("""async () => {
      const {file, frames} = await call("exportVideo", {video: files[0], name: null});
      const done = progress().map(({progress}) => progress.done);
      return {frames, done, name: file.name, film: await base64(file)};
    }""")
    assert (said["frames"], said["done"]) == (5, [0, 1, 2, 3, 4, 5])
    film = tmp_path / said["name"]
    film.write_bytes(base64.b64decode(said["film"]))
    assert [round(at / 1000) for at, _ in read_video(film)] == times


def test_a_job_that_the_embedding_page_aborts_ends_with_an_abort_error(site: Site, host: Elsewhere) -> None:
    page = embed(site, host)
    prepare(page, **{f"{index}.png": png(index) for index in range(9)})
    said = page.evaluate("""async () => {
      let aborted;
      addEventListener("message", ({data}) => {
        if (data.pywebml === "progress" && data.progress.done === 2) aborted ??= call("abort", {call: data.id});
      });
      const outcome = await call("processFiles", {files, name: null}).then(() => "done", (error) => error.message);
      const failure = told.find(({pywebml}) => pywebml === "failure").failure;
      return {outcome, name: failure.name, aborted: await aborted, again: await call("abort", {call: 1})};
    }""")
    assert said == {"outcome": "The job was given up.", "name": "AbortError", "aborted": True, "again": False}
    assert page.evaluate("call('process', {image: new ImageData(2, 2)}).then(({output}) => output.width)") == 2


def test_a_job_that_cannot_be_done_is_answered_with_the_reason(site: Site, host: Elsewhere) -> None:
    page = embed(site, host)
    prepare(page, **{"notes.txt": b"no image"})
    said = page.evaluate("call('processFiles', {files}).catch((error) => error.message)")
    assert said.startswith("There are no images among the files")
    said = page.evaluate("call('exportVideo').catch((error) => error.message)")
    assert said == "No video is chosen; choose a video file, or give exportVideo() one."


def test_two_jobs_of_one_id_are_told_apart_by_refusing_the_second(site: Site, host: Elsewhere) -> None:
    page = embed(site, host)
    prepare(page, **{"a.png": png(50)})
    page.evaluate("""() => {
      const job = {pywebml: "processFiles", id: "one", files, name: null};
      for (let times = 0; times < 2; times += 1) frames[0].postMessage(job, "*");
    }""")
    until(page, "told.some(({pywebml}) => pywebml === 'answer')")
    failures = page.evaluate("told.filter(({pywebml}) => pywebml === 'failure')")
    assert [one["failure"]["message"] for one in failures] == [
        "The message to the embedded app 'processFiles' has the id 'one' of a job that still runs; give another."
    ]


def test_a_page_that_may_not_steer_the_app_has_no_files_processed(site: Site, host: Elsewhere) -> None:
    page = embed(site, host, "controls=")
    prepare(page, **{"a.png": png(50)})
    said = page.evaluate("call('processFiles', {files, name: null}).catch((error) => error.message)")
    assert "may not steer the embedded app" in said
    assert page.evaluate("told.map(({pywebml}) => pywebml)") == ["failure"]
