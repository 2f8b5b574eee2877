"""TensorFlow's SavedModels."""

from pathlib import Path

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.readers.framework import read_with
from pyweb_ml.converter.readers.options import ReadOptions

_DEFAULT = ReadOptions()


def read_saved_model(path: Path, options: ReadOptions = _DEFAULT) -> Model:
    """The signature "serving_default", or else the first by name, read in the environment "tensorflow".

    Raises:
        ConversionError: TensorFlow or TFLite's converter refuses it, it has no signature, or a shape is unknown.
    """
    return read_with("tensorflow", str(path.resolve()), options)
