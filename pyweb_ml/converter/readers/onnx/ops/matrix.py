"""Products of matrices."""

import numpy as np

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule
from pyweb_ml.converter.readers.onnx.node import Node


def _matmul(to: Emitter, node: Node) -> Tensor:
    """As numpy's: a vector is a matrix of one row or column, and that axis goes again."""
    left, right = node.input(0), node.input(1)
    node.require(min(len(left.shape), len(right.shape)) > 0, "a product with a number")
    rows = left if len(left.shape) > 1 else to.reshape(left, (1, *left.shape))
    columns = right if len(right.shape) > 1 else to.reshape(right, (*right.shape, 1))
    made = product(to, rows, columns)
    shape = list(made.shape)
    if len(left.shape) == 1:
        del shape[-2]
    if len(right.shape) == 1:
        del shape[-1]
    return to.reshape(made, shape)


def product(to: Emitter, left: Tensor, right: Tensor) -> Tensor:
    """A product of matrices, or of stacks of them; a constant on the right becomes weights."""
    if not right.is_constant or len(right.shape) > 2:
        return to.add("BATCH_MATMUL", [left, right])
    if left.shape[-1] != right.shape[0]:
        return to.add("BATCH_MATMUL", [left, right])  # which says what does not fit
    return connected(to, left, to.transpose(right, [1, 0]), None)


def connected(to: Emitter, x: Tensor, weights: Tensor, bias: Tensor | None) -> Tensor:
    """x (…, in) with weights (out, in) and a bias (out,)."""
    bias = bias or to.constant("bias", np.zeros(weights.shape[0], np.float32))
    return to.add("FULLY_CONNECTED", [x, weights, bias], keep_num_dims=len(x.shape) != 2)


def _gemm(to: Emitter, node: Node) -> Tensor:
    """alpha * A' * B' + beta * C."""
    left, right, alpha = node.input(0), node.input(1), to.number(node.real("alpha", 1))
    node.require(len(left.shape) == len(right.shape) == 2, "a Gemm of anything but matrices")
    if node.integer("transA", 0):
        left = to.transpose(left, [1, 0])
    transposed = bool(node.integer("transB", 0))
    weights = right if transposed else to.transpose(right, [1, 0])
    if weights.shape[1] != left.shape[1]:
        node.fail(f"a matrix of {left.shape[1]} columns times one of {weights.shape[1]} rows is none")
    added = _added(to, node)
    scaled = weights if alpha.data == 1 else to.add("MUL", [weights, alpha])
    if added is not None and added.is_constant and added.shape in ((weights.shape[0],), (1, weights.shape[0])):
        return connected(to, left, scaled, to.reshape(added, (weights.shape[0],)))
    made = connected(to, left, scaled, None)
    return made if added is None else to.add("ADD", [made, added])


def _added(to: Emitter, node: Node) -> Tensor | None:
    added, beta = node.given(2), node.real("beta", 1)
    if added is None or beta == 1:
        return added
    return to.add("MUL", [added, to.number(beta)])


OPERATORS: dict[str, Rule] = {"Gemm": _gemm, "MatMul": _matmul}
