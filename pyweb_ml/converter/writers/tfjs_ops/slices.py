"""Operators that take a part, or pick by index."""

import numpy as np

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule, several
from pyweb_ml.converter.writers.tfjs_ops.options import flag, integer
from pyweb_ml.converter.writers.tfjs_values import INT32

_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


@rule("SLICE")
def slice_(emitter: Emitter, operator: Operator) -> Endpoint:
    numbers = [emitter.numbers(emitter.values(operator, index)) for index in (1, 2)]
    return emitter.add("Slice", emitter.input(operator, 0), *numbers)


@rule("STRIDED_SLICE")
def strided_slice(emitter: Emitter, operator: Operator) -> Endpoint:
    """With `offset` the ends are counted from the begins; "to the end" may be the largest int64."""
    begin, end, strides = (emitter.values(operator, index).astype(np.int64) for index in (1, 2, 3))
    if flag(operator, "offset"):
        end = end + begin
    numbers = [emitter.numbers(np.clip(one, INT32.min, INT32.max)) for one in (begin, end, strides)]
    masks = {mask: integer(operator, mask) for mask in _MASKS}
    return emitter.add("StridedSlice", emitter.input(operator, 0), *numbers, **masks)


@rule("SPLIT")
def split(emitter: Emitter, operator: Operator) -> list[Endpoint]:
    axis = int(emitter.values(operator, 0).item()) % len(emitter.tensor(operator, 1).shape)
    count = len(operator.outputs)
    x = emitter.input(operator, 1)
    return several(emitter.add("Split", emitter.numbers(axis), x, num_split=count), count)


@rule("SPLIT_V")
def split_v(emitter: Emitter, operator: Operator) -> list[Endpoint]:
    """Sizes may hold one -1, "the rest", which the outputs' shapes know."""
    axis = int(emitter.values(operator, 2).item()) % len(emitter.tensor(operator, 0).shape)
    sizes = [tensor.shape[axis] for tensor in operator.outputs]
    node = emitter.add("SplitV", emitter.input(operator, 0), emitter.numbers(sizes), emitter.numbers(axis))
    return several(node, len(sizes))


@rule("GATHER")
def gather(emitter: Emitter, operator: Operator) -> Endpoint:
    axis = emitter.numbers(integer(operator, "axis") % len(emitter.tensor(operator, 0).shape))
    x, indices = emitter.input(operator, 0), emitter.input(operator, 1)
    return emitter.add("GatherV2", x, indices, axis, batch_dims=integer(operator, "batch_dims"))


@rule("GATHER_ND")
def gather_nd(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add("GatherNd", emitter.input(operator, 0), emitter.input(operator, 1))


@rule("EMBEDDING_LOOKUP")
def embedding_lookup(emitter: Emitter, operator: Operator) -> Endpoint:
    """The ids come first, then the table."""
    ids, table = emitter.input(operator, 0), emitter.input(operator, 1)
    return emitter.add("GatherV2", table, ids, emitter.numbers(0), batch_dims=0)


@rule("SCATTER_ND")
def scatter_nd(emitter: Emitter, operator: Operator) -> Endpoint:
    shape = emitter.numbers(emitter.values(operator, 2))
    return emitter.add("ScatterNd", emitter.input(operator, 0), emitter.input(operator, 1), shape)
