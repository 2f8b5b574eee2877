"""The middle form: what every reader gives and every writer takes.

It has the shape of a `.tflite`: typed tensors, operators by the names of TFLite's `BuiltinOperator` with the
options of its schema, graphs and signatures. Layout, padding and broadcasting mean what they mean in TFLite:
pictures are NHWC, weights of a convolution OHWI, of a depthwise one 1HWC. Tensors are referred to by themselves:
a pass may add, replace or drop one without renumbering; two tensors are the same only if they are the same object.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Option = bool | int | float | str | list[int] | list[float] | None
"""An operator's option: enumerations by their name in the schema, such as "SAME" or "RELU6"."""


@dataclass(frozen=True)
class Quantization:
    """How integers stand for reals: real = scale * (integer - zero_point), along `axis` if there are several.

    Attributes:
        scale: float32 (1,) or (size of the axis,), above 0.
        zero_point: int64, of the same shape.
        axis: the dimension with a scale of its own for each index; 0 where there is one scale.
    """

    scale: NDArray[np.float32]
    zero_point: NDArray[np.int64]
    axis: int = 0


@dataclass(eq=False)
class Tensor:
    """A typed array that flows or, with `data`, a constant.

    Attributes:
        name: unique in its graph; the writer mends clashes.
        shape: sizes; -1 where a size is known only at run time (see `Graph.is_fixed`).
        dtype: numpy's name ("float32", "int8", …), or "int4", "string"; "resource" and "variant" only flow.
        data: the constant's values in `shape`, perhaps a view into the file; "int4" as int8, "string" as
            bytes in an array of objects. None if it flows.
        quantization: None for tensors that hold what they say.
        variable: True for state that survives a run.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    data: NDArray[Any] | None = None
    quantization: Quantization | None = None
    variable: bool = False

    @property
    def is_constant(self) -> bool:
        return self.data is not None


@dataclass(eq=False)
class Operator:
    """One step of a graph.

    Attributes:
        op: the name in TFLite's `BuiltinOperator` ("CONV_2D"), or a custom operator's own name.
        inputs: in the schema's order; None where an optional one is left out.
        outputs: in the schema's order.
        options: by the schema's names in snake_case; what is missing has the schema's default.
        custom: a custom operator's options, in bytes of its own kind; None for a builtin.
        version: the operator's version in the schema: what a runtime must know to run it.
        intermediates: scratch tensors that carry quantisation, as integer LSTMs have them.
    """

    op: str
    inputs: list[Tensor | None]
    outputs: list[Tensor]
    options: dict[str, Option] = field(default_factory=dict)
    custom: bytes | None = None
    version: int = 1
    intermediates: list[Tensor] = field(default_factory=list)


@dataclass(eq=False)
class Graph:
    """Operators in an order in which each one's inputs are there before it runs."""

    inputs: list[Tensor]
    outputs: list[Tensor]
    operators: list[Operator]
    name: str = "main"

    @property
    def tensors(self) -> list[Tensor]:
        """Every tensor once: the inputs, then as the operators mention them, then the outputs."""
        mentioned = [t for op in self.operators for t in (*op.inputs, *op.outputs, *op.intermediates)]
        every = dict.fromkeys([*self.inputs, *mentioned, *self.outputs])
        return [tensor for tensor in every if tensor is not None]

    @property
    def is_fixed(self) -> bool:
        """Whether every shape is known before it runs."""
        return all(size >= 0 for tensor in self.tensors for size in tensor.shape)


@dataclass(eq=False)
class Signature:
    """A graph's inputs and outputs by the names that a caller knows them by; the graph is that of its tensors."""

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]
    key: str = "serving_default"


@dataclass(eq=False)
class Model:
    """A model in the middle form.

    Attributes:
        graphs: the first is run; others are called by operators such as WHILE.
        signatures: of the first graph, or of several.
        metadata: named bytes that travel with a `.tflite`.
        description: for people.
        files: files that travel with a `.tflite`, such as labels, by name.
    """

    graphs: list[Graph]
    signatures: list[Signature] = field(default_factory=list)
    metadata: dict[str, bytes] = field(default_factory=dict)
    description: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        return self.graphs[0]
