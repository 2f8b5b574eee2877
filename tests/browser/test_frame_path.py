"""What a frame goes through on its way into the graph and out of it, in Chromium."""

import base64
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser

from conftest import OpenExample
from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site
from pyweb_ml.runner.media import png_bytes
from tests.serving import serve
from tests.visiting import open_app, photograph, rgba

EXAMPLES = Path(__file__).parents[2] / "examples"

_KEEP_WORKER = """
const Own = Worker;
self.Worker = class extends Own {
  constructor(address, options) {
    super(address, options);
    if (options.name === "pywebml") self.appWorker = this;
  }
};
"""

_SEND = """async ({png, count, pace}) => {
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes]));
  const worker = self.appWorker;
  const [answers, events] = [[], []];
  let settled;
  const done = new Promise((resolve) => { settled = resolve; });
  const listen = ({data}) => {
    if (data.type === "profiled") events.push(...data.events);
    if (data.type === "error") answers.push(data.error.message);
    if (data.type === "result") answers.push([data.timestamp, data.values.faces, data.values.largest]);
    if (answers.length === count) settled();
  };
  worker.addEventListener("message", listen);
  worker.postMessage({type: "reset"});
  worker.postMessage({type: "profile", on: true});
  for (let index = 0; index < count; index++) {
    const image = await createImageBitmap(picture, index * 30, 0, 400, 500);
    const frame = {timestamp: index * 1000, image, settings: {}, show: false, values: true, partial: false, pace};
    worker.postMessage({type: "frame", id: 1000 + index, ...frame}, [image]);
  }
  await done;
  const told = new Promise((resolve) => { worker.addEventListener("message", resolve, {once: true}); });
  worker.postMessage({type: "profile", on: false});
  await told;
  worker.removeEventListener("message", listen);
  return {answers, calls: events.filter(({eventType}) => eventType === "PROCESS")};
}"""


def test_frames_that_come_too_fast_overlap_where_the_engine_runs_beside_the_graph_and_give_the_same(
    browser: Browser, tmp_path: Path
) -> None:
    app = replace(load_app(str(EXAMPLES / "face_detection")), backends=("tfjs-wasm",))
    build_site(app, tmp_path / "site")
    with serve(tmp_path, isolated=True) as address, closing(browser.new_context()) as context:
        context.add_init_script(_KEEP_WORKER)
        opened = open_app(context, f"{address}site/")
        opened.process(photograph())
        photo = {"png": base64.b64encode(png_bytes(photograph())).decode(), "count": 4}
        given = {pace: opened.page.evaluate(_SEND, {**photo, "pace": pace}) for pace in ("alone", "behind")}
    assert [timestamp for timestamp, *_ in given["behind"]["answers"]] == [0, 1000, 2000, 3000]
    assert given["behind"]["answers"] == given["alone"]["answers"]
    assert not _overlap(given["alone"]["calls"])
    assert _overlap(given["behind"]["calls"])


def _overlap(calls: list[dict[str, Any]]) -> bool:
    """Whether a frame's input was made while the model ran on another's."""
    runs, inputs = (
        [call for call in calls if call["calculator"] == name]
        for name in ("InferenceCalculator", "ImageToTensorCalculator")
    )
    assert len(runs) == len(inputs) == 4
    return any(
        run["startTime"] < one["startTime"] < run["startTime"] + run["duration"] for run in runs for one in inputs
    )


def test_frames_that_change_size_in_mid_stream_give_the_same_in_any_order(open_example: OpenExample) -> None:
    whole = rgba(photograph())
    frames = {"square": whole, "portrait": whole[:, :75], "odd": whole[:33, :97]}
    app = open_example(EXAMPLES / "background_blur")
    order = ["square", "portrait", "odd", "odd", "square", "portrait"]
    results = [app.process(frames[name], timestamp)["output"] for timestamp, name in enumerate(order)]
    for name in frames:
        one, other = (result for at, result in zip(order, results, strict=True) if at == name)
        assert one.shape == frames[name].shape
        np.testing.assert_array_equal(one, other)
