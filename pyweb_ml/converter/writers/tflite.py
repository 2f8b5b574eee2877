"""Writes `.tflite` files: clean, the same bytes for the same model, and without a copy of the weights in memory.

The tables lie at the file's front, the constants behind them, each once, at multiples of 16 bytes as the schema
wants it. Up to 2 GB they are vectors of the FlatBuffer, which every runtime reads; in a larger file they are
outside of it.
"""

from pathlib import Path
from typing import IO

from pyweb_ml.cache import open_whole
from pyweb_ml.converter.associated_files import pack_files
from pyweb_ml.converter.model import Model, Signature
from pyweb_ml.converter.soundness import graph_of, require_sound
from pyweb_ml.converter.where import where
from pyweb_ml.converter.writers.constants import Constants
from pyweb_ml.converter.writers.flatbuffer import FlatBufferWriter, Later, Table
from pyweb_ml.converter.writers.tflite_graph import GraphWriter

_ALIGNMENT = 16
INLINE_BYTES = 2**31 - 2**26
"""Constants of more bytes are written outside of the FlatBuffer, whose offsets have 31 bits."""


def write_tflite(model: Model, path: Path, *, inline_bytes: int = INLINE_BYTES) -> None:
    """Writes a model; a signature is added where it has none, tensors whose names clash get a number.

    Args:
        inline_bytes: with more bytes of constants than this, they go outside of the FlatBuffer.

    Raises:
        ConversionError: the model is not sound, or has what the schema does not know; nothing is written.
    """
    with where(f"'{path.name}'"):
        require_sound(model)
        constants = Constants()
        writer = GraphWriter(constants)
        root = _root(model, writer, constants, inline_bytes)
        with open_whole(path) as file:
            _write(file, root, constants, constants.size <= inline_bytes)
            file.write(pack_files(model.files))


def _root(model: Model, writer: GraphWriter, constants: Constants, inline_bytes: int) -> Table:
    graphs = [writer.table(graph) for graph in model.graphs]
    metadata = [Table("Metadata", {"name": n, "buffer": constants.add(d)}) for n, d in model.metadata.items()]
    values = {
        "version": 3,
        "operator_codes": writer.codes.tables,
        "subgraphs": graphs,
        "description": model.description or None,
        "buffers": _buffers(constants, constants.size <= inline_bytes),
        "metadata": metadata or None,
        "signature_defs": [
            _signature(each, model, writer) for each in model.signatures or [_default(model, writer)]
        ],
    }
    return Table("Model", values)


def _buffers(constants: Constants, inline: bool) -> list[Table]:
    """The first buffer is empty: it is that of tensors which are no constants."""
    empty = Table("Buffer", {})
    if inline:
        return [empty, *(Table("Buffer", {"data": Later(key)}) for key, _ in constants.items())]
    return [
        empty,
        *(Table("Buffer", {"offset": Later(key), "size": len(data)}) for key, data in constants.items()),
    ]


def _default(model: Model, writer: GraphWriter) -> Signature:
    """The signature of the first graph by its tensors' names."""
    names = writer.names[model.graph]
    inputs = {names[tensor]: tensor for tensor in model.graph.inputs}
    return Signature(inputs, {names[tensor]: tensor for tensor in model.graph.outputs})


def _signature(signature: Signature, model: Model, writer: GraphWriter) -> Table:
    graph = graph_of(signature, model)
    numbers = writer.numbers[graph]
    ends = {
        end: [
            Table("TensorMap", {"name": name, "tensor_index": numbers[tensor]}) for name, tensor in tensors.items()
        ]
        for end, tensors in (("inputs", signature.inputs), ("outputs", signature.outputs))
    }
    index = model.graphs.index(graph)
    return Table("SignatureDef", {**ends, "signature_key": signature.key, "subgraph_index": index})


def _write(file: IO[bytes], root: Table, constants: Constants, inline: bool) -> None:
    """Writes the tables, then each constant behind its length (which only a vector of the FlatBuffer needs)."""
    tables = FlatBufferWriter(b"TFL3")
    tables.root(root)
    end, gaps = len(tables.data), []
    for key, data in constants.items():
        gaps.append(-(end + 4) % _ALIGNMENT)
        start = end + gaps[-1] + 4
        tables.settle(key, start - 4 if inline else start)
        end = start + len(data)
    file.write(tables.data)
    for gap, (_, data) in zip(gaps, constants.items(), strict=True):
        file.write(bytes(gap) + (len(data) if inline else 0).to_bytes(4, "little"))
        file.write(data)
