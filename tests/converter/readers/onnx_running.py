"""Running ONNX models with onnxruntime, in its own environment."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter import environment
from pyweb_ml.converter.readers.onnx.proto import ModelProto

SCRIPT = Path(__file__).parent / "run_onnxruntime.py"
Arrays = Mapping[str, NDArray[Any]]


def run_onnxruntime(cases: Sequence[tuple[bytes, Arrays]]) -> list[list[NDArray[Any]]]:
    """The outputs of each model for its inputs, in one process for all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs = []
        for number, (model, inputs) in enumerate(cases):
            files = [folder / f"{number}{suffix}" for suffix in (".onnx", ".in.npz", ".out.npz")]
            files[0].write_bytes(model)
            np.savez(files[1], **dict(inputs))  # type: ignore[arg-type]
            jobs.append([str(file) for file in files])
        (folder / "jobs.json").write_text(json.dumps(jobs))
        environment.run("onnxruntime", SCRIPT, [folder / "jobs.json"])
        return [_outputs(Path(job[2])) for job in jobs]


def _outputs(path: Path) -> list[NDArray[Any]]:
    with np.load(path) as arrays:
        return list(arrays.values())


def with_input_shape(model: bytes, name: str, shape: Sequence[int]) -> bytes:
    """The model with another shape declared for an input, since onnxruntime holds a model to it."""
    proto = ModelProto.FromString(model)
    (given,) = [one for one in proto.graph.input if one.name == name]
    for dim, size in zip(given.type.tensor_type.shape.dim, shape, strict=True):
        dim.dim_value = size
    return bytes(proto.SerializeToString())
