"""What a conversion is asked to do."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from pyweb_ml.converter.proof.samples import Range
from pyweb_ml.converter.readers.options import ReadOptions

Form = Literal["float32", "float16", "dynamic_int8", "weight_only_int8", "static_int8"]
"""How weights are stored, and for static_int8 how the model computes."""
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True)
class ConvertOptions:
    """How to convert a model.

    Attributes:
        read: how to read it.
        form: None for what loses nothing: float16 where the weights were so, else float32.
        sparsity: the share of weights that are set to 0; None for none.
        clusters: how many values each layer's weights may take; None for any.
        pictures: a folder of pictures, for calibration and proof.
        value_range: what black and white of a picture are to the model's inputs.
        rules: a Python file that registers rules for custom operators.
        tolerance: the largest error of an output, as a part of its range; None for `TOLERANCES`' of the form.
        force: write it though it does not agree.
        browser: prove it in Chromium too.
        compare: measure all forms, not only the one that is written.
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    form: Form | None = None
    sparsity: float | None = None
    clusters: int | None = None
    pictures: Path | None = None
    value_range: Range = (0, 1)
    rules: Path | None = None
    tolerance: float | None = None
    force: bool = False
    browser: bool = False
    compare: bool = False

    @property
    def is_lossy(self) -> bool:
        """Whether the result is meant to differ, so that how far it does is told and no failure."""
        return bool(self.sparsity or self.clusters) or (self.form or "float32").endswith("int8")


TOLERANCES = {"float32": 1e-3, "float16": 2e-2}
"""The largest error of an output, as a part of the original's range. Of int8 there is none: it is reported."""
