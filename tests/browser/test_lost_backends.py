"""A backend that is lost while it runs: another one takes over by itself, no frame fails, and it is told."""

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Worker

from tests.browser.backends import (
    RUNS,
    Visitor,
    build,
    desktop_tensors,
    drift,
    engine_worker,
    no_engine_workers,
    tensors_of,
    until,
)
from tests.browser.conftest import workers
from tests.visiting import AppPage

THREADS = "1 thread" if os.cpu_count() == 1 else f"{min(os.cpu_count() or 1, 4)} threads"
LOSE_WEBGL = "_tfengine.backendInstance.gpgpu.gl.getExtension('WEBGL_lose_context').loseContext()"
LOSE_WEBGPU = "_tfengine.backendInstance.device.destroy()"
DIE = "setTimeout(() => { throw new Error('out of memory'); })"
KEEP_DEVICE = """
const request = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (...all) {
  return (globalThis.device = await request.apply(this, all));
};
const changed = {};
"""
"""LiteRT.js keeps its device to itself."""


@pytest.fixture
def visitor(gpu_visitor: Visitor) -> Visitor:
    return gpu_visitor


def spoil(worker: Worker, code: str) -> None:
    """Runs code in a worker, which may be gone before it can answer."""
    with suppress(Error):
        worker.evaluate(code)


def graphs(page: AppPage) -> list[Worker]:
    """The workers that run graphs; a dead one takes a moment to go."""
    return [worker for worker in page.page.workers if worker.url.endswith("/worker.js")]


def has_events(count: int, stats: dict[str, Any]) -> bool:
    return len(stats["events"]) == count


@pytest.mark.parametrize(
    ("backend", "lose", "why"),
    [
        ("tfjs-webgl", LOSE_WEBGL, "the WebGL context was lost"),
        ("tfjs-webgpu", LOSE_WEBGPU, "the WebGPU device was lost"),
        ("litert-webgpu", "device.destroy()", "the WebGPU device was lost"),
        ("tfjs-wasm", DIE, "its worker died (Uncaught Error: out of memory)"),
        ("tfjs-wasm", "close()", "it has not answered for 10 s"),
    ],
    ids=["WebGL context", "WebGPU device", "LiteRT's WebGPU device", "worker dead", "worker killed"],
)
def test_another_one_takes_over(visitor: Visitor, tmp_path: Path, backend: str, lose: str, why: str) -> None:
    site = build(tmp_path, [backend, "litert-wasm"])
    site.set_budget(0)
    if backend == "litert-webgpu":
        site.wrap(backend, KEEP_DEVICE)
    page = visitor.visit(site)
    wanted = desktop_tensors(site)
    assert drift(tensors_of(page, 0), wanted) < 1e-3
    assert page.stats()["backend"] == backend
    spoil(engine_worker(page), lose)
    for at in range(1, 4):
        assert drift(tensors_of(page, at), wanted) < 1e-3
    stats = until(page, partial(has_events, 2))
    assert stats["backend"] == "litert-wasm"
    assert stats["events"][0].startswith(f"{backend} failed: {why}")
    assert stats["events"][1] == f"litert-wasm on {THREADS} took over"
    no_engine_workers(page)


def test_the_only_one_is_started_anew(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, "tfjs-wasm")
    page = visitor.visit(site)
    wanted = desktop_tensors(site)
    tensors_of(page, 0)
    spoil(engine_worker(page), DIE)
    assert drift(tensors_of(page, 1), wanted) < 1e-3
    assert page.stats()["events"][-1] == "tfjs-wasm took over"
    workers(page.page, 2)


THROWS = "const spoil = async (run, _, count) => { if (count === 4) throw new Error('aborted()'); return run(); };"


def test_one_that_throws_is_replaced_and_the_frame_is_answered(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, ["tfjs-wasm", "litert-wasm"])
    site.set_budget(0)
    site.wrap("tfjs-wasm", THROWS + RUNS)
    page = visitor.visit(site)
    wanted = desktop_tensors(site)
    for at in range(5):
        assert drift(tensors_of(page, at), wanted) < 1e-3
    assert page.stats()["events"][0] == "tfjs-wasm failed: aborted()"


def test_one_that_fails_again_and_again_ends_in_an_error_that_says_so(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, "tfjs-wasm")
    site.wrap("tfjs-wasm", THROWS.replace("=== 4", "> 2") + RUNS)
    page = visitor.visit(site)
    for at in range(3):
        tensors_of(page, at)
    with pytest.raises(Error, match=r"No backend can run this app here\. tfjs-wasm: aborted\(\)"):
        tensors_of(page, 3)


def test_a_camera_goes_on_when_the_graphs_own_worker_dies(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.visit(build(tmp_path, "litert-wasm"))
    page.page.evaluate("""() => {
      const app = document.querySelector("pywebml-app");
      window.results = 0;
      app.addEventListener("result", () => window.results++);
      app.setAttribute("source", "camera");
    }""")
    for deaths in (1, 2):
        page.page.evaluate("window.results = 0")
        until(page, lambda _: page.page.evaluate("window.results") > 3)
        until(page, lambda _: len(graphs(page)) == 1)
        spoil(graphs(page)[0], DIE)
        until(page, partial(has_events, deaths))
    page.page.evaluate("window.results = 0")
    until(page, lambda _: page.page.evaluate("window.results") > 3)
    died = "the worker was started anew: The worker that runs the graph died (Uncaught Error: out of memory)"
    assert [event.startswith(died) for event in page.stats()["events"]] == [True, True]


RUN_MANY = """async ({count}) => {
  const app = document.querySelector("pywebml-app");
  for (let at = 1; at <= count; at++) await app.process(new ImageData(128, 128));
}"""
COUNTED = "(({numTensors, numDataBuffers}) => [numTensors, numDataBuffers])(_tfengine.memory())"


@pytest.mark.parametrize("backend", ["tfjs-wasm", "tfjs-webgl"])
def test_tensors_do_not_pile_up(visitor: Visitor, tmp_path: Path, backend: str) -> None:
    page = visitor.visit(build(tmp_path, backend))
    page.page.evaluate(RUN_MANY, {"count": 5})
    before = engine_worker(page).evaluate(COUNTED)
    page.page.evaluate(RUN_MANY, {"count": 300 if backend == "tfjs-wasm" else 30})
    assert engine_worker(page).evaluate(COUNTED) == before


def test_elements_that_come_and_go_leave_no_worker(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.visit(build(tmp_path, "tfjs-wasm"))
    for _ in range(15):
        page.page.evaluate("""async () => {
          const old = document.querySelector("pywebml-app");
          const app = old.cloneNode();
          old.replaceWith(app);
          await app.process(new ImageData(128, 128));
        }""")
    page.page.evaluate("document.querySelector('pywebml-app').remove()")
    workers(page.page, 0)
