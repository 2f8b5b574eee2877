"""Sizes and speeds of a model's forms."""

import tempfile
from pathlib import Path

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.proof.checks import Proof
from pyweb_ml.converter.proof.comparison import compare, worst
from pyweb_ml.converter.proof.litert import native_milliseconds, run_litert
from pyweb_ml.converter.report import Variant, gzip_size
from pyweb_ml.converter.variants import Choice
from pyweb_ml.converter.writers.tflite import write_tflite


def measured_variant(choice: Choice, model: Model, proof: Proof, written: bool) -> Variant:
    """The size, the speed in ai-edge-litert and the error of a form.

    Raises:
        ConversionError: LiteRT cannot run it.
    """
    with tempfile.TemporaryDirectory(prefix="pywebml-measure-") as folder:
        path = Path(folder) / "model.tflite"
        write_tflite(model, path)
        size, packed = path.stat().st_size, gzip_size(path)
        outputs = run_litert(path, model, proof.inputs)
        milliseconds = native_milliseconds(path, model, proof.inputs[0])
    wanted = proof.reference.outputs
    real = [index for index, sample in enumerate(proof.samples) if sample.real]
    real_error = worst(compare([wanted[i] for i in real], [outputs[i] for i in real])).error if real else None
    differences = compare(wanted, outputs)
    error, mean_error = worst(differences).error, max(one.mean_error for one in differences)
    return Variant(str(choice), size, packed, milliseconds, error, real_error, mean_error, written)


def size_of(source: str | Path) -> int:
    """The bytes of a model's file or folder; for Darknet of both files; 0 for a factory."""
    path = Path(source)
    if path.is_dir():
        return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    pair = [path.with_suffix(suffix) for suffix in (".cfg", ".weights")]
    files = pair if path in pair else [path]
    return sum(one.stat().st_size for one in files if one.is_file())
