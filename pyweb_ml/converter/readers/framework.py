"""Models that their own framework turns into `.tflite`, in its own environment."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pyweb_ml.converter import environment
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tflite import decode_tflite
from pyweb_ml.converter.where import where

SCRIPTS = Path(__file__).parents[1] / "scripts"


def read_with(framework: str, source: str, options: ReadOptions, extras: Sequence[str] = ()) -> Model:
    """The model that `scripts/FRAMEWORK_model.py` makes of `source`.

    Args:
        framework: the environment's name.
        extras: packages that the source needs besides.

    Raises:
        ConversionError: the environment cannot be made, or the framework refuses the model.
    """
    with tempfile.TemporaryDirectory(prefix="pywebml-convert-") as folder:
        out, shapes = Path(folder) / "model.tflite", Path(folder) / "shapes.json"
        shapes.write_text(json.dumps(dict(options.shapes)), encoding="utf-8")
        script = SCRIPTS / f"{framework}_model.py"
        with where(f"'{Path(source).name}'"):
            environment.run(framework, script, ["convert", source, out, shapes], options.progress, extras=extras)
            return decode_tflite(memoryview(out.read_bytes()))
