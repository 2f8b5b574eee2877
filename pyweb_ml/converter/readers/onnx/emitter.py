"""What the rules for ONNX's operators build with: a graph in ONNX's layout, whose constants are computed at once.

Tensors keep ONNX's order of axes, (batch, channels, height, width); operators that want channels last stand
between transposes, which `passes.layout` takes out again.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.node import Node


class Emitter(GraphBuilder):
    """A builder with what many rules need.

    Attributes:
        read: the values of a TensorProto.
        inline: the outputs of a GraphProto whose nodes are read as if they stood here.
    """

    def __init__(self, read: Callable[[Any], NDArray[Any]], inline: Callable[[Any], list[Tensor]]) -> None:
        super().__init__(fold=True)
        self.read = read
        self.inline = inline

    def number(self, value: float, dtype: str = "float32") -> Tensor:
        """A constant without axes."""
        return self.constant("number", np.asarray(value, dtype))

    def channels_last(self, tensor: Tensor) -> Tensor:
        """(batch, channels, …) as (batch, …, channels)."""
        rank = len(tensor.shape)
        return self.transpose(tensor, [0, *range(2, rank), 1])

    def channels_first(self, tensor: Tensor) -> Tensor:
        """(batch, …, channels) as (batch, channels, …)."""
        rank = len(tensor.shape)
        return self.transpose(tensor, [0, rank - 1, *range(1, rank - 1)])

    def all_of(self, op: str, tensors: Sequence[Tensor]) -> Tensor:
        """A binary operator over any number of tensors, from the left."""
        total, *others = tensors
        for other in others:
            total = self.add(op, [total, other])
        return total

    def cast(self, tensor: Tensor, dtype: str) -> Tensor:
        """The tensor with values of another dtype."""
        if tensor.dtype == dtype:
            return tensor
        return self.add("CAST", [tensor], in_data_type=tensor.dtype.upper(), out_data_type=dtype.upper())

    def slice_axis(self, tensor: Tensor, axis: int, begin: int, size: int) -> Tensor:
        """`size` places along an axis, from `begin` on."""
        begins, sizes = [0] * len(tensor.shape), list(tensor.shape)
        begins[axis], sizes[axis] = begin, size
        if tuple(sizes) == tensor.shape:
            return tensor
        return self.add("SLICE", [tensor, self.integers("begin", begins), self.integers("size", sizes)])


Rule: TypeAlias = Callable[[Emitter, Node], Tensor | list[Tensor]]
"""Appends a node's operators and gives its outputs."""


def axis_of(node: Node, axis: int, rank: int) -> int:
    """An axis counted from the front.

    Raises:
        ConversionError: there is no such axis.
    """
    if not -rank <= axis < rank:
        node.fail(f"there is no axis {axis} in a tensor of {rank} axes")
    return axis % rank
