"""What a site carries for its backends, and no more."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site, engines, tfjs_model
from pyweb_ml.bundle.report import BuildReport
from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.errors import AuthoringError, BuildError, ConversionError
from pyweb_ml.graph.backend import AUTO, BACKENDS, backend_names

MANIFEST = Path(__file__).parents[2] / "static" / "src" / "manifest.ts"

Build = Callable[..., tuple[BuildReport, dict[str, Any], set[str]]]


@pytest.fixture
def build(model_app: Path, web: Path, tmp_path: Path, cache: Path) -> Build:
    """Builds the app for a backend; gives the report, the manifest and the names of the files."""

    def build_it(backend: Any = "auto") -> tuple[BuildReport, dict[str, Any], set[str]]:
        source = model_app.read_text().replace('model")', f'model", backend={backend!r})')
        model_app.write_text(source)
        out = tmp_path / "site"
        report = build_site(load_app(str(model_app)), out, web=web)
        files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
        return report, json.loads((out / "manifest.json").read_text()), files

    return build_it


def test_backends_have_the_names_that_the_page_has_for_them() -> None:
    stated = MANIFEST.read_text().partition("export type BackendName =")[2].partition(";")[0]
    assert [name.strip(' "\n') for name in stated.split("|")[1:]] == [*BACKENDS, "none"]


def test_a_site_carries_the_cpu_and_the_gpu_unless_told_otherwise(build: Build) -> None:
    report, manifest, files = build()
    assert manifest["engines"]["backends"] == list(AUTO)
    assert report.notes == []
    folder = manifest["engines"]["folder"]
    assert {
        folder + name for name in ("engines/litert-wasm.js", "engines/tfjs-webgl.js", "litert/engine.wasm")
    } <= files


@pytest.fixture
def large_litert(web: Path) -> Path:
    """Web assets of which LiteRT's Wasm has a megabyte, and TF.js's a thousandth of that."""
    (web / "litert" / "engine.wasm").write_bytes(bytes(1_000_000))
    (web / "litert" / "engine.mjs").write_bytes(bytes(1000))
    for name in ("tfjs-wasm.js", "tfjs.wasm"):
        (web / "engines" / name).write_bytes(bytes(500))
    index = web / "engines" / "files.json"
    files = json.loads(index.read_text()) | {"tfjs-wasm": ["engines/tfjs-wasm.js", "engines/tfjs.wasm"]}
    index.write_text(json.dumps(files))
    return web


def test_a_site_that_chooses_by_itself_carries_a_small_engine_for_slow_lines(
    build: Build, large_litert: Path
) -> None:
    _, manifest, files = build()
    assert manifest["engines"]["small"] == {"backend": "tfjs-wasm", "large": 1_000_000}
    folder = manifest["engines"]["folder"]
    assert {folder + "engines/tfjs-wasm.js", folder + "engines/tfjs.wasm"} <= files
    assert "tfjs-wasm" not in manifest["engines"]["backends"]


def test_it_is_left_out_where_it_would_not_be_small(build: Build, large_litert: Path) -> None:
    (large_litert / "engines" / "tfjs.wasm").write_bytes(bytes(600_000))
    _, manifest, files = build()
    assert manifest["engines"]["small"] is None
    assert not [name for name in files if "tfjs-wasm" in name]


@pytest.mark.parametrize("backend", ["litert-wasm", ["litert-wasm", "tfjs-webgl"]])
def test_it_is_left_out_where_backends_are_named(build: Build, large_litert: Path, backend: Any) -> None:
    _, manifest, _ = build(backend)
    assert manifest["engines"]["small"] is None


def refuse(_: Path) -> list[Path]:
    raise ConversionError("operator 0 FOO ('x'): TF.js has no FOO")


def test_it_is_left_out_where_tfjs_cannot_run_the_model(
    build: Build, large_litert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "tfjs_files", refuse)
    _, manifest, _ = build()
    assert manifest["engines"]["small"] is None


def test_a_site_for_tfjs_carries_nothing_of_litert(build: Build) -> None:
    _, manifest, files = build("tfjs-webgl")
    assert manifest["engines"]["backends"] == ["tfjs-webgl"]
    model = next(iter(manifest["engines"]["tfjs"].values()))
    assert [asset["path"].rpartition("/")[2] for asset in model] == ["model.json", "group1-shard1of1.bin"]
    assert {asset["path"] for asset in model} <= files
    assert not [name for name in files if "litert" in name or name.endswith(".tflite")]


def test_a_site_for_litert_carries_nothing_of_tfjs(build: Build) -> None:
    _, manifest, files = build(["litert-wasm"])
    assert manifest["engines"]["tfjs"] == {}
    assert not [name for name in files if "tfjs" in name]


def test_every_file_that_the_manifest_names_is_there_with_its_reference(build: Build, tmp_path: Path) -> None:
    _, manifest, _ = build()
    reference = manifest["engines"]["references"]["net.tflite"]
    assert (tmp_path / "site" / reference["path"]).stat().st_size == reference["bytes"] == 8
    assert reference["outputs"][0]["dtype"] == "float32"


def test_where_tfjs_cannot_run_a_model_the_build_goes_on_without_it_and_says_so(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "tfjs_files", refuse)
    report, manifest, files = build()
    assert manifest["engines"]["backends"] == ["litert-wasm", "litert-webgpu"]
    assert report.notes == ["the site is without tfjs-webgl: operator 0 FOO ('x'): TF.js has no FOO"]
    assert not [name for name in files if name.endswith("tfjs-webgl.js")]


def test_where_tfjs_was_asked_for_by_name_it_is_an_error(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "tfjs_files", refuse)
    with pytest.raises(BuildError, match=r"the backends tfjs-webgl cannot be had: operator 0 FOO .* no FOO"):
        build("tfjs-webgl")


def test_files_that_are_not_built_are_told_with_what_makes_them(build: Build, web: Path) -> None:
    (web / "engines" / "files.json").unlink()
    with pytest.raises(BuildError, match=r"lack the files of litert-wasm, .* 'python static/hatch_build\.py'"):
        build()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("webgl", "there is no backend 'webgl'; give \"auto\", or one or several of litert-wasm, litert-webgpu, "),
        (["auto", "tfjs-wasm"], "there is no backend 'auto'; "),
        (["cuda", "tfjs-wasm", "webgl"], "there is no backend 'cuda' or 'webgl'; "),
        ([], "no backend is named"),
    ],
)
def test_a_backend_that_there_is_not_is_refused_by_name(given: Any, message: str) -> None:
    with pytest.raises(AuthoringError) as caught:
        backend_names(given)
    assert str(caught.value).startswith(message)


def test_backends_keep_their_order_and_come_once() -> None:
    assert backend_names(["tfjs-wasm", "litert-wasm", "tfjs-wasm"]) == ("tfjs-wasm", "litert-wasm")


def test_a_model_is_converted_once(model_app: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_app.with_name("net.tflite")
    first = tfjs_model.tfjs_files(model)
    monkeypatch.setattr(tfjs_model, "write_tfjs", None)
    assert tfjs_model.tfjs_files(model) == first
    assert [path.name for path in first] == ["model.json", "group1-shard1of1.bin"]


def test_another_converter_converts_anew(model_app: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_app.with_name("net.tflite")
    first = tfjs_model.tfjs_files(model)
    monkeypatch.setattr(tfjs_model, "converter_digest", lambda: "another")
    assert tfjs_model.tfjs_files(model)[0].parent != first[0].parent


def test_a_conversion_that_fails_leaves_nothing(
    model_app: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ConversionError("no")

    monkeypatch.setattr(tfjs_model, "write_tfjs", fail)
    with pytest.raises(ConversionError):
        tfjs_model.tfjs_files(model_app.with_name("net.tflite"))
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(("value", "fits"), [(0.5, True), (0.1, False), (1e30, False)])
def test_weights_are_stored_in_float16_where_that_loses_nothing(value: float, fits: bool) -> None:
    weight = Tensor("w", (1,), data=np.array([value], np.float32))
    x, y = Tensor("x", (1,)), Tensor("y", (1,))
    model = Model([Graph([x], [y], [Operator("ADD", [x, weight], [y])])])
    assert tfjs_model._is_float16(model) == fits
