"""Runs the model that is converted, as it was given, in its own framework."""

import dataclasses
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pyweb_ml.converter import environment
from pyweb_ml.converter.custom import apply_rules, ruled_operators
from pyweb_ml.converter.formats import detect
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.proof.litert import ENGINE, run_litert
from pyweb_ml.converter.proof.samples import Arrays
from pyweb_ml.converter.proof.tfjs import run_tfjs
from pyweb_ml.converter.readers.framework import SCRIPTS
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.readers.torch import checked_source, requirements_of
from pyweb_ml.converter.scripts.arrays import read_samples, write_samples
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError

if TYPE_CHECKING:
    from pyweb_ml.converter.readers.darknet.layer import Layer


@dataclass(frozen=True)
class Reference:
    """What the original gives.

    Attributes:
        framework: what ran it, with its version.
        outputs: for each sample, by name.
    """

    framework: str
    outputs: list[Arrays]


def run_original(source: str | Path, model: Model, samples: Sequence[Arrays], options: ReadOptions) -> Reference:
    """The original's outputs.

    Args:
        source: as `readers.read` takes it.
        model: what it was read as.
        samples: inputs by the names, and in the layout, of the model's signature.

    Raises:
        ConversionError: its framework cannot be had, or cannot run it.
    """
    form = detect(source).name
    if form == "tflite":
        return _tflite(Path(source), model, samples, options)
    if form == "tfjs":
        path = Path(source)
        return Reference("TF.js, wasm", run_tfjs(path if path.is_dir() else path.parent, samples))
    run = {"keras": _tensorflow, "saved_model": _tensorflow, "torch": _torch, "onnx": _onnx, "darknet": _darknet}
    return run[form](str(source), samples, options)


def _tflite(source: Path, model: Model, samples: Sequence[Arrays], options: ReadOptions) -> Reference:
    """As it is; if LiteRT cannot run it, with the rules for its custom operators applied, which lack proof."""
    try:
        return Reference(ENGINE, run_litert(source, model, samples))
    except ConversionError:
        read = read_tflite(source, options)
        ruled = ruled_operators(read)
        if not ruled:
            raise
        with tempfile.TemporaryDirectory(prefix="pywebml-rules-") as folder:
            write_tflite(apply_rules(read), Path(folder) / source.name)
            outputs = run_litert(Path(folder) / source.name, model, samples)
    return Reference(f"{ENGINE}, by the rules for {', '.join(ruled)}, which it cannot prove", outputs)


def _tensorflow(source: str, samples: Sequence[Arrays], options: ReadOptions) -> Reference:
    return _run("tensorflow", [str(Path(source).resolve())], samples, options)


def _torch(source: str, samples: Sequence[Arrays], options: ReadOptions) -> Reference:
    return _run("torch", [checked_source(source)], samples, options, extras=requirements_of(source))


def _onnx(source: str, samples: Sequence[Arrays], options: ReadOptions) -> Reference:
    """Where shapes were given, onnxruntime gets a copy with these: it insists on those that a file declares."""
    if options.channels_last:
        samples = [turned(one, (0, 3, 1, 2)) for one in samples]
        found = _onnx(source, samples, dataclasses.replace(options, channels_last=False))
        return Reference(found.framework, [turned(one, (0, 2, 3, 1)) for one in found.outputs])
    if not options.shapes:
        return run_onnx(Path(source).resolve(), samples, options)
    with tempfile.TemporaryDirectory(prefix="pywebml-onnx-") as folder:
        copy = Path(folder) / Path(source).name
        copy.write_bytes(with_shapes(Path(source).read_bytes(), samples[0]))
        return run_onnx(copy, samples, options)


def turned(arrays: Arrays, order: tuple[int, ...]) -> Arrays:
    """Arrays of four axes with these in another order; others as they are."""
    return {
        name: np.ascontiguousarray(one.transpose(order)) if one.ndim == 4 else one for name, one in arrays.items()
    }


def run_onnx(path: Path, samples: Sequence[Arrays], options: ReadOptions) -> Reference:
    """An ONNX model in onnxruntime, in its environment."""
    return _run("onnxruntime", [str(path)], samples, options)


def with_shapes(data: bytes, sample: Arrays, *, every_step: bool = False) -> bytes:
    """An ONNX model with the shapes of these inputs, and none declared for what follows from them.

    Args:
        every_step: whether what each node gives is to be an output.
    """
    from pyweb_ml.converter.readers.onnx.proto import ModelProto

    model = ModelProto.FromString(data)
    del model.graph.value_info[:]
    for port in model.graph.input:
        if port.name in sample:
            dims = port.type.tensor_type.shape.dim
            del dims[:]
            for size in sample[port.name].shape:
                dims.add().dim_value = size
    for port in model.graph.output:
        port.type.tensor_type.ClearField("shape")
    if every_step:
        known = {port.name for port in model.graph.output}
        for name in dict.fromkeys(name for node in model.graph.node for name in node.output if name):
            if name not in known:
                model.graph.output.add().name = name
    copy: bytes = model.SerializeToString()
    return copy


def _run(
    framework: str,
    words: list[str],
    samples: Sequence[Arrays],
    options: ReadOptions,
    extras: Sequence[str] = (),
) -> Reference:
    def command(folder: Path) -> list[str | Path]:
        shapes = folder / "shapes.json"
        shapes.write_text(json.dumps(dict(options.shapes)), encoding="utf-8")
        return ["run", *words, shapes, folder / "inputs.npz", folder / "outputs.npz"]

    return _run_script(framework, command, samples, options, extras)


def _darknet(source: str, samples: Sequence[Arrays], options: ReadOptions) -> Reference:
    from pyweb_ml.converter.readers.darknet import INPUT, darknet_files
    from pyweb_ml.converter.readers.darknet.network import Network

    config, weights = darknet_files(Path(source), options)
    wanted = [f"{layer.name}={_opencv_layer(layer)}" for layer in Network(config, options.shape_of(INPUT)).outputs]

    def command(folder: Path) -> list[str | Path]:
        return ["run", config, weights, folder / "inputs.npz", folder / "outputs.npz", *wanted]

    return _run_script("opencv", command, samples, options)


def _run_script(
    framework: str,
    command: Callable[[Path], Sequence[str | Path]],
    samples: Sequence[Arrays],
    options: ReadOptions,
    extras: Sequence[str] = (),
) -> Reference:
    with tempfile.TemporaryDirectory(prefix="pywebml-proof-") as work:
        folder = Path(work)
        write_samples(folder / "inputs.npz", list(samples))
        script = SCRIPTS / f"{framework}_model.py"
        environment.run(framework, script, command(folder), options.progress, extras=extras)
        return Reference(framework_version(framework), read_samples(folder / "outputs.npz"))


def framework_version(name: str) -> str:
    """A framework with the version that its environment's lock pins."""
    text = (environment.LOCKS / f"{name}.lock").read_text(encoding="utf-8")
    found = re.search(rf"^({name}[\w-]*)==([\w.+]+)", text, re.MULTILINE)
    return f"{found[1]} {found[2]}" if found else name


def _opencv_layer(layer: "Layer") -> str:
    """What OpenCV calls the layer whose output an output of ours is: a head's is that of the layer before."""
    source = layer.sources[0] if layer.is_head else layer.index
    kinds = {"convolutional": "conv", "conv": "conv", "connected": "fullyConnected", "conn": "fullyConnected"}
    kind = kinds.get(layer.section.kind if not layer.is_head else "convolutional")
    return f"{kind or layer.section.kind}_{source}"
