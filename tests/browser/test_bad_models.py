"""Models that an engine cannot run: it is excluded with what it says of them, and the others go on."""

import json
from collections.abc import Callable
from pathlib import Path

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
import pytest
from ai_edge_litert.schema_py_generated import (
    BufferT,
    BuiltinOperator,
    Model,
    ModelT,
    OperatorCodeT,
    OperatorT,
    TensorT,
    TensorType,
)
from playwright.sync_api import Error

from pyweb_ml.bundle.asset_file import asset_of
from pyweb_ml.bundle.sealing import seal
from tests.browser.backends import Site, Visitor, build, desktop_tensors, drift, report, tensors_of

PAIR = ["litert-wasm", "tfjs-wasm"]
NAME = "face_detection_short_range.tflite"
REFUSED = f"LiteRT cannot run the model '{NAME}': "


def change_tflite(site: Site, change: Callable[[ModelT], None]) -> None:
    """Changes the site's model for LiteRT; the desktop's reference and TF.js's form stay those of the original."""
    file = site.folder / "manifest.json"
    manifest = json.loads(file.read_text())
    (name,) = manifest["models"]
    path = manifest["models"][name]["path"]
    model = ModelT.InitFromObj(Model.GetRootAs((site.folder / path).read_bytes()))
    change(model)
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    data = bytes(builder.Output())
    (site.folder / path).write_bytes(data)
    manifest["models"][name] |= vars(asset_of(path, data))
    file.write_text(json.dumps(manifest))
    seal(site.folder)


def unknown_operation(model: ModelT) -> None:
    """Its additions are called FOO."""
    for code in model.operatorCodes:
        if code.builtinCode == BuiltinOperator.ADD:
            code.builtinCode = code.deprecatedBuiltinCode = BuiltinOperator.CUSTOM
            code.customCode = "FOO"


def more_than_memory(model: ModelT) -> None:
    """It tiles its input, (1, 128, 128, 3), to 3 GiB that nobody reads."""
    graph = model.subgraphs[0]
    code, operator, times, tiled = OperatorCodeT(), OperatorT(), TensorT(), TensorT()
    code.builtinCode = code.deprecatedBuiltinCode = BuiltinOperator.TILE
    times.name, times.shape, times.type = "times", [4], TensorType.INT32
    tiled.name, tiled.shape = "tiled", [1, 128 * 128, 128 * 128, 3]
    buffer = BufferT()
    buffer.data = np.frombuffer(np.array([1, 128, 128, 1], "<i4").tobytes(), np.uint8)
    times.buffer = len(model.buffers)
    operator.opcodeIndex = len(model.operatorCodes)
    operator.inputs, operator.outputs = [graph.inputs[0], len(graph.tensors)], [len(graph.tensors) + 1]
    model.buffers.append(buffer)
    model.operatorCodes.append(code)
    graph.tensors += [times, tiled]
    graph.operators.append(operator)


def unaccelerated_operation(model: ModelT) -> None:
    """It makes zeros like its input, which nobody reads; LiteRT has them on the CPU only."""
    graph = model.subgraphs[0]
    code, operator, zeros = OperatorCodeT(), OperatorT(), TensorT()
    code.builtinCode = code.deprecatedBuiltinCode = BuiltinOperator.ZEROS_LIKE
    zeros.name, zeros.shape = "zeros", [1, 128, 128, 3]
    operator.opcodeIndex = len(model.operatorCodes)
    operator.inputs, operator.outputs = [graph.inputs[0]], [len(graph.tensors)]
    graph.tensors.append(zeros)
    model.operatorCodes.append(code)
    graph.operators.append(operator)


def break_tfjs(site: Site) -> None:
    """Its convolutions are called Foo in TF.js's form of the model."""
    (path,) = site.folder.glob("models/*-tfjs/model.json")
    data = path.read_text().replace('"Conv2D"', '"Foo"').replace('"_FusedConv2D"', '"Foo"').encode()
    path.write_bytes(data)
    file = site.folder / "manifest.json"
    manifest = json.loads(file.read_text())
    (assets,) = manifest["engines"]["tfjs"].values()
    assets[0] |= vars(asset_of(assets[0]["path"], data))
    file.write_text(json.dumps(manifest))
    seal(site.folder)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (unknown_operation, "Encountered unresolved custom op: FOO"),
        (more_than_memory, "Failed to allocate tensors: as a rule, they need more memory than Wasm has"),
    ],
    ids=["an operation that it does not know", "more memory than Wasm has"],
)
def test_it_is_excluded_by_what_it_says_and_the_other_one_answers_the_frame(
    visitor: Visitor, tmp_path: Path, change: Callable[[ModelT], None], why: str
) -> None:
    site = build(tmp_path, PAIR)
    change_tflite(site, change)
    page = visitor.visit(site)
    for at in range(2):
        assert drift(tensors_of(page, at), desktop_tensors(site)) < 1e-3
    stats = page.stats()
    assert stats["backend"] == "tfjs-wasm"
    excluded = [one for one in stats["backends"] if one["backend"] == "litert-wasm"]
    assert {(one["state"], one["reason"]) for one in excluded} == {("excluded", REFUSED + why)}


def test_where_none_can_run_it_one_error_says_each_ones_reason(visitor: Visitor, tmp_path: Path) -> None:
    site = build(tmp_path, PAIR)
    change_tflite(site, unknown_operation)
    break_tfjs(site)
    page = visitor.visit(site)
    with pytest.raises(Error) as caught:
        tensors_of(page, 0)
    told = str(caught.value).partition("No backend can run this app here. ")[2]
    assert f": {REFUSED}Encountered unresolved custom op: FOO; " in told
    assert f"; tfjs-wasm: TF.js cannot run the model '{NAME}': it does not know the operation 'Foo'." in told


def test_an_accelerator_that_lacks_an_operation_is_excluded_by_its_name_and_the_cpu_goes_on(
    gpu_visitor: Visitor, tmp_path: Path
) -> None:
    site = build(tmp_path, ["litert-webgpu", "litert-wasm"])
    change_tflite(site, unaccelerated_operation)
    page = gpu_visitor.visit(site)
    assert drift(tensors_of(page, 0), desktop_tensors(site)) < 1e-3
    told = report(page.stats(), "litert-webgpu")
    assert told["state"] == "excluded"
    assert told["reason"].startswith(f"{REFUSED}Following operations are not supported by GPU delegate: ")
    assert told["reason"].endswith("ZEROS_LIKE")
