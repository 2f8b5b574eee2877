"""Runs in the environment "onnxruntime": an ONNX model's outputs, for proof.

    run MODEL SHAPES.json INPUTS.npz OUTPUTS.npz

What the files of arrays hold, `arrays.py` says; SHAPES.json is not looked at, since the inputs have their shapes.
"""

from pathlib import Path

import onnxruntime
from arrays import read_samples, write_samples  # type: ignore[import-not-found]
from command import run_command  # type: ignore[import-not-found]


def main(command: str, model: str, shapes: str, inputs: str, outputs: str) -> None:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_outputs()]
    found = [dict(zip(names, session.run(names, sample), strict=True)) for sample in read_samples(Path(inputs))]
    write_samples(Path(outputs), found)


if __name__ == "__main__":
    run_command(main)
