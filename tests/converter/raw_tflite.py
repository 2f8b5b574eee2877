"""`.tflite` files as flatc's own object interface writes them: not our writer, and one that lets us lie."""

from pathlib import Path
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.writers.tflite import write_tflite


def unpacked(model: Model, folder: Path) -> Any:
    """A model as a `ModelT`, to be changed."""
    path = folder / "unpacked.tflite"
    write_tflite(model, path)
    return schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)


def packed(model: Any, path: Path, behind: bytes = b"") -> Path:
    """Writes a `ModelT`, and bytes behind it."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()) + behind)
    return path


def raw_model(ops: list[tuple[int, Any]], tensors: list[Any], inputs: list[int], outputs: list[int]) -> Any:
    """A `ModelT` of operators, (code, OperatorT), and of tensors, whose buffers are set by `with_data`."""
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.description = 3, "by hand"
    model.operatorCodes, graph.operators = [], []
    for number, (code, operator) in enumerate(ops):
        entry = schema.OperatorCodeT()
        entry.builtinCode, entry.deprecatedBuiltinCode = code, min(code, 127)
        model.operatorCodes.append(entry)
        operator.opcodeIndex = number
        graph.operators.append(operator)
    model.buffers = [schema.BufferT()]
    for tensor in tensors:
        data, tensor.buffer = tensor.buffer, 0
        if data:
            buffer = schema.BufferT()
            buffer.data, tensor.buffer = np.frombuffer(data, np.uint8), len(model.buffers)
            model.buffers.append(buffer)
    graph.tensors, graph.inputs, graph.outputs, graph.name = tensors, inputs, outputs, "main"
    model.subgraphs = [graph]
    return model


def raw_tensor(name: str, shape: list[int], kind: str = "FLOAT32", data: bytes | NDArray[Any] = b"") -> Any:
    """A `TensorT`; its buffer is the bytes themselves, for `raw_model`."""
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type = name, shape, getattr(schema.TensorType, kind)
    tensor.buffer = data if isinstance(data, bytes) else data.tobytes()
    return tensor


def raw_operator(inputs: list[int], outputs: list[int], kind: str = "", options: Any = None) -> Any:
    """An `OperatorT` with options of the union's member `kind`."""
    operator = schema.OperatorT()
    operator.inputs, operator.outputs = inputs, outputs
    if kind in vars(schema.BuiltinOptions2):
        operator.builtinOptions2Type, operator.builtinOptions2 = getattr(schema.BuiltinOptions2, kind), options
    elif kind:
        operator.builtinOptionsType, operator.builtinOptions = getattr(schema.BuiltinOptions, kind), options
    return operator
