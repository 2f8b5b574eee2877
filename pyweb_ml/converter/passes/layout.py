"""Transposes cancelled: each is moved on through what follows it until it meets its reverse, or an end.

Readers of formats with channels first put one before and one after each operator that wants channels last. With
y = transpose(x, order), axis a of y is axis order[a] of x: an operator on y is the same on x with its axes renamed
(`layout_rules` says how for each), and a transpose of what comes out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.passes.layout_rules import RULES, Moved, Order, first_part, inverse, is_identity, order_of


def cancel_transposes(model: Model) -> Model:
    """Takes out transposes that undo one another, and operators that nobody needs after that.

    Graphs with open shapes are left as they are, and those in which nothing would be gained.
    """
    for graph in model.graphs:
        if graph.is_fixed:
            _cancel(model, graph)
    return model


def transposed_values(operators: Sequence[Operator]) -> int:
    """How many values a run moves in transposes: what this pass makes less of."""
    return sum(prod(op.outputs[0].shape) for op in operators if op.op == "TRANSPOSE")


def _cancel(model: Model, graph: Graph) -> None:
    same, operators = min((_swept(graph, *choices) for choices in product((False, True), repeat=2)), key=_cost)
    if transposed_values(operators) >= transposed_values(graph.operators):
        return
    for old, new in same.items():
        if old in graph.outputs:
            new.name = old.name
    graph.operators, graph.outputs = operators, [same.get(one, one) for one in graph.outputs]
    for signature in model.signatures:
        signature.outputs = {name: same.get(one, one) for name, one in signature.outputs.items()}


def _swept(graph: Graph, split: bool, grow: bool) -> tuple[dict[Tensor, Tensor], list[Operator]]:
    sweep = _Sweep(graph, split, grow)
    for op in graph.operators:
        sweep.take(op)
    return sweep.same, _without_unread(sweep.operators, [sweep.same.get(one, one) for one in graph.outputs])


def _cost(swept: tuple[dict[Tensor, Tensor], list[Operator]]) -> tuple[int, int]:
    """What the transposes move, and how many operators there are."""
    return transposed_values(swept[1]), len(swept[1])


def _without_unread(operators: Sequence[Operator], outputs: Sequence[Tensor]) -> list[Operator]:
    """Without transposes and reshapes that nobody reads any more."""
    read, kept = set(outputs), []
    for op in reversed(operators):
        if op.op not in ("RESHAPE", "TRANSPOSE") or op.outputs[0] in read:
            read.update(one for one in op.inputs if one is not None)
            kept.append(op)
    return kept[::-1]


@dataclass
class _Source:
    """A transpose that makes a tensor: of what, and in which order."""

    tensor: Tensor
    order: Order


class _Sweep:
    """One pass over the operators, from the first to the last, into a new list.

    Attributes:
        operators: the new list.
        same: tensors that are no longer made, and what is the same as each.
    """

    def __init__(self, graph: Graph, split: bool, grow: bool) -> None:
        """Begins.

        Args:
            split: whether to split a transpose in two where only its first part must stay.
            grow: whether to move one of an input on where what it moves becomes more.
        """
        self.operators: list[Operator] = []
        self.same: dict[Tensor, Tensor] = {}
        self._graph = graph
        self._split = split
        self._grow = grow
        self._sources: dict[Tensor, _Source] = {}
        self._made: dict[tuple[Tensor, Order], Tensor] = {}
        self._reshaped: dict[Tensor, Tensor] = {}
        self._uses = Counter(one for op in graph.operators for one in op.inputs if one is not None)
        self._uses.update(graph.outputs)

    def take(self, op: Operator) -> None:
        """Appends an operator, or what does the same with its transposes behind it."""
        inputs = [self.same.get(one, one) if one else None for one in op.inputs]
        op = Operator(op.op, inputs, op.outputs, op.options, op.custom, op.version, op.intermediates)
        order = order_of(op)
        if order is not None and inputs[0] is not None:
            self._transpose(inputs[0], order, op.outputs[0])
        elif not self._move(op):
            self._emit(op)

    def _move(self, op: Operator) -> bool:
        """Whether the operator could go before the transposes that it follows."""
        rule = RULES.get(op.op)
        if rule is None or op.custom is not None or op.intermediates:
            return False
        sources = [self._sources[one] for one in op.inputs if one in self._sources]
        moved = rule(op, sources[0].order) if sources else None
        if moved is None and sources and self._split:
            sources = [self._split_before(op, sources[0])]
            moved = rule(op, sources[0].order)
        if moved is None or (not self._grow and sources[0].tensor in self._graph.inputs and _grows(op)):
            return False
        inputs = self._before(op, moved, sources[0].order)
        if inputs is None:
            return False
        self._append(op, inputs, moved)
        return True

    def _before(self, op: Operator, moved: Moved, order: Order) -> list[Tensor | None] | None:
        """The operator's inputs as they are before the transposes; None if that would gain nothing."""
        inputs: list[Tensor | None] = [moved.constants.get(at, one) for at, one in enumerate(op.inputs)]
        turned = []
        for at in moved.data:
            given = op.inputs[at]
            if given is None:
                continue
            before = self._known_before(given, order, moved.rank)
            if before is None and len(given.shape) != moved.rank:
                return None
            if before is None:
                turned.append(at)
            inputs[at] = before
        if turned and self._moved_values(op, turned) >= self._spared_values(op, order):
            return None
        for at in turned:
            inputs[at] = self._turned(op.inputs[at], inverse(order))  # type: ignore[arg-type]
        return inputs

    def _split_before(self, op: Operator, source: _Source) -> _Source:
        """What makes an operator's input when the part of the transpose that must stay has been made."""
        part = first_part(op, source.order)
        if part is None:
            return source
        shape = tuple(source.tensor.shape[axis] for axis in part)
        made = Tensor(f"{source.tensor.name}/part", shape, source.tensor.dtype, None, source.tensor.quantization)
        self._transpose(source.tensor, part, made)
        rest = _Source(self.same.get(made, made), tuple(part.index(axis) for axis in source.order))
        given = Tensor(f"{made.name}/rest", op.inputs[0].shape, made.dtype)  # type: ignore[union-attr]
        self._sources[given] = rest
        op.inputs[0] = given
        return rest

    def _known_before(self, given: Tensor, order: Order, rank: int) -> Tensor | None:
        """What the transpose of `order` makes `given` of, if that needs no new transpose."""
        source = self._sources.get(given)
        if source and source.order == order:
            return source.tensor
        if prod(given.shape) == 1 and len(given.shape) <= rank:
            return given if not given.shape or given.is_constant else None
        if given.data is None or (given.quantization and len(given.quantization.scale) > 1):
            return None
        if len(given.shape) > rank:
            return None
        data = given.data.reshape([1] * (rank - len(given.shape)) + list(given.shape)).transpose(inverse(order))
        return Tensor(given.name, data.shape, given.dtype, data, given.quantization)

    def _moved_values(self, op: Operator, turned: Sequence[int]) -> int:
        """What new transposes would move."""
        tensors = [op.inputs[at] for at in turned]
        sizes = [one.shape for one in tensors if one is not None]
        return sum(prod(size) for size in sizes if max(size) < prod(size))

    def _spared_values(self, op: Operator, order: Order) -> int:
        """What transposes that nobody else needs move now."""
        mine = {one for one in op.inputs if one in self._sources and self._sources[one].order == order}
        return sum(prod(one.shape) for one in mine if one is not None and self._uses[one] == 1)

    def _turned(self, tensor: Tensor, order: Order) -> Tensor:
        shape = tuple(tensor.shape[axis] for axis in order)
        made = Tensor(f"{tensor.name}/turned", shape, tensor.dtype, quantization=tensor.quantization)
        self._transpose(tensor, order, made)
        return self.same.get(made, made)

    def _append(self, op: Operator, inputs: list[Tensor | None], moved: Moved) -> None:
        """The operator on what was before the transposes, and the transposes of its outputs."""
        outputs = []
        for output, order in zip(op.outputs, moved.orders, strict=True):
            shape = tuple(output.shape[axis] for axis in inverse(order))
            made = Tensor(f"{output.name}/last", shape, output.dtype, quantization=output.quantization)
            outputs.append(output if is_identity(order) else made)
        self.operators.append(
            Operator(op.op, inputs, outputs, {**op.options, **moved.options}, version=op.version)
        )
        for output, made, order in zip(op.outputs, outputs, moved.orders, strict=True):
            if made is not output:
                self._transpose(made, order, output)

    def _transpose(self, tensor: Tensor, order: Order, output: Tensor) -> None:
        """Makes `output` of `tensor`, through the transpose before it if there is one."""
        source = self._sources.get(tensor)
        if source:
            tensor, order = source.tensor, tuple(source.order[axis] for axis in order)
        before = tensor if is_identity(order) else self._made.get((tensor, order))
        before = self.same.get(before, before) if before else None
        if before is not None and self._may_stand_for(before, output):
            self.same[output] = before
            return
        self._made[tensor, order] = output
        self._sources[output] = _Source(tensor, order)
        self._emit(_transposing(tensor, order, output))

    def _emit(self, op: Operator) -> None:
        """Appends an operator; a reshape of a reshape takes what the first took."""
        if op.op == "RESHAPE" and op.custom is None and op.inputs[0] is not None:
            source = self._reshaped.get(op.inputs[0], op.inputs[0])
            op.inputs[0] = self._reshaped[op.outputs[0]] = source
            if source.shape == op.outputs[0].shape and self._may_stand_for(source, op.outputs[0]):
                self.same[op.outputs[0]] = source
                return
        self.operators.append(op)

    def _may_stand_for(self, tensor: Tensor, output: Tensor) -> bool:
        """Whether the tensor can be what the output was: the graph's own ends keep their names and their maker."""
        if output not in self._graph.outputs:
            return True
        ends = {*self._graph.inputs, *self._graph.outputs, *self.same.values()}
        return tensor not in ends and not tensor.is_constant


def _grows(op: Operator) -> bool:
    """Whether an operator of one input gives more values than it takes."""
    flowing = [prod(one.shape) for one in op.inputs if one is not None and not one.is_constant]
    return len(flowing) == 1 and prod(op.outputs[0].shape) > flowing[0]


def _transposing(tensor: Tensor, order: Order, output: Tensor) -> Operator:
    """A transpose; a mere reshape where it moves only axes of one place."""
    long = [axis for axis in order if tensor.shape[axis] != 1]
    if long == sorted(long):
        shape = np.array(output.shape, np.int32)
        wanted = Tensor(f"{output.name}/shape", shape.shape, "int32", shape)
        return Operator("RESHAPE", [tensor, wanted], [output], {"new_shape": list(output.shape)})
    array = np.array(order, np.int32)
    return Operator("TRANSPOSE", [tensor, Tensor(f"{output.name}/order", array.shape, "int32", array)], [output])
