"""Small models of the middle form, of the operators that the passes are about."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.model import Graph, Model, Operator, Option, Tensor

CONV_OPTIONS: dict[str, Option] = {"padding": "SAME", "stride_w": 1, "stride_h": 1}


def constant(name: str, values: NDArray[Any]) -> Tensor:
    return Tensor(name, values.shape, values.dtype.name, values)


def normal(seed: int, *shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def chain(*operators: Operator) -> Model:
    """Operators one after the other: the first's first flowing input is the graph's, the last's outputs are."""
    first = next(tensor for tensor in operators[0].inputs if tensor and not tensor.is_constant)
    return Model([Graph([first], list(operators[-1].outputs), list(operators))])


def conv(source: Tensor, channels: int = 5, *, bias: bool = True, **options: Option) -> Operator:
    """A convolution of 3 by 3 that keeps the size of the picture."""
    weights = constant("weights", normal(1, channels, 3, 3, source.shape[-1]))
    inputs: list[Tensor | None] = [source, weights]
    if bias:
        inputs.append(constant("bias", normal(2, channels)))
    return Operator(
        "CONV_2D", inputs, [Tensor("conv", (*source.shape[:3], channels))], {**CONV_OPTIONS, **options}
    )


def after(first: Operator, op: str, *others: Tensor, name: str = "", **options: Option) -> Operator:
    """An operator that reads what the first gives, and constants, and gives the same shape."""
    source = first.outputs[0]
    return Operator(op, [source, *others], [Tensor(name or op.lower(), source.shape)], options)


def picture(*shape: int) -> Tensor:
    return Tensor("picture", shape or (2, 8, 6, 3))


def ops_of(model: Model) -> list[str]:
    return [op.op for op in model.graph.operators]
