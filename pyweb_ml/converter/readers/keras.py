"""Keras models: `.keras`, and `.h5` as Keras 3 reads it."""

from pathlib import Path

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.readers.framework import read_with
from pyweb_ml.converter.readers.options import ReadOptions

_DEFAULT = ReadOptions()


def read_keras(path: Path, options: ReadOptions = _DEFAULT) -> Model:
    """The model in a Keras file, read by Keras itself in the environment "tensorflow".

    It is read in Keras's safe mode: a layer that is Python code in a pickle (`Lambda`) is refused. Inputs and
    outputs have the names of Keras's layers; an unknown batch is taken to be 1.

    Raises:
        ConversionError: Keras or TFLite's converter refuses it, or a shape is unknown.
    """
    return read_with("tensorflow", str(path.resolve()), options)
