"""Reads `.tflite` files: FlatBuffers with the identifier "TFL3", by LiteRT's schema.

The file is mapped, not read; constants are views of it. Weights may lie in the FlatBuffer or, in files above 2 GB,
behind it. Sparse weights are made dense, and int4 is unpacked.
"""

import mmap
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pyweb_ml.converter.associated_files import unpack_files
from pyweb_ml.converter.model import Graph, Model, Signature, Tensor
from pyweb_ml.converter.passes.fix_shapes import fix_shapes
from pyweb_ml.converter.passes.fold_densify import fold_densify
from pyweb_ml.converter.readers.flatbuffer import FlatBuffer, Table
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tflite_operators import OperatorReader, numbers, pick
from pyweb_ml.converter.readers.tflite_tensors import Buffers, read_tensor
from pyweb_ml.converter.soundness import require_sound
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError

_VERSION = 3
_DEFAULT = ReadOptions()
_STORED = {"int4": "int8", "string": "object", "resource": "object", "variant": "object"}
"""numpy's dtype for a constant, where it is not the tensor's own."""


def read_tflite(path: Path, options: ReadOptions = _DEFAULT) -> Model:
    """The model in a `.tflite`; its constants are views of the file, which must stay as it is.

    Raises:
        ConversionError: it is damaged, or has what the middle form has not; with file, operator or tensor, offset.
    """
    with where(f"'{path.name}'"):
        return fix_shapes(decode_tflite(_map(path)), options.shapes)


def decode_tflite(data: memoryview) -> Model:
    """The model in the bytes of a `.tflite`.

    Raises:
        ConversionError: as `read_tflite`, without the file's name.
    """
    if bytes(data[4:8]) != b"TFL3":
        raise ConversionError("is no .tflite: it lacks the identifier 'TFL3' at its bytes 4 to 8")
    file = FlatBuffer(data)
    root = file.root("Model")
    if root["version"] != _VERSION:
        raise ConversionError(f"it is of the schema's version {root['version']}; only {_VERSION} is known")
    if root["external_buffer_groups"]:
        raise ConversionError("its weights are in other files (external_buffer_groups), which is not supported")
    buffers = Buffers(file, root["buffers"] or [])
    graphs, tensors = _graphs(file, root, buffers)
    signatures = [_signature(table, tensors) for table in root["signature_defs"] or []]
    metadata, description = _metadata(file, root, buffers), root["description"] or ""
    model = fold_densify(Model(graphs, signatures, metadata, description, unpack_files(data)))
    require_sound(model)
    return model


def _map(path: Path) -> memoryview:
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise ConversionError(f"it cannot be read ({error})") from error


def _graphs(file: FlatBuffer, root: Table, buffers: Buffers) -> tuple[list[Graph], list[list[Tensor]]]:
    """The graphs, and the tensors of each by their numbers."""
    operators = OperatorReader(file, buffers, root["operator_codes"] or [])
    tensors = [_tensors(table, buffers) for table in root["subgraphs"] or []]
    graphs = [_graph(table, own, operators) for table, own in zip(root["subgraphs"] or [], tensors, strict=True)]
    return graphs, tensors


def _tensors(subgraph: Table, buffers: Buffers) -> list[Tensor]:
    tensors = []
    for index, table in enumerate(subgraph["tensors"] or []):
        with where(f"tensor {index} '{table['name'] or ''}' at offset {table.position}"):
            tensors.append(read_tensor(table, buffers))
    return tensors


def _graph(table: Table, tensors: Sequence[Tensor], reader: OperatorReader) -> Graph:
    with where(f"the graph '{table['name'] or ''}' at offset {table.position}"):
        inputs = [pick(tensors, i) for i in numbers(table["inputs"])]
        outputs = [pick(tensors, i) for i in numbers(table["outputs"])]
        operators = [reader.read(i, each, tensors) for i, each in enumerate(table["operators"] or [])]
        graph = Graph(inputs, outputs, operators, table["name"] or "main")
        _fill_empty(graph)
        return graph


def _fill_empty(graph: Graph) -> None:
    """A constant without values may have no buffer either; it is not one that nobody gives."""
    given = {*graph.inputs, *(tensor for op in graph.operators for tensor in op.outputs)}
    for tensor in graph.tensors:
        if tensor not in given and not tensor.is_constant and 0 in tensor.shape and not tensor.variable:
            tensor.data = np.empty(tensor.shape, _STORED.get(tensor.dtype, tensor.dtype))


def _signature(table: Table, tensors: Sequence[Sequence[Tensor]]) -> Signature:
    with where(f"the signature '{table['signature_key'] or ''}' at offset {table.position}"):
        chosen = table["subgraph_index"]
        if chosen >= len(tensors):
            raise ConversionError(f"it is of graph {chosen}, of which there are {len(tensors)}")
        inputs, outputs = (
            {entry["name"] or "": pick(tensors[chosen], entry["tensor_index"]) for entry in table[end] or []}
            for end in ("inputs", "outputs")
        )
        return Signature(inputs, outputs, table["signature_key"] or "")


def _metadata(file: FlatBuffer, root: Table, buffers: Buffers) -> dict[str, bytes]:
    metadata = {}
    for table in root["metadata"] or []:
        with where(f"the metadata '{table['name'] or ''}' at offset {table.position}"):
            data = buffers.bytes_of(table["buffer"]) or b""
            file.spend(len(data), table.position)
            metadata[table["name"] or ""] = bytes(data)
    return metadata
