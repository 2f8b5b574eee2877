"""Where a model goes wrong first: its steps against those of the original, where these can be had."""

import tempfile
from pathlib import Path

from pyweb_ml.converter.formats import detect
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.proof.layers import Steps, step_errors, steps_in_litert
from pyweb_ml.converter.proof.originals import run_onnx, turned, with_shapes
from pyweb_ml.converter.proof.samples import Arrays
from pyweb_ml.converter.readers import read
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.errors import ConversionError

_LAST = "/last"
"""What the reader of ONNX puts behind a name where it has turned the value to NHWC."""


def first_wrong_since_read(
    source: str | Path, clean: Model, sample: Arrays, options: ReadOptions, tolerance: float
) -> str:
    """The first operator of the clean model that is further off than `tolerance`; "" if none can be told.

    An ONNX model is asked for the result of each of its nodes, in onnxruntime. What another framework has made a
    `.tflite` of is compared as it was read, before the passes.
    """
    try:
        wanted = _original_steps(source, sample, options)
        errors = step_errors(wanted, _by_original_names(steps_in_litert(clean, sample)))
    except ConversionError:
        return ""
    for index, op in enumerate(clean.graph.operators):
        name = op.outputs[0].name.removesuffix(_LAST) if op.outputs else ""
        if errors.get(name, 0) > tolerance:
            return f"operator {index} {op.op} '{name}' is the first that differs (by {errors[name]:.1e})"
    return ""


def _original_steps(source: str | Path, sample: Arrays, options: ReadOptions) -> Steps:
    if detect(source).name != "onnx":
        return steps_in_litert(read(source, options), sample)
    with tempfile.TemporaryDirectory(prefix="pywebml-onnx-") as folder:
        copy = Path(folder) / Path(source).name
        sample = turned(sample, (0, 3, 1, 2)) if options.channels_last else sample
        copy.write_bytes(with_shapes(Path(source).read_bytes(), sample, every_step=True))
        return Steps(run_onnx(copy, [sample], options).outputs[0])


def _by_original_names(steps: Steps) -> Steps:
    return Steps({name.removesuffix(_LAST): value for name, value in steps.values.items()})
