"""The shapes and dtypes of what operators give, for readers of formats that do not say them.

The rules are TFLite's own, for shapes that are known: `FORMS` has one for each operator that such readers emit.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Final, TypeAlias, cast

import numpy as np

from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.errors import ConversionError

Shape: TypeAlias = tuple[int, ...]
Form: TypeAlias = tuple[Shape, str]
"""A tensor's shape and dtype."""
Options: TypeAlias = Mapping[str, Option]
_Rule: TypeAlias = Callable[[Sequence[Tensor | None], Options], list[Form]]
_MISFITS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def output_forms(op: str, inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    """The shape and dtype of each output of an operator.

    Args:
        op: the operator's name; see `FORMS`.
        inputs: as of `Operator`; sizes and axes that an operator takes as a tensor must be constants.
        options: as of `Operator`.

    Raises:
        ConversionError: the operator has no rule, or the inputs do not fit together.
    """
    rule = FORMS.get(op)
    if rule is None:
        raise ConversionError(f"no rule says what shape {op} gives")
    try:
        forms = rule(inputs, options)
    except _MISFITS as error:
        given = ", ".join(str(list(one.shape)) for one in inputs if one is not None)
        raise ConversionError(f"{op} cannot take inputs of the shapes {given} ({error})") from error
    if any(size < 0 for shape, _ in forms for size in shape):
        raise ConversionError(f"{op} would give a tensor of the shape {list(forms[0][0])}")
    return forms


def window_size(size: int, window: int, stride: int, padding: Option, dilation: int = 1) -> int:
    """How many places a window has along a side of `size`, under TFLite's "SAME" or "VALID"."""
    if padding == "SAME":
        return -(-size // stride)
    return (size - (window - 1) * dilation - 1) // stride + 1


def same_padding(size: int, window: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """What "SAME" puts before and after a side of `size`: the smaller half before."""
    reach = (window - 1) * dilation + 1
    total = max(0, (window_size(size, window, stride, "SAME") - 1) * stride + reach - size)
    return total // 2, total - total // 2


def values(tensor: Tensor | None) -> list[int]:
    """The whole numbers of a constant."""
    if tensor is None or tensor.data is None:
        raise ValueError(f"'{tensor.name if tensor else 'an input'}' is not a constant")
    return [int(one) for one in np.asarray(tensor.data).reshape(-1)]


def _first(inputs: Sequence[Tensor | None]) -> Tensor:
    return cast(Tensor, inputs[0])


def _number(options: Options, name: str, default: int = 1) -> int:
    return int(cast(int, options.get(name, default)))


def _like(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    return [(_first(inputs).shape, _first(inputs).dtype)]


def _broadcast(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    return [(np.broadcast_shapes(*[one.shape for one in inputs if one]), _first(inputs).dtype)]


def _compare(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    return [(_broadcast(inputs, options)[0][0], "bool")]


def _select(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    return [(_broadcast(inputs, options)[0][0], cast(Tensor, inputs[1]).dtype)]


def _convolution(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    picture, weights = _first(inputs), cast(Tensor, inputs[1])
    filters = weights.shape[3] if weights.shape[0] == 1 and "depth_multiplier" in options else weights.shape[0]
    return [((*_windows(picture.shape, weights.shape[1:3], options), filters), picture.dtype)]


def _pool(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    picture = _first(inputs)
    window = (_number(options, "filter_height"), _number(options, "filter_width"))
    return [(_windows(picture.shape, window, options) + picture.shape[3:], picture.dtype)]


def _windows(shape: Shape, window: Sequence[int], options: Options) -> Shape:
    batch, height, width, _ = shape
    padding = options.get("padding", "SAME")
    strides = _number(options, "stride_h"), _number(options, "stride_w")
    dilations = _number(options, "dilation_h_factor"), _number(options, "dilation_w_factor")
    sides = zip((height, width), window, strides, dilations, strict=True)
    return batch, *(window_size(size, reach, stride, padding, apart) for size, reach, stride, apart in sides)


def _transpose_conv(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    return [(tuple(values(inputs[0])), cast(Tensor, inputs[2]).dtype)]


def _fully_connected(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given, weights = _first(inputs), cast(Tensor, inputs[1])
    units, depth = weights.shape
    if prod(given.shape) % depth:
        raise ValueError(f"weights for {depth} values")
    keep = bool(options.get("keep_num_dims"))
    return [((given.shape[:-1] if keep else (prod(given.shape) // depth,)) + (units,), given.dtype)]


def _batch_matmul(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    left, right = _first(inputs).shape, cast(Tensor, inputs[1]).shape
    rows, inner = left[-2:][::-1] if options.get("adj_x") else left[-2:]
    other, columns = right[-2:][::-1] if options.get("adj_y") else right[-2:]
    if inner != other:
        raise ValueError(f"{inner} columns, but {other} rows")
    return [((*np.broadcast_shapes(left[:-2], right[:-2]), rows, columns), _first(inputs).dtype)]


def _concatenation(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    shapes = [one.shape for one in inputs if one]
    axis = _number(options, "axis", 0) % len(shapes[0])
    if len({(*shape[:axis], 0, *shape[axis + 1 :]) for shape in shapes}) > 1:
        raise ValueError(f"they differ beside axis {axis}")
    total = sum(shape[axis] for shape in shapes)
    return [((*shapes[0][:axis], total, *shapes[0][axis + 1 :]), _first(inputs).dtype)]


def _reshape(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given, wanted = _first(inputs), values(inputs[1])
    known = prod(size for size in wanted if size != -1)
    shape = tuple(prod(given.shape) // max(known, 1) if size == -1 else size for size in wanted)
    if prod(shape) != prod(given.shape):
        raise ValueError(f"there is no shape {list(shape)} of {prod(given.shape)} values")
    return [(shape, given.dtype)]


def _transpose(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given, order = _first(inputs), values(inputs[1])
    if sorted(order) != list(range(len(given.shape))):
        raise ValueError(f"the order {order} does not name every axis once")
    return [(tuple(given.shape[axis] for axis in order), given.dtype)]


def _reduce(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given = _first(inputs)
    axes = {axis % len(given.shape) for axis in values(inputs[1])}
    keep = bool(options.get("keep_dims"))
    sizes = [1 if at in axes else size for at, size in enumerate(given.shape) if keep or at not in axes]
    return [(tuple(sizes), given.dtype)]


def _arg(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    ((shape, _),) = _reduce(inputs, {})
    return [(shape, str(options.get("output_type", "INT64")).lower())]


def _resize(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    batch, _, _, channels = _first(inputs).shape
    height, width = values(inputs[1])
    return [((batch, height, width, channels), _first(inputs).dtype)]


def _pad(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given = _first(inputs)
    pairs = np.asarray(values(inputs[1])).reshape(len(given.shape), 2)
    return [(tuple(int(size + sum(pair)) for size, pair in zip(given.shape, pairs, strict=True)), given.dtype)]


def _strided_slice(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    """Begins and ends may count from the back; masks are the readers' to spare."""
    given, begins, ends, strides = _first(inputs), *map(values, inputs[1:4])
    if options.get("shrink_axis_mask") or options.get("new_axis_mask") or options.get("ellipsis_mask"):
        raise ValueError("masks that change the rank are not known here")
    first, last = _number(options, "begin_mask", 0), _number(options, "end_mask", 0)
    sizes = [
        len(range(size)[None if first >> at & 1 else begin : None if last >> at & 1 else end : stride])
        for at, (size, begin, end, stride) in enumerate(zip(given.shape, begins, ends, strides, strict=True))
    ]
    return [(tuple(sizes), given.dtype)]


def _slice(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given, begins, sizes = _first(inputs), values(inputs[1]), values(inputs[2])
    sides = zip(given.shape, begins, sizes, strict=True)
    shape = tuple(size - begin if wanted == -1 else wanted for size, begin, wanted in sides)
    if any(begin + wanted > size for size, begin, wanted in zip(given.shape, begins, shape, strict=True)):
        raise ValueError(f"there is no slice of {list(shape)} from {begins} on")
    return [(shape, given.dtype)]


def _split(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    (axis,), given, parts = values(inputs[0]), cast(Tensor, inputs[1]), _number(options, "num_splits")
    if given.shape[axis] % parts:
        raise ValueError(f"{parts} parts of axis {axis} are not of one size")
    return _parts(given, axis, [given.shape[axis] // parts] * parts)


def _split_v(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given, sizes, (axis,) = _first(inputs), values(inputs[1]), values(inputs[2])
    if sum(sizes) != given.shape[axis]:
        raise ValueError(f"parts of {sizes} are not the {given.shape[axis]} of axis {axis}")
    return _parts(given, axis, sizes)


def _parts(given: Tensor, axis: int, sizes: Sequence[int]) -> list[Form]:
    axis %= len(given.shape)
    return [((*given.shape[:axis], size, *given.shape[axis + 1 :]), given.dtype) for size in sizes]


def _tile(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    sides = zip(_first(inputs).shape, values(inputs[1]), strict=True)
    return [(tuple(size * times for size, times in sides), _first(inputs).dtype)]


def _broadcast_to(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    shape = tuple(values(inputs[1]))
    if np.broadcast_shapes(_first(inputs).shape, shape) != shape:
        raise ValueError(f"it does not broadcast to {list(shape)}")
    return [(shape, _first(inputs).dtype)]


def _gather(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given, places = _first(inputs), cast(Tensor, inputs[1])
    axis, batch = _number(options, "axis", 0) % len(given.shape), _number(options, "batch_dims", 0)
    return [(given.shape[:axis] + places.shape[batch:] + given.shape[axis + 1 :], given.dtype)]


def _gather_nd(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given, places = _first(inputs), cast(Tensor, inputs[1])
    if places.shape[-1] > len(given.shape):
        raise ValueError(f"{places.shape[-1]} axes are named")
    return [(places.shape[:-1] + given.shape[places.shape[-1] :], given.dtype)]


def _one_hot(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    places, (depth,) = _first(inputs).shape, values(inputs[1])
    axis = _number(options, "axis", -1) % (len(places) + 1)
    return [((*places[:axis], depth, *places[axis:]), cast(Tensor, inputs[2]).dtype)]


def _top_k(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    given, (count,) = _first(inputs), values(inputs[1])
    if count > given.shape[-1]:
        raise ValueError(f"there are no {count} of {given.shape[-1]}")
    shape = (*given.shape[:-1], count)
    return [(shape, given.dtype), (shape, "int32")]


def _cast(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    return [(_first(inputs).shape, str(options["out_data_type"]).lower())]


def _depth_to_space(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    (batch, height, width, channels), block = _first(inputs).shape, _number(options, "block_size")
    if channels % block**2:
        raise ValueError(f"{channels} channels are no blocks of {block}x{block}")
    return [((batch, height * block, width * block, channels // block**2), _first(inputs).dtype)]


def _space_to_depth(inputs: Sequence[Tensor | None], options: Options) -> list[Form]:
    (batch, height, width, channels), block = _first(inputs).shape, _number(options, "block_size")
    if height % block or width % block:
        raise ValueError(f"{height}x{width} is no whole number of blocks of {block}x{block}")
    return [((batch, height // block, width // block, channels * block**2), _first(inputs).dtype)]


_UNARY = """ABS CEIL COS ELU EXP FLOOR GELU HARD_SWISH L2_NORMALIZATION LEAKY_RELU LOCAL_RESPONSE_NORMALIZATION LOG
LOGICAL_NOT LOGISTIC LOG_SOFTMAX NEG RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 ROUND RSQRT SIGN SIN SOFTMAX SQRT SQUARE
TANH CUMSUM REVERSE_V2 ZEROS_LIKE"""
_BINARY = "ADD SUB MUL DIV MAXIMUM MINIMUM POW FLOOR_DIV FLOOR_MOD SQUARED_DIFFERENCE PRELU LOGICAL_AND LOGICAL_OR"
_COMPARISONS = "EQUAL NOT_EQUAL GREATER GREATER_EQUAL LESS LESS_EQUAL"
_REDUCERS = "MEAN SUM REDUCE_MAX REDUCE_MIN REDUCE_PROD REDUCE_ANY REDUCE_ALL"

FORMS: Final[dict[str, _Rule]] = {
    **dict.fromkeys(_UNARY.split(), _like),
    **dict.fromkeys(_BINARY.split(), _broadcast),
    **dict.fromkeys(_COMPARISONS.split(), _compare),
    **dict.fromkeys(_REDUCERS.split(), _reduce),
    "ARG_MAX": _arg,
    "ARG_MIN": _arg,
    "AVERAGE_POOL_2D": _pool,
    "BATCH_MATMUL": _batch_matmul,
    "BROADCAST_TO": _broadcast_to,
    "CAST": _cast,
    "CONCATENATION": _concatenation,
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _convolution,
    "DEPTH_TO_SPACE": _depth_to_space,
    "FULLY_CONNECTED": _fully_connected,
    "GATHER": _gather,
    "GATHER_ND": _gather_nd,
    "MAX_POOL_2D": _pool,
    "MIRROR_PAD": _pad,
    "ONE_HOT": _one_hot,
    "PAD": _pad,
    "PADV2": _pad,
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize,
    "RESIZE_NEAREST_NEIGHBOR": _resize,
    "SELECT_V2": _select,
    "SLICE": _slice,
    "SPACE_TO_DEPTH": _space_to_depth,
    "SPLIT": _split,
    "SPLIT_V": _split_v,
    "STRIDED_SLICE": _strided_slice,
    "TILE": _tile,
    "TOPK_V2": _top_k,
    "TRANSPOSE": _transpose,
    "TRANSPOSE_CONV": _transpose_conv,
}
