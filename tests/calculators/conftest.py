"""Runs a standard calculator twice, in numpy and as the page runs it, so that the two can be compared."""

import dataclasses
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

import pyweb_ml as pw
from pyweb_ml.graph.contract import REGISTRY

ROOT = Path(__file__).parents[2]
ARRAYS = ("Image", "Mask", "Anchors")


@pytest.fixture(scope="session")
def astronaut() -> pw.Image:
    """A real photograph with a face, RGBA, 512x512."""
    rgb: pw.Image = data.astronaut()  # type: ignore[no-untyped-call]
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


@dataclass
class Both:
    """What a calculator emitted by tag, in numpy and in the page; or the page's error."""

    desktop: dict[str, Any]
    page: dict[str, Any]
    error: str | None


RunBoth = Callable[..., Both]


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator["subprocess.Popen[str]"]:
    """The page's calculators, bundled and running under Node.js with freshly compiled kernels."""
    folder = tmp_path_factory.mktemp("page")
    spec = importlib.util.spec_from_file_location("build", ROOT / "static" / "kernels" / "build.py")
    assert spec
    assert spec.loader
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    build.build(folder / "kernels.wasm")
    esbuild = ROOT / "static" / "node_modules" / ".bin" / "esbuild"
    entry = str(Path(__file__).parent / "run_case.mjs")
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=error"]
    subprocess.run([str(esbuild), entry, *options, f"--outfile={folder / 'run.mjs'}"], check=True)
    command = [shutil.which("node") or "node", str(folder / "run.mjs"), str(folder / "kernels.wasm")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def run_both(page: "subprocess.Popen[str]", tmp_path: Path) -> RunBoth:
    """`run_both(name, {parameter: payload}, **options)`."""

    def run(name: str, inputs: Mapping[str, Any], **options: Any) -> Both:
        _write_case(tmp_path, name, inputs, options)
        assert page.stdin
        assert page.stdout
        page.stdin.write(f"{tmp_path}\n")
        page.stdin.flush()
        assert page.stdout.readline() == "done\n"
        outputs, error = _read_result(tmp_path, name)
        return Both({} if error else _run_desktop(name, inputs, options), outputs, error)

    return run


def _run_desktop(name: str, inputs: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    contract = REGISTRY[name]
    payloads = contract.split(contract.work(**inputs, **options))
    made = zip(contract.outputs, payloads, strict=True)
    return {port.tag: payload for port, payload in made if payload is not None}


def _write_case(folder: Path, name: str, inputs: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    contract = REGISTRY[name]
    ports = {port.parameter: port for port in contract.inputs}
    given = {key: {"type": ports[key].type, "payload": _to_page(folder, key, one)} for key, one in inputs.items()}
    case = {
        "calculator": name,
        "options": {key: contract.options[key].encode(value) for key, value in options.items()},
        "inputs": {ports[key].tag: one for key, one in given.items() if not ports[key].side},
        "side": {ports[key].tag: one for key, one in given.items() if ports[key].side},
        "wanted": [port.tag for port in contract.outputs],
    }
    (folder / "case.json").write_text(json.dumps(case))


def _read_result(folder: Path, name: str) -> tuple[dict[str, Any], str | None]:
    result = json.loads((folder / "result.json").read_text())
    types = {port.tag: port.type for port in REGISTRY[name].outputs}
    return {tag: _from_page(folder, types[tag], one) for tag, one in result["outputs"].items()}, result["error"]


def _to_page(folder: Path, name: str, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value.tofile(folder / name)
        return {"shape": value.shape, "file": name}
    if isinstance(value, tuple):
        return value._asdict()  # type: ignore[attr-defined]  # Size is a named tuple
    if isinstance(value, list):
        return [_to_page(folder, f"{name}{index}", one) for index, one in enumerate(value)]
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value  # type: ignore[arg-type]


def _from_page(folder: Path, type: str, value: Any) -> Any:
    if type in ARRAYS:
        return _array(folder, value, np.uint8 if type == "Image" else np.float32)
    return [_array(folder, one, np.float32) for one in value] if type == "Tensors" else value


def _array(folder: Path, described: dict[str, Any], dtype: Any) -> NDArray[Any]:
    return np.fromfile(folder / described["file"], dtype).reshape(described["shape"])
