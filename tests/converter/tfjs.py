"""Runs what the converter writes in TF.js under Node.js: one process for many models."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from pyweb_ml.converter.proof.tfjs import BUNDLE, decode, encode, require_bundle

Arrays = dict[str, NDArray[Any]]


class TfjsError(Exception):
    """TF.js could not run a model; the message is its own."""


class Runner(Protocol):
    """Runs models in TF.js."""

    def run(self, folder: Path, inputs: Mapping[str, NDArray[Any]], backend: str) -> Arrays:
        """Every output of the model in `folder`, by name.

        Raises:
            TfjsError: the model does not load or run.
        """


class NodeTfjs:
    """TF.js under Node.js, with the backends "cpu" and "wasm"."""

    def __init__(self) -> None:
        require_bundle()
        command = [shutil.which("node") or "node", str(BUNDLE / "node.cjs"), str(BUNDLE / "wasm")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def run(self, folder: Path, inputs: Mapping[str, NDArray[Any]], backend: str) -> Arrays:
        described, data = encode(dict(inputs))
        paths = {"input_file": str(folder / "inputs.bin"), "output_file": str(folder / "outputs.bin")}
        (folder / "inputs.bin").write_bytes(data)
        answer = self._ask({"backend": backend, "folder": str(folder), "inputs": described, **paths})
        return outputs_of(answer, (folder / "outputs.bin").read_bytes() if "outputs" in answer else b"")

    def _ask(self, job: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


def outputs_of(answer: dict[str, Any], data: bytes) -> Arrays:
    """The outputs that an answer describes; raises what it says went wrong."""
    if "error" in answer:
        raise TfjsError(str(answer["error"])[:500])
    shapes = {one["name"]: one["shape"] for one in answer["outputs"]}
    if any(None in shape for shape in shapes.values()):
        raise TfjsError(f"a shape holds what is no number: {shapes}")
    return decode(answer["outputs"], data)
