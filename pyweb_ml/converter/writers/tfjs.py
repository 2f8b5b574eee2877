"""Writes a model as a TF.js graph model, without TensorFlow: `model.json` and shards of weights."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pyweb_ml.converter.custom import apply_rules
from pyweb_ml.converter.model import Graph, Model, Operator, Signature, Tensor
from pyweb_ml.converter.op_rows import limits_of
from pyweb_ml.converter.where import where
from pyweb_ml.converter.writers.tfjs_emitter import Emitter
from pyweb_ml.converter.writers.tfjs_graph import TYPES
from pyweb_ml.converter.writers.tfjs_integers import (
    integer_input,
    integer_output,
    keep_within_integers,
    note_integers,
)
from pyweb_ml.converter.writers.tfjs_ops.fusion import find_fusions
from pyweb_ml.converter.writers.tfjs_values import outer_dtype, with_constants
from pyweb_ml.converter.writers.tfjs_weights import SHARDS, STORAGES, Storage, write_weights
from pyweb_ml.errors import ConversionError
from pyweb_ml.version import __version__


@dataclass(frozen=True)
class WriteResult:
    """What was written.

    Attributes:
        files: model.json, then the shards.
        notes: what the user should know: where the result is not the same arithmetic as the model.
    """

    files: tuple[Path, ...]
    notes: tuple[str, ...]


def write_tfjs(
    model: Model, folder: Path, *, weights: Storage = "float32", round_integers: bool = False
) -> WriteResult:
    """Writes `model.json` and its shards into `folder`, which is made if it is not there; older ones go.

    Inputs and outputs have the names of the model's first signature, or their tensors' names if it has none. TF.js
    knows float32, int32 and bool: other integers become int32. Where integers stand for reals (int8 models), TF.js
    computes with the reals; the inputs and outputs keep their integers, as int32.

    Args:
        weights: how float32 constants are stored: "float32", "float16", "uint8" or "uint16". The last two have one
            scale for a whole constant: where channels differ much in size, "uint8" loses the small ones.
        round_integers: after each quantised operator round to what its integers can say, as TFLite does; slower,
            and nearer to it.

    Raises:
        ConversionError: an operator, option or type that TF.js cannot do; nothing is written then.
        ValueError: no such `weights`.
    """
    if weights not in STORAGES:
        raise ValueError(f"weights are stored as {', '.join(STORAGES)}, not '{weights}'")
    emitter = Emitter(_graph(model))
    topology = _topology(emitter, signature_of(model), round_integers)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(SHARDS):
        old.unlink()
    manifest = write_weights(emitter.builder.weights, folder, weights)
    (folder / "model.json").write_text(json.dumps({**topology, "weightsManifest": manifest}), encoding="utf-8")
    names = ["model.json", *manifest[0]["paths"]]
    return WriteResult(tuple(folder / name for name in names), tuple(emitter.notes))


def problems_of(model: Model) -> list[tuple[Operator, str]]:
    """Every operator that cannot be written, with the reason; at once, since no weight is touched.

    An input that TF.js has no type for is told as an operator "input" that makes it.
    """
    emitter, found = Emitter(_graph(model)), []
    steps: list[tuple[Operator, Callable[[], object]]] = [
        (Operator("input", [], [tensor]), partial(_add_input, emitter, name, tensor))
        for name, tensor in signature_of(model).inputs.items()
    ]
    steps += [(operator, partial(emitter.emit, operator)) for operator in emitter.graph.operators]
    for operator, step in steps:
        try:
            step()
        except ConversionError as error:
            found.append((operator, str(error)))
            # What cannot be made is taken as given, so that the operators after it are judged by themselves.
            for tensor in operator.outputs:
                emitter.set(tensor, tensor.name)
    return found


def _graph(model: Model) -> Graph:
    """The model's first graph as it is written, the model's own left as it was."""
    return apply_rules(Model([with_constants(model.graph)])).graph


def signature_of(model: Model) -> Signature:
    """The first signature, or one by the tensors' names; in the graph's order, which is that of a `.tflite`."""
    graph = model.graph
    if not model.signatures:
        return Signature({one.name: one for one in graph.inputs}, {one.name: one for one in graph.outputs})
    first = model.signatures[0]
    return Signature(_ordered(first.inputs, graph.inputs), _ordered(first.outputs, graph.outputs), first.key)


def _ordered(named: Mapping[str, Tensor], order: Sequence[Tensor]) -> dict[str, Tensor]:
    """Those in the order first, as they are there; two names for one tensor stay side by side."""
    place = {tensor: number for number, tensor in enumerate(order)}
    return dict(sorted(named.items(), key=lambda pair: place.get(pair[1], len(place))))


def _topology(emitter: Emitter, signature: Signature, round_integers: bool) -> dict[str, Any]:
    """model.json without its weights."""
    inputs = {name: _add_input(emitter, name, tensor) for name, tensor in signature.inputs.items()}
    emitter.fused = find_fusions(emitter.graph)
    taken = set(emitter.fused.values())
    for index, operator in enumerate(emitter.graph.operators):
        if operator not in taken:
            made = operator.outputs[0].name if operator.outputs else ""
            with where(f"operator {index} {operator.op} ('{made}')"):
                emitter.emit(operator)
                keep_within_integers(emitter, operator, round_integers)
                emitter.notes += [
                    f"it does not run rightly on {', '.join(limit.backends)}: {limit.what} ('{made}')"
                    for limit in limits_of(operator)
                ]
    outputs = _add_outputs(emitter, signature)
    note_integers(emitter)
    return {
        "format": "graph-model",
        "generatedBy": f"PyWebML {__version__}",
        "convertedBy": f"PyWebML {__version__}",
        "signature": {"inputs": inputs, "outputs": outputs},
        "userDefinedMetadata": {"notes": emitter.notes},
        "modelTopology": {"node": emitter.builder.nodes, "library": {}, "versions": {"producer": 0}},
    }


def _add_input(emitter: Emitter, name: str, tensor: Tensor) -> dict[str, Any]:
    """A placeholder; gives its entry in the signature."""
    dtype = outer_dtype(tensor)
    node = emitter.builder.placeholder(name, dtype, tensor.shape)
    emitter.set(tensor, integer_input(emitter, node, tensor) if tensor.quantization else node)
    return _entry(node, dtype, tensor)


def _add_outputs(emitter: Emitter, signature: Signature) -> dict[str, Any]:
    """A node of its own for each output: TF.js cannot tell two that are one node."""
    entries = {}
    for name, tensor in signature.outputs.items():
        values = emitter.endpoint(tensor)
        if tensor.quantization:
            values = integer_output(emitter, values, tensor)
        node = emitter.builder.add("Identity", [values], name)
        entries[name] = _entry(node, outer_dtype(tensor), tensor)
    return entries


def _entry(node: str, dtype: str, tensor: Tensor) -> dict[str, Any]:
    dim = [{"size": str(size)} for size in tensor.shape]
    return {"name": f"{node}:0", "dtype": TYPES[dtype], "tensorShape": {"dim": dim}}
