"""A graph of the middle form as tables of `.tflite`."""

from collections.abc import Iterable

from pyweb_ml.converter.model import Graph, Quantization, Tensor
from pyweb_ml.converter.tflite_schema import DTYPES, numbers_of
from pyweb_ml.converter.where import where
from pyweb_ml.converter.writers.constants import Constants
from pyweb_ml.converter.writers.flatbuffer import Table
from pyweb_ml.converter.writers.tflite_operators import OperatorCodes
from pyweb_ml.errors import ConversionError

_TYPES = {dtype: name for name, dtype in DTYPES.items()}


class GraphWriter:
    """Makes tables of graphs that share constants and operator codes.

    Attributes:
        codes: the operator codes so far.
        names: of each graph made so far, its tensors' names.
        numbers: of each graph made so far, its tensors' numbers.
    """

    def __init__(self, constants: Constants) -> None:
        self.codes = OperatorCodes()
        self.names: dict[Graph, dict[Tensor, str]] = {}
        self.numbers: dict[Graph, dict[Tensor, int]] = {}
        self._constants = constants

    def table(self, graph: Graph) -> Table:
        """The SubGraph of a graph.

        Raises:
            ConversionError: a tensor or operator has what the schema does not know; with its name.
        """
        names = self.names[graph] = unique_names(graph.tensors)
        numbers = self.numbers[graph] = {tensor: index for index, tensor in enumerate(names)}
        values = {
            "tensors": [self._tensor(tensor, name) for tensor, name in names.items()],
            "inputs": [numbers[tensor] for tensor in graph.inputs],
            "outputs": [numbers[tensor] for tensor in graph.outputs],
            "operators": [self.codes.operator(i, op, numbers) for i, op in enumerate(graph.operators)],
            "name": graph.name,
        }
        return Table("SubGraph", values)

    def _tensor(self, tensor: Tensor, name: str) -> Table:
        with where(f"tensor '{name}'"):
            values = {
                "shape": [1 if size < 0 else size for size in tensor.shape],
                "shape_signature": list(tensor.shape) if min(tensor.shape, default=0) < 0 else None,
                "type": _type(tensor.dtype),
                "buffer": self._constants.add_tensor(tensor) if tensor.is_constant else 0,
                "name": name,
                "quantization": _quantization(tensor.quantization) if tensor.quantization else None,
                "is_variable": tensor.variable,
                "has_rank": True,
            }
            return Table("Tensor", values)


def unique_names(tensors: Iterable[Tensor]) -> dict[Tensor, str]:
    """A name for each tensor, its own where nobody before it has that."""
    names: dict[str, Tensor] = {}
    for tensor in tensors:
        name, count = tensor.name or "tensor", 0
        while name in names:
            count += 1
            name = f"{tensor.name or 'tensor'}_{count}"
        names[name] = tensor
    return {tensor: name for name, tensor in names.items()}


def _type(dtype: str) -> int:
    if dtype not in _TYPES:
        raise ConversionError(f"a .tflite has no tensors of the type '{dtype}'")
    return numbers_of("TensorType")[_TYPES[dtype]]


def _quantization(quantization: Quantization) -> Table:
    values = {
        "scale": quantization.scale,
        "zero_point": quantization.zero_point,
        "quantized_dimension": quantization.axis,
    }
    return Table("QuantizationParameters", values)
