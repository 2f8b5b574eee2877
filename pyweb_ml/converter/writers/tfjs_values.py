"""What TF.js computes with: three types, and real numbers where TFLite has integers that stand for them."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Graph, Quantization, Tensor
from pyweb_ml.errors import ConversionError

FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("int4", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
INT32 = np.iinfo(np.int32)


def tfjs_dtype(tensor: Tensor) -> str:
    """ "float32", "int32" or "bool": what carries this tensor's values in TF.js; quantised ones as reals.

    Raises:
        ConversionError: TF.js has nothing for it.
    """
    if tensor.quantization is not None or tensor.dtype in FLOATS:
        return "float32"
    if tensor.dtype in INTEGERS:
        return "int32"
    if tensor.dtype == "bool":
        return "bool"
    raise ConversionError(f"the tensor '{tensor.name}' is {tensor.dtype}, which TF.js does not compute with")


def outer_dtype(tensor: Tensor) -> str:
    """As `tfjs_dtype`, for the model's inputs and outputs: quantised ones are the integers themselves."""
    return "int32" if tensor.quantization is not None else tfjs_dtype(tensor)


def with_constants(graph: Graph) -> Graph:
    """The same graph, a constant in the place of each DEQUANTIZE of one; its values stay as small as they are.

    The original is as it was: operators are copied, tensors and values shared.
    """
    folded = {}
    for operator in graph.operators:
        if operator.op == "DEQUANTIZE" and len(operator.inputs) == len(operator.outputs) == 1:
            (source,), (output,) = operator.inputs, operator.outputs
            if source is not None and source.is_constant and output not in graph.outputs:
                folded[output] = replace(source, name=output.name)
    operators = [
        replace(one, inputs=[folded.get(tensor, tensor) if tensor else None for tensor in one.inputs])
        for one in graph.operators
        if not folded.keys() & set(one.outputs)
    ]
    return Graph(graph.inputs, graph.outputs, operators, graph.name)


def tfjs_values(tensor: Tensor) -> NDArray[Any]:
    """A constant's values as TF.js has them, of `tfjs_dtype`, or float16; a view where nothing has to change.

    Raises:
        ConversionError: an integer does not fit into int32, or TF.js has no type for it.
    """
    dtype = tfjs_dtype(tensor)
    data = tensor.data
    assert data is not None
    if tensor.quantization is not None:
        return dequantized(data, tensor.quantization)
    if dtype == "int32" and data.size and not (INT32.min <= int(data.min()) and int(data.max()) <= INT32.max):
        # TensorFlow's converters write "to the end" as the largest int64.
        raise ConversionError(
            f"the constant '{tensor.name}' holds {data.max()}, but TF.js counts with 32 bits; make it int32"
        )
    return data if data.dtype == np.float16 else data.astype(dtype, copy=False)


def dequantized(data: NDArray[Any], quantization: Quantization) -> NDArray[np.float32]:
    """The reals that integers stand for: scale * (integer - zero_point)."""
    shape = [1] * data.ndim
    if quantization.scale.size > 1:
        shape[quantization.axis] = -1
    scale, zero_point = (one.reshape(shape) for one in (quantization.scale, quantization.zero_point))
    reals: NDArray[np.float32] = (data.astype(np.float32) - zero_point.astype(np.float32)) * scale
    return reals


def limits(dtype: str) -> tuple[int, int]:
    """The least and the greatest value of an integer type."""
    if dtype == "int4":
        return -8, 7
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)
