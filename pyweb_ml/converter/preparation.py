"""A model read and cleaned: what all the forms that it is written in are made of."""

from dataclasses import dataclass
from pathlib import Path

from pyweb_ml.converter.custom import apply_rules
from pyweb_ml.converter.formats import detect
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.outline import Outline, outline_of
from pyweb_ml.converter.passes.channels_last import channels_last
from pyweb_ml.converter.passes.fix_shapes import fix_shapes
from pyweb_ml.converter.passes.fold_batch_norm import fold_batch_norm
from pyweb_ml.converter.passes.fold_constants import fold_constants
from pyweb_ml.converter.passes.fold_dequantize import fold_dequantize
from pyweb_ml.converter.passes.fuse_activation import fuse_activation
from pyweb_ml.converter.passes.remove_dead import remove_dead
from pyweb_ml.converter.proof.samples import require_fixed
from pyweb_ml.converter.readers import read
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.errors import ConversionError
from pyweb_ml.progress import Progress


@dataclass(frozen=True)
class Prepared:
    """A model as it was read and then cleaned.

    Attributes:
        model: clean: standard operators where there are rules, constants folded, weights in float32.
        before: what it looked like when it was read.
        halves: whether its weights were stored as float16, so that this form loses nothing.
    """

    model: Model
    before: Outline
    halves: bool


def prepare(source: str | Path, options: ReadOptions) -> Prepared:
    """Reads a model and cleans it.

    Raises:
        ConversionError: it cannot be read, or the shape of an input is not known.
    """
    model = fix_batch(read(source, options))
    require_fixed(model)
    if options.channels_last:
        _require_channels_first(source)
        model = channels_last(model)
    before, halves = outline_of(model.graph), has_halves(model)
    return Prepared(clean(model), before, halves)


def _require_channels_first(source: str | Path) -> None:
    form = detect(source)
    if form.name != "onnx":
        raise ConversionError(f"{form.title} has channels last, or is read so; --channels-last is for ONNX only")


def reading_progress(source: str, progress: Progress) -> Progress:
    """Progress for a reader: its steps, where it counts them, are one piece of work."""
    progress("read", source, 0, 0)

    def tell(stage: str, detail: str, done: int, total: int) -> None:
        if total and stage != "environment":
            progress("read", source, done, total)
        else:
            progress(stage, detail, done, total)

    return tell


def clean(model: Model) -> Model:
    """The model with everything folded that can be, and nothing left that nobody reads."""
    for change in (apply_rules, fold_dequantize, fold_constants, fold_batch_norm, fuse_activation, remove_dead):
        model = change(model)
    return model


def fix_batch(model: Model) -> Model:
    """Takes an unknown batch alone to be 1; other shapes that were given, the readers have fixed."""
    open_batches = {
        tensor.name: (1, *tensor.shape[1:])
        for tensor in model.graph.inputs
        if tensor.shape[:1] == (-1,) and -1 not in tensor.shape[1:]
    }
    return fix_shapes(model, open_batches)


def has_halves(model: Model) -> bool:
    """Whether weights are stored as float16."""
    return any(
        op.op == "DEQUANTIZE" and tensor is not None and tensor.is_constant and tensor.dtype == "float16"
        for graph in model.graphs
        for op in graph.operators
        for tensor in op.inputs
    )
