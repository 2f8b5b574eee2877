"""Weights, and if asked for activations, of 8 bits: by ai-edge-quantizer, in its own environment."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from pyweb_ml.converter import environment
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.passes.fold_dequantize import fold_dequantize
from pyweb_ml.converter.readers.tflite import decode_tflite
from pyweb_ml.converter.scripts.arrays import write_samples
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from pyweb_ml.progress import Progress, quiet

Precision = Literal["dynamic_int8", "weight_only_int8", "static_int8"]
_SCRIPT = Path(__file__).parents[1] / "scripts" / "quantize_model.py"


def quantize(
    model: Model,
    precision: Precision,
    samples: Sequence[Mapping[str, NDArray[Any]]] = (),
    progress: Progress = quiet,
) -> Model:
    """Stores weights as int8, one scale a channel; inputs and outputs stay float32.

    "dynamic_int8" computes with integers, whose ranges it takes from each run; "weight_only_int8" makes float32
    of the weights again; "static_int8" computes with integers of the ranges that the samples have.

    Args:
        samples: what the model is run on for static_int8: arrays by the names of the signature's inputs.

    Raises:
        ConversionError: static_int8 has no samples, the model has no single signature, or ai-edge-quantizer fails.
    """
    if precision == "static_int8" and not samples:
        raise ConversionError("static_int8 needs samples of the model's inputs, for the ranges of its activations")
    if len(model.signatures) > 1:
        raise ConversionError(f"a model with {len(model.signatures)} signatures cannot be quantised; keep one")
    with tempfile.TemporaryDirectory(prefix="pywebml-quantize-") as folder:
        source, arrays, out = (Path(folder) / name for name in ("model.tflite", "samples.npz", "quantized.tflite"))
        # The quantizer does nothing to weights behind a DEQUANTIZE, and fails without a signature.
        write_tflite(fold_dequantize(model), source)
        write_samples(arrays, [dict(sample) for sample in samples])
        environment.run("quantizer", _SCRIPT, [precision, source, arrays, out], progress)
        made = decode_tflite(memoryview(out.read_bytes()))
    model.graphs, model.signatures, model.metadata = made.graphs, made.signatures, made.metadata
    return model
