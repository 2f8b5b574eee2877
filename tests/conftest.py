"""What several tests share: apps, models and web assets on disk, and the command line as a user has it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Protocol

import flatbuffers  # type: ignore[import-untyped]
import pytest
from ai_edge_litert.schema_py_generated import (
    BufferT,
    BuiltinOperator,
    ModelT,
    OperatorCodeT,
    OperatorT,
    SubGraphT,
    TensorT,
)

ROOT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "network: fetches from the package registries")
    # What a script starts in the background ignores SIGINT, and hands that on to the servers that tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class WriteApp(Protocol):
    def __call__(self, source: str, path: str = ...) -> Path: ...


@pytest.fixture
def write_app(tmp_path: Path) -> WriteApp:
    """Writes a Python file (by default app/app.py) below a folder of this test's own; gives its path."""

    def write(source: str, path: str = "app/app.py") -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(source), encoding="utf-8")
        return file

    return write


PYTHON_APP = '''
"""Shows the negative.

More of it."""

import pyweb_ml as pw


@pw.calculator
def negative(frame: pw.Image) -> pw.Image:
    return 255 - frame


@pw.app(title="Negative & <more>")
def show_negative(frame: pw.Image):
    return negative(frame)
'''

MODEL_APP = """
import pyweb_ml as pw
from pyweb_ml.calculators.inference import inference

@pw.app(title="Runs a model")
def run_model(tensors: pw.Tensors):
    return inference(tensors, model=pw.Model("net.tflite"))
"""


@pytest.fixture
def python_app(write_app: WriteApp) -> Path:
    """An app with one calculator in Python, and no model."""
    return write_app(PYTHON_APP)


@pytest.fixture
def model_app(write_app: WriteApp, tiny_model: bytes) -> Path:
    """An app without Python calculators, whose model is a file beside it."""
    file = write_app(MODEL_APP)
    (file.parent / "net.tflite").write_bytes(tiny_model)
    return file


@pytest.fixture(scope="session")
def tiny_model() -> bytes:
    """A small valid `.tflite`: what is below zero of two numbers becomes zero."""
    model = ModelT()
    model.version = 3
    model.description = "a small model, but a model; " * 20
    model.buffers = [BufferT()]
    model.operatorCodes = [OperatorCodeT()]
    model.operatorCodes[0].builtinCode = model.operatorCodes[0].deprecatedBuiltinCode = BuiltinOperator.RELU
    model.subgraphs = [_relu()]
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _relu() -> SubGraphT:
    graph, operator = SubGraphT(), OperatorT()
    graph.tensors = [TensorT(), TensorT()]
    for index, tensor in enumerate(graph.tensors):
        tensor.shape, tensor.name = [1, 2], f"tensor{index}"
    graph.inputs, graph.outputs = [0], [1]
    operator.inputs, operator.outputs = [0], [1]
    graph.operators = [operator]
    return graph


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, for this test alone."""
    monkeypatch.setenv("PYWEBML_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """Stands in for the compiled web assets, which a build copies without looking into them."""
    folder = tmp_path / "web"
    (folder / "litert").mkdir(parents=True)
    page = "<!doctype html><head><title>{{title}}</title></head><body><p>{{description}}</p></body>"
    (folder / "index.html").write_text(page)
    (folder / "engines").mkdir()
    files = {
        "litert-wasm": ["engines/litert-wasm.js", "litert/engine.wasm"],
        "litert-webgpu": ["litert/engine.wasm"],
        "tfjs-webgl": ["engines/tfjs-webgl.js"],
    }
    (folder / "engines" / "files.json").write_text(json.dumps(files))
    for name in ("worker.js", "widget.js", "page.css", *files["litert-wasm"], *files["tfjs-webgl"]):
        (folder / name).write_text(name)
    return folder


RunCli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def cli_environment(tmp_path: Path, web: Path, cache: Path) -> dict[str, str]:
    """Environment of a command: the stand-in web assets, and a folder of its own for temporary files."""
    (tmp_path / "tmp").mkdir()
    own = {"PYWEBML_WEB": str(web), "PYWEBML_CACHE": str(cache), "TMPDIR": str(tmp_path / "tmp")}
    # Node.js keeps compiled code of npm among the temporary files, on purpose.
    return {**os.environ, **own, "PYTHONPATH": str(ROOT), "NODE_DISABLE_COMPILE_CACHE": "1"}


@pytest.fixture
def run_cli(tmp_path: Path, cli_environment: dict[str, str]) -> Iterator[RunCli]:
    """Runs `pywebml` in a process of its own; afterwards no temporary file of it may be left."""

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pyweb_ml", *map(str, words)]
        return subprocess.run(
            command, cwd=tmp_path, env=cli_environment, capture_output=True, text=True, timeout=300, check=False
        )

    yield run
    assert list((tmp_path / "tmp").iterdir()) == []
