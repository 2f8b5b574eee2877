"""Einstein's sums of one or two tensors, as transposes, one product of matrices, and sums."""

from collections.abc import Sequence
from math import prod

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.readers.onnx.ops.matrix import product


def _einsum(to: Emitter, node: Node) -> Tensor:
    given, result = _terms(node)
    tensors = []
    for at, term in enumerate(given):
        others = "".join(given[:at] + given[at + 1 :])
        tensors.append(_summed(to, node.input(at), term, others + result))
    if len(tensors) == 1:
        tensor, term = tensors[0]
        return _turned(to, tensor, term, result)
    return _multiplied(to, tensors[0], tensors[1], result)


def _terms(node: Node) -> tuple[list[str], str]:
    """The letters of each input's axes and of the result's."""
    equation = node.text("equation").replace(" ", "")
    left, arrow, result = equation.partition("->")
    given = left.split(",")
    letters = "".join(given)
    if not arrow:
        result = "".join(sorted(one for one in set(letters) if letters.count(one) == 1))
    plain = all(term.isalpha() and len(set(term)) == len(term) for term in given)
    node.require(plain and len(given) in (1, 2) and len(set(result)) == len(result), f"the equation '{equation}'")
    fits = len(given) == len(node.inputs) and set(result) <= set(letters)
    if not fits or any(len(term) != len(node.input(at).shape) for at, term in enumerate(given)):
        node.fail(f"the equation '{equation}' does not fit its inputs")
    return given, result


def _summed(to: Emitter, tensor: Tensor, term: str, wanted: str) -> tuple[Tensor, str]:
    """Without the axes that nobody else names."""
    gone = [at for at, letter in enumerate(term) if letter not in wanted]
    if gone:
        tensor = to.add("SUM", [tensor, to.integers("axes", gone)], keep_dims=False)
    return tensor, "".join(letter for letter in term if letter in wanted)


def _turned(to: Emitter, tensor: Tensor, term: str, wanted: Sequence[str]) -> Tensor:
    """With its axes in the order of `wanted`."""
    order = [term.index(letter) for letter in wanted]
    return tensor if order == sorted(order) else to.transpose(tensor, order)


def _multiplied(to: Emitter, left: tuple[Tensor, str], right: tuple[Tensor, str], result: str) -> Tensor:
    """Axes of both and of the result are stacked; those of both alone are summed."""
    shared = [one for one in left[1] if one in right[1]]
    stacked = [one for one in shared if one in result]
    inner = [one for one in shared if one not in result]
    rows = [one for one in left[1] if one not in shared]
    columns = [one for one in right[1] if one not in shared]
    size = dict(zip(left[1] + right[1], left[0].shape + right[0].shape, strict=True))
    height, depth, width = (prod(size[letter] for letter in letters) for letters in (rows, inner, columns))
    stack = [prod(size[letter] for letter in stacked)] if stacked else []
    one = to.reshape(_turned(to, *left, stacked + rows + inner), [*stack, height, depth])
    two = to.reshape(_turned(to, *right, stacked + inner + columns), [*stack, depth, width])
    made = to.reshape(product(to, one, two), [size[letter] for letter in stacked + rows + columns])
    return _turned(to, made, "".join(stacked + rows + columns), result)


OPERATORS: dict[str, Rule] = {"Einsum": _einsum}
