"""Runs in the environment "tensorflow": Keras models and SavedModels to `.tflite`, and their outputs for proof.

    convert MODEL OUT.tflite SHAPES.json     run MODEL SHAPES.json INPUTS.npz OUTPUTS.npz

SHAPES.json maps the names of inputs to shapes; what the files of arrays hold, `arrays.py` says.
"""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import tensorflow as tf
from arrays import read_samples, write_samples  # type: ignore[import-not-found]
from command import run_command  # type: ignore[import-not-found]


def main(command: str, *words: str) -> None:
    if command == "convert":
        convert(Path(words[0]), Path(words[1]), json.loads(Path(words[2]).read_text(encoding="utf-8")))
    else:
        shapes = json.loads(Path(words[1]).read_text(encoding="utf-8"))
        run(Path(words[0]), shapes, Path(words[2]), Path(words[3]))


def convert(path: Path, out: Path, shapes: dict[str, list[int]]) -> None:
    """By way of a SavedModel: from concrete functions of Keras 3 the converter gives NaN without an error."""
    module, serve = load(path, shapes)
    print("progress converting", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures=serve)
        out.write_bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())


def run(path: Path, shapes: dict[str, list[int]], inputs: Path, outputs: Path) -> None:
    _, serve = load(path, shapes)
    found = [serve(**{name: tf.constant(array) for name, array in one.items()}) for one in read_samples(inputs)]
    write_samples(outputs, [{name: np.asarray(value) for name, value in one.items()} for one in found])


def load(path: Path, shapes: dict[str, list[int]]) -> tuple[tf.Module, Any]:
    """The model, and a function of it with fixed shapes, from named inputs to named outputs."""
    print("progress loading", flush=True)
    module = tf.Module()
    if path.is_dir():
        call, specs = load_saved_model(path, module)
    else:
        with tempfile.TemporaryDirectory() as folder:
            export_keras(path, folder)
            call, specs = load_saved_model(Path(folder), module)
    fixed = {name: fix(name, spec, shapes, len(specs)) for name, spec in specs.items()}
    module.serve = tf.function(call).get_concrete_function(**fixed)
    return module, module.serve


def export_keras(path: Path, folder: str) -> None:
    """As Keras itself exports a SavedModel, but with the names of the model's outputs."""
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    outputs = list(dict.fromkeys(model.output_names))
    if len(outputs) != len(model.outputs):
        outputs = [f"output_{index}" for index in range(len(model.outputs))]

    def serve(*given: Any) -> dict[str, Any]:
        found = model(list(given) if len(given) > 1 else given[0], training=False)
        return dict(zip(outputs, tf.nest.flatten(found), strict=True))

    archive = keras.export.ExportArchive()
    archive.track(model)
    specs = [tf.TensorSpec(one.shape, one.dtype, one.name.split(":")[0]) for one in model.inputs]
    archive.add_endpoint("serve", serve, input_signature=specs)
    archive.write_out(folder, verbose=False)


def load_saved_model(path: Path, module: tf.Module) -> tuple[Callable[..., Any], dict[str, tf.TensorSpec]]:
    module.model = tf.saved_model.load(str(path))
    signatures = module.model.signatures
    if not signatures:
        raise ValueError("it has no signature; save it with signatures=")
    key = "serving_default" if "serving_default" in signatures else sorted(signatures)[0]
    function = signatures[key]
    return (lambda **given: function(**given)), dict(function.structured_input_signature[1])


def fix(name: str, spec: tf.TensorSpec, shapes: dict[str, list[int]], inputs: int) -> tf.TensorSpec:
    """An input with a fixed shape; an unknown batch alone is taken to be 1."""
    given = shapes.get(name) or (shapes.get("") if inputs == 1 else None)
    shape = list(given or ([] if spec.shape.rank is None else spec.shape))
    if shape and shape[0] is None:
        shape[0] = 1
    if None in shape or (spec.shape.rank is None and not given):
        raise ValueError(f"the input '{name}' has the shape {spec.shape}; fix it with --shape {name}=1,…")
    if not spec.shape.is_compatible_with(shape):
        raise ValueError(f"the input '{name}' has the shape {spec.shape}, which {shape} does not fit")
    return tf.TensorSpec(shape, spec.dtype, name)


if __name__ == "__main__":
    run_command(main)
