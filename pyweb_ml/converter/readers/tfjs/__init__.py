"""TF.js graph models: model.json and its shards. Layers models are not read."""

from pathlib import Path
from typing import Any

from pyweb_ml.converter.formats import read_json
from pyweb_ml.converter.model import Model, Signature
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tfjs.graph import GraphReader, Ports
from pyweb_ml.converter.readers.tfjs.weights import read_weights
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError

_DEFAULT = ReadOptions()


def read_tfjs(path: Path, options: ReadOptions = _DEFAULT) -> Model:
    """Reads a TF.js graph model.

    Args:
        path: model.json, or the folder that holds it; the shards lie beside it.
        options: shapes for inputs that leave one open; an open batch alone is taken to be 1.

    Returns:
        A model whose inputs and outputs have the names of TF.js's signature, or where there is none those of the
        graph's nodes.

    Raises:
        ConversionError: a file is missing or damaged, a shape is open, or an operation is not known.
    """
    file = path / "model.json" if path.is_dir() else path
    with where(f"'{file.name}'"):
        description = read_json(file)
        nodes = _nodes(description)
        weights = read_weights(description.get("weightsManifest"), file.parent)
        reader = GraphReader(nodes, weights, options)
        inputs, outputs = reader.read(_ports(description, "inputs"), _ports(description, "outputs"))
        graph = reader.builder.build(list(outputs.values()))
    return Model([graph], [Signature(inputs, outputs)], description="read from TF.js")


def _nodes(description: dict[str, Any]) -> list[dict[str, Any]]:
    topology = description.get("modelTopology")
    nodes = topology.get("node") if isinstance(topology, dict) else None
    if not isinstance(nodes, list) or not all(_is_node(node) for node in nodes):
        raise ConversionError("its modelTopology holds no list of nodes, each with a name and an op")
    library = topology.get("library") if isinstance(topology, dict) else None
    if isinstance(library, dict) and library.get("function"):
        raise ConversionError("it has functions (control flow), which are not read; export it with these unrolled")
    return nodes


def _is_node(node: Any) -> bool:
    return (
        isinstance(node, dict)
        and isinstance(node.get("name"), str)
        and isinstance(node.get("op"), str)
        and isinstance(node.get("attr", {}), dict)
        and isinstance(node.get("input", []), list)
        and all(isinstance(name, str) for name in node.get("input", []))
    )


def _ports(description: dict[str, Any], end: str) -> Ports:
    """The signature's names, with the endpoint that each stands for."""
    signature = description.get("signature")
    found = signature.get(end) if isinstance(signature, dict) else None
    if not isinstance(found, dict):
        return {}
    return {name: str(one.get("name", name)) for name, one in found.items() if isinstance(one, dict)}
