"""Runs what the converter writes in TF.js: one Node.js process for many models."""

import base64
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
DTYPES = {"float32": np.dtype("<f4"), "int32": np.dtype("<i4"), "bool": np.dtype(bool)}

Arrays = dict[str, NDArray[Any]]


class TfjsError(Exception):
    """TF.js could not run a model; the message is its own."""


class NodeTfjs:
    """TF.js under Node.js, with the backends "cpu" and "wasm"."""

    def __init__(self) -> None:
        command = [shutil.which("node") or "node", str(HERE / "run_tfjs_node.mjs"), str(STATIC)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def run(self, folder: Path, inputs: Mapping[str, NDArray[Any]], backend: str) -> Arrays:
        """Every output of the model in `folder`, by name.

        Raises:
            TfjsError: the model does not load or run.
        """
        request = {"backend": backend, "folder": str(folder), "inputs": describe(folder, inputs)}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return decode(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


def describe(folder: Path, inputs: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Writes the inputs beside the model, as types of TF.js; gives their names, types and shapes."""
    arrays = {name: array.astype(tfjs_type(array)) for name, array in inputs.items()}
    (folder / "inputs.bin").write_bytes(b"".join(array.tobytes() for array in arrays.values()))
    return [{"name": name, "dtype": array.dtype.name, "shape": array.shape} for name, array in arrays.items()]


def tfjs_type(array: NDArray[Any]) -> np.dtype[Any]:
    """The type that carries these values in TF.js."""
    return DTYPES["float32" if array.dtype.kind == "f" else "bool" if array.dtype.kind == "b" else "int32"]


def decode(answer: dict[str, Any]) -> Arrays:
    """The outputs in an answer of the runner; raises what it says went wrong."""
    if "error" in answer:
        raise TfjsError(answer["error"])
    return {name: _array(one) for name, one in answer["outputs"].items()}


def _array(one: dict[str, Any]) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(one["data"]), DTYPES[one["dtype"]]).reshape(one["shape"])
