"""The benchmark itself, in Chromium: every backend, and the rivals, with few frames. What is fast is no test."""

import os
from pathlib import Path

import pytest

from pyweb_ml.apps import load_app
from pyweb_ml.bench.job import BenchError, Settings
from pyweb_ml.bench.memory import held_by
from pyweb_ml.bench.report import Report
from pyweb_ml.bench.run import Options, run_bench
from pyweb_ml.progress import quiet
from tests.chromium import find

pytestmark = [pytest.mark.browser, pytest.mark.network]

EXAMPLES = Path(__file__).parents[2] / "examples"
FACES = EXAMPLES / "mediapipe_graph/graph.pbtxt"
PICTURE = EXAMPLES / "samples/astronaut.jpg"
SETTINGS = Settings(frames=3, warm_up=1, limit=20, paced=0.2, burst=4, rounds=1)
BACKENDS = ("litert-wasm", "tfjs-webgl", "tfjs-wasm", "litert-webnn")
"""Those that are played by the CPU within seconds; tests/browser/test_backends.py runs the others too."""


@pytest.fixture(scope="module")
def report() -> Report:
    browser = find()
    if browser is None:
        pytest.fail("no Chromium was found: run 'python tests/chromium.py --install', or set PYWEBML_CHROMIUM")
    options = Options(BACKENDS, PICTURE, peer=True, browser=browser, settings=SETTINGS)
    return run_bench(load_app(str(FACES)), options, quiet)


def test_every_wanted_backend_is_measured_or_says_why_not(report: Report) -> None:
    found = {one.name.removeprefix("PyWebML, "): one for one in report.subjects if not one.rival}
    assert tuple(found) == BACKENDS
    assert "WebNN" in (found.pop("litert-webnn").error or "")
    for one in found.values():
        assert one.error is None, one.name
        assert len(one.times) == SETTINGS.frames
        assert one.description.startswith(one.name.removeprefix("PyWebML, "))


def test_every_rival_runs_on_the_same_model_but_the_one_that_needs_onnx(report: Report) -> None:
    rivals = {one.name: one.error for one in report.subjects if one.rival}
    assert rivals == dict.fromkeys(("LiteRT.js, hand-written", "TF.js, hand-written", "MediaPipe tasks-vision"))
    assert [name for name, _ in report.left_out] == ["onnxruntime-web"]


def test_the_rivals_on_wasm_have_all_the_threads_that_their_runtime_takes(report: Report) -> None:
    def wanted(threads: int) -> str:
        return "1 thread" if threads == 1 else f"{threads} threads"

    cores = os.cpu_count() or 1
    said = {one.name: one.description for one in report.subjects}
    assert said["LiteRT.js, hand-written"] == f"LiteRT.js on Wasm, {wanted(min(cores, 4))}, canvas input"
    # TF.js takes half of the cores at most, whatever it is asked for: tensorflow/tfjs#6081
    assert said["TF.js, hand-written"] == f"TF.js on Wasm, {wanted(max(min(cores // 2, 4), 1))}, fromPixels"


def test_as_fast_as_it_goes_the_app_is_compared_with_one_frame_at_a_time_and_rivals_do_no_other(
    report: Report,
) -> None:
    for one in report.subjects:
        if one.error is not None:
            continue
        assert one.throughput, one.name
        assert len(one.throughput.rates) == SETTINGS.rounds
        assert one.throughput.in_flight in ([[1]] if one.rival else [[1], [2]])
        assert (one.throughput.gain is None) == one.rival


def test_the_machine_is_named(report: Report) -> None:
    assert report.machine
    assert report.machine.cores == os.cpu_count()


def test_of_the_app_each_calculator_is_timed_and_inference_is_the_nodes_that_run_models(report: Report) -> None:
    best = report.best
    assert best
    (node,) = (name for name in best.calculators if name.endswith("__inference"))
    assert best.inference == best.calculators[node]
    assert any(name.endswith("__image_to_tensor") for name in best.calculators)


def test_first_result_files_and_pace_are_known_of_all_that_run(report: Report) -> None:
    for one in report.subjects:
        if one.error is not None:
            continue
        assert one.first_result
        assert 0 < one.wire_gzip <= one.wire
        assert one.paced
        assert one.paced.offered == SETTINGS.paced * SETTINGS.rate
        assert one.paced.shown + one.paced.dropped <= one.paced.offered


def test_the_page_is_isolated_and_memory_is_known_where_the_system_says_it(report: Report) -> None:
    assert report.device["isolated"]
    says = held_by(os.getpid()) is not None
    assert all((one.memory is not None) == says for one in report.subjects if one.error is None)


def test_an_app_without_samples_needs_an_input() -> None:
    with pytest.raises(BenchError, match=r"the app 'graph' has no samples; .* as --input"):
        run_bench(load_app(str(FACES)), Options(browser=find()), quiet)
