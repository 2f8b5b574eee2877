"""Every backend in Chromium: the same numbers as on the desktop, or it is not chosen, and it is said why."""

from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.browser.backends import (
    RUNS,
    Visitor,
    build,
    desktop_tensors,
    drift,
    no_engine_workers,
    report,
    tensors_of,
    until,
)

BACKENDS = ["litert-wasm", "litert-webgpu", "tfjs-wasm", "tfjs-webgl", "tfjs-webgpu", "tfjs-cpu"]
PAIR = ["litert-wasm", "tfjs-wasm"]
"""What is tested with tfjs-wasm holds for every backend in a worker of its own; it starts the fastest."""


@pytest.fixture
def visitor(gpu_visitor: Visitor) -> Visitor:
    return gpu_visitor


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_gives_the_desktops_numbers(visitor: Visitor, tmp_path: Path, backend: str) -> None:
    site = build(tmp_path, backend)
    page = visitor.visit(site)
    wanted = desktop_tensors(site)
    for at in range(2):
        assert drift(tensors_of(page, at), wanted) < 1e-3
    assert page.stats()["backend"] == backend


def test_a_site_of_one_backend_fetches_nothing_of_the_others(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.visit(build(tmp_path, "tfjs-wasm"))
    tensors_of(page, 0)
    assert not [url for url in page.requests if "litert" in url or "webgl" in url or url.endswith(".tflite")]


LIES = {
    "zero at once": ("outputs.forEach(({data}) => data.fill(0))", "its output 0 is off by"),
    "off by one part in a hundred": ("outputs[0].data = outputs[0].data.map((x) => x * 1.01)", "is off by"),
    "not a number": ("outputs[1].data[7] = NaN", "its output 1 holds NaN at 7"),
    "infinite": ("outputs[0].data[0] = Infinity", "its output 0 holds Infinity at 0"),
    "of another shape": ("outputs[0].shape = [1, 16, 896]", r"is float32 (1, 16, 896), not float32 (1, 896, 16)"),
    "too few": ("outputs.pop()", "it gives 1 outputs, not 2"),
    "in another order": ("outputs.reverse()", "its output 0 is float32 (1, 896, 1)"),
}


@pytest.mark.parametrize("lie", LIES)
def test_one_that_lies_is_not_chosen_however_fast_and_its_lie_is_told(
    visitor: Visitor, tmp_path: Path, lie: str
) -> None:
    code, reason = LIES[lie]
    site = build(tmp_path, PAIR)
    site.set_budget(20_000)
    spoil = f"const spoil = async (run) => {{ const outputs = await run(); {code}; return outputs; }};"
    site.wrap("tfjs-wasm", spoil + RUNS)
    page = visitor.visit(site)
    tensors_of(page, 0)
    stats = until(page, lambda stats: report(stats, "tfjs-wasm")["state"] == "excluded")
    told = report(stats, "tfjs-wasm")["reason"]
    assert told.startswith("does not reproduce the reference of the model 'face_detection_short_range.tflite'")
    assert reason in told
    assert (stats["backend"], stats["events"]) == ("litert-wasm", [])
    assert drift(tensors_of(page, 1), desktop_tensors(site)) < 1e-3


def test_one_that_lies_cannot_be_had_by_name_either(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, "tfjs-wasm")
    spoil = "const spoil = async (run) => (await run()).map((one) => ({...one, data: one.data.fill(1)}));"
    site.wrap("tfjs-wasm", spoil + RUNS)
    page = visitor.visit(site)
    with pytest.raises(
        Error, match=r"No backend can run this app here\. tfjs-wasm: does not reproduce the reference"
    ):
        tensors_of(page, 0)


QUICK = """
let kept;
const spoil = async (run, [{data}]) => {
  if (kept && kept.data.every((one, index) => one === data[index])) return structuredClone(kept.outputs);
  kept = {data: data.slice(), outputs: structuredClone(await run())};
  return structuredClone(kept.outputs);
};
"""
"""Remembers what it gave for its last input, so that it is quick where it is measured, and right everywhere."""


def test_a_faster_one_takes_over_without_a_frame_lost(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, PAIR)
    site.set_budget(20_000)
    site.wrap("tfjs-wasm", QUICK + RUNS)
    page = visitor.visit(site)
    wanted = desktop_tensors(site)
    chosen = [""]
    while chosen[-1] != "tfjs-wasm" and len(chosen) < 60:
        assert drift(tensors_of(page, len(chosen)), wanted) < 1e-3
        chosen.append(page.stats()["backend"])
    assert (chosen[1], chosen[-1]) == ("litert-wasm", "tfjs-wasm"), page.stats()
    assert drift(tensors_of(page, 100), wanted) < 1e-3
    stats = until(page, lambda stats: all(one["milliseconds"] is not None for one in stats["backends"]))
    assert "the fastest here" in stats["reason"]
    assert report(stats, "tfjs-wasm")["state"] == "running"


def test_what_was_measured_is_remembered_for_the_next_visit(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, PAIR)
    site.set_budget(20_000)
    site.wrap("tfjs-wasm", QUICK + RUNS)
    page = visitor.visit(site)
    tensors_of(page, 0)
    first = until(page, lambda stats: stats["backend"] == "tfjs-wasm")
    until(page, lambda stats: page.page.evaluate(KEPT) == 1)
    page.page.reload()
    page.page.evaluate("customElements.whenDefined('pywebml-app').then(() => true)")
    tensors_of(page, 0)
    stats = until(page, lambda stats: stats["backend"] == "tfjs-wasm")
    others = [one for one in stats["backends"] if one["backend"] == "litert-wasm" and one["threads"] == 1]
    known = [one for one in first["backends"] if one["backend"] == "litert-wasm" and one["threads"] == 1]
    assert [one["reason"] for one in others] == ["measured on an earlier visit"] * len(known)


KEPT = """async () => (await (await caches.open("pywebml-backends")).keys()).length"""


STUCK = "const changed = {create: () => new Promise(() => undefined)};"


def test_one_that_does_not_start_is_given_up_when_the_budget_is_spent(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, PAIR)
    site.wrap("tfjs-wasm", STUCK)
    page = visitor.visit(site)
    tensors_of(page, 0)
    stats = until(page, lambda stats: report(stats, "tfjs-wasm")["reason"] != "")
    assert "it took longer than what was left of the 1.5 s for measuring" in report(stats, "tfjs-wasm")["reason"]
    no_engine_workers(page)


def test_where_the_first_cannot_be_had_the_next_one_runs_and_it_is_said_why(
    visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.visit(build(tmp_path, ["litert-webnn", "tfjs-wasm"]))
    tensors_of(page, 0)
    stats = page.stats()
    assert stats["backend"] == "tfjs-wasm"
    assert report(stats, "litert-webnn")["reason"] == "this browser has no WebNN"


def test_one_that_was_asked_for_by_name_and_cannot_be_had_is_one_clear_error(
    visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.visit(build(tmp_path, ["litert-webnn", "tfjs-wasm"]), "?backend=litert-webnn")
    with pytest.raises(
        Error, match=r"No backend can run this app here. litert-webnn: this browser has no WebNN\."
    ):
        tensors_of(page, 0)


def test_the_address_names_a_backend(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.visit(build(tmp_path, PAIR), "?backend=tfjs-wasm")
    tensors_of(page, 0)
    assert [one["backend"] for one in page.stats()["backends"]] == ["tfjs-wasm"]


def test_weights_that_are_not_what_was_built_are_refused_by_name(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, "tfjs-wasm")
    (weights,) = site.folder.glob("models/*-tfjs/*.bin")
    data = bytearray(weights.read_bytes())
    data[100] ^= 1
    weights.write_bytes(data)
    with pytest.raises(Error, match=f"{weights.name}' is damaged"):
        tensors_of(visitor.visit(site), 0)
