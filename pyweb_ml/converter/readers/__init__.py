"""Readers: one format a file, each giving the middle form."""

from importlib import import_module
from pathlib import Path

from pyweb_ml.converter.formats import detect
from pyweb_ml.converter.model import Model, Signature
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.errors import ConversionError

_DEFAULT = ReadOptions()


def read(source: str | Path, options: ReadOptions = _DEFAULT) -> Model:
    """Reads a model of any format that is known, which is told by its content before its name.

    Args:
        source: a file, a folder, or for PyTorch "file.py:factory" or "module:factory".

    Returns:
        A model with a signature.

    Raises:
        ConversionError: it has no known format, or cannot be read.
    """
    form = detect(source).name
    given = str(source) if form == "torch" else Path(source)
    model: Model = getattr(import_module(f"{__name__}.{form}"), f"read_{form}")(given, options)
    _add_signature(model)
    return model


def _add_signature(model: Model) -> None:
    """One by the tensors' names, where a model has none."""
    if not model.signatures:
        graph = model.graph
        inputs, outputs = ({tensor.name: tensor for tensor in ends} for ends in (graph.inputs, graph.outputs))
        if len(inputs) < len(graph.inputs) or len(outputs) < len(graph.outputs):
            raise ConversionError("it has no signature, and inputs or outputs of the same name")
        model.signatures.append(Signature(inputs, outputs))
