"""Runs ONNX models with onnxruntime: a JSON list of [MODEL, INPUTS.npz, OUTPUTS.npz] in the file that is named."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

for model, given, result in json.loads(Path(sys.argv[1]).read_text()):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    with np.load(given) as inputs:
        outputs = session.run(None, dict(inputs))
    # By number: a name in an archive may not hold every character that ONNX allows.
    np.savez(result, *outputs)
