"""The forms that a clean model is written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.options import Form
from pyweb_ml.converter.passes.cluster import cluster
from pyweb_ml.converter.passes.float16 import float16
from pyweb_ml.converter.passes.prune import prune
from pyweb_ml.converter.passes.quantize import quantize
from pyweb_ml.converter.proof.samples import Arrays
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tfjs_weights import Storage
from pyweb_ml.progress import Progress


@dataclass(frozen=True)
class Choice:
    """A form, and what is done to the weights before."""

    form: Form
    sparsity: float | None = None
    clusters: int | None = None

    def __str__(self) -> str:
        words: list[str] = [self.form]
        words += [f"{self.sparsity:.0%} pruned"] if self.sparsity else []
        words += [f"{self.clusters} values"] if self.clusters else []
        return ", ".join(words)

    @property
    def storage(self) -> Storage:
        """How TF.js's weights are stored: its uint8 has one scale for all channels, and loses what int8 keeps."""
        return "float32" if self.form == "float32" else "float16"


def make_variant(clean: Path, choice: Choice, samples: Sequence[Arrays], progress: Progress) -> Model:
    """The model in the file `clean`, in the form that is chosen.

    Args:
        clean: a `.tflite` in float32; it must stay as long as the result is used.
        samples: what static int8 is calibrated with.

    Raises:
        ConversionError: the form cannot be made.
    """
    model = read_tflite(clean)
    if choice.sparsity:
        model = prune(model, choice.sparsity)
    if choice.clusters:
        model = cluster(model, choice.clusters)
    if choice.form == "float16":
        return float16(model)
    if choice.form == "float32":
        return model
    return quantize(model, choice.form, samples if choice.form == "static_int8" else (), progress)
