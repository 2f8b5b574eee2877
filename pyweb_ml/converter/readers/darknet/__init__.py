"""Darknet's `.cfg` and `.weights`, read by us."""

from pathlib import Path

import numpy as np

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Model, Signature, Tensor
from pyweb_ml.converter.readers.darknet.layer import Layer
from pyweb_ml.converter.readers.darknet.network import Network, layer_table
from pyweb_ml.converter.readers.darknet.weights import Weights
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.errors import ConversionError

__all__ = ["CONFIG_METADATA", "INPUT", "darknet_files", "layer_table", "read_darknet"]

INPUT = "input"
"""What the picture is called: float32 (1, height, width, channels), RGB from 0 to 1."""
CONFIG_METADATA = "darknet.cfg"
"""The `.cfg`, as the model carries it in its metadata: who decodes the heads needs their anchors."""
_DEFAULT_OPTIONS = ReadOptions()


def read_darknet(path: Path, options: ReadOptions = _DEFAULT_OPTIONS) -> Model:
    """Reads a model of Darknet.

    Args:
        path: the `.cfg`, or the `.weights`.
        options: its `weights` is the other file, which else has the same name but for the suffix; a shape is
            (1, channels, height, width).

    Returns:
        A model with the input `INPUT`, and an output for each [yolo], [region] and [detection] layer as it is
        before that layer (see `heads.Head`), named after the layer and its number, as in "yolo_16"; where there
        are none, an output for the last layer.

    Raises:
        ConversionError: a file is missing or wrong, with the line; or the weights are not those of the `.cfg`.
    """
    config, weights_file = darknet_files(path, options)
    network = Network(config, options.shape_of(INPUT))
    weights = Weights(weights_file)
    _require_count(network, weights, config.name)
    builder = GraphBuilder()
    size = network.size
    tensors = {-1: builder.input(INPUT, (1, size.height, size.width, size.channels))}
    for layer in network.layers:
        options.progress("layer", layer.name, layer.index + 1, len(network.layers))
        tensors[layer.index] = _emit(layer, builder, tensors, weights)
    outputs = {layer.name: tensors[layer.index] for layer in network.outputs}
    graph = builder.build(list(outputs.values()))
    signature = Signature({INPUT: tensors[-1]}, outputs)
    return Model([graph], [signature], {CONFIG_METADATA: config.read_bytes()}, f"{config.stem}, read from Darknet")


def darknet_files(path: Path, options: ReadOptions) -> tuple[Path, Path]:
    """The `.cfg` and the `.weights`."""
    other = options.weights or path.with_suffix(
        {".cfg": ".weights", ".weights": ".cfg"}.get(path.suffix, ".weights")
    )
    config, weights = (other, path) if path.suffix == ".weights" else (path, other)
    for file in (config, weights):
        if not file.is_file():
            raise ConversionError(
                f"'{path.name}' needs '{file.name}' beside it: Darknet's models are a .cfg and a .weights; "
                f"looked for '{file}'"
            )
    return config, weights


def _require_count(network: Network, weights: Weights, config: str) -> None:
    if weights.count == network.weights:
        return
    raise ConversionError(
        f"'{weights.name}' holds {weights.count} float32 values, but '{config}' needs {network.weights}"
        f"{_where_short(network, weights.count)}; are they of the same model?"
    )


def _where_short(network: Network, count: int) -> str:
    """Where the values run out; "" where there are too many."""
    for layer in network.layers:
        count -= layer.weights
        if count < 0:
            return f" (they end within layer {layer.index}, [{layer.section.kind}], which needs {-count} more)"
    return ""


def _emit(layer: Layer, builder: GraphBuilder, tensors: dict[int, Tensor], weights: Weights) -> Tensor:
    with np.errstate(all="ignore"):  # weights may be any numbers
        return layer.emit(builder, [tensors[source] for source in layer.sources], weights)
