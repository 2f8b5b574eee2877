"""The op table's data: one row an operator. What the columns say, and how they are asked, is in op_table.py."""

from collections.abc import Callable
from dataclasses import dataclass

from pyweb_ml.converter.model import Operator, Tensor


@dataclass(frozen=True)
class Limit:
    """What a backend of TF.js 4.22 does wrongly, or not at all; the op specs prove that it is still so.

    Attributes:
        backends: which.
        what: for people.
        meets: whether an operator is concerned.
    """

    backends: tuple[str, ...]
    what: str
    meets: Callable[[Operator], bool]


@dataclass(frozen=True)
class OpRow:
    """One operator.

    Attributes:
        op: the name in TFLite's `BuiltinOperator`, or a custom operator's.
        tests: the family of the op specs that tests it (tests/converter/op_specs), or "integers", "models" or
            "networks" for the file test_tfjs_*.py of that name in tests/converter/writers.
        nodes: the TF.js nodes that it may become, beside constants; none where nothing is left of it.
        limits: where it does not run.
    """

    op: str
    tests: str
    nodes: tuple[str, ...]
    limits: tuple[Limit, ...] = ()


def _is_rank_5(operator: Operator) -> bool:
    return any(len(tensor.shape) > 4 for tensor in operator.outputs)


def _is_turned(tensor: Tensor) -> bool:
    """Whether its Transpose is wrong: two dimensions have a kernel of their own, which is right."""
    return tensor.dtype not in ("float32", "bool") and tensor.quantization is None and len(tensor.shape) > 2


def _turns_integers(operator: Operator) -> bool:
    return any(map(_is_turned, operator.outputs))


def _reduces_integers(operator: Operator) -> bool:
    """Along the last dimensions nothing has to be turned."""
    source, axes = (*operator.inputs, None, None)[:2]
    if source is None or axes is None or axes.data is None or not _is_turned(source):
        return False
    rank = len(source.shape)
    chosen = sorted({int(axis) % rank for axis in axes.data.ravel()})
    return chosen != list(range(rank - len(chosen), rank))


_RANK_5 = Limit(("webgl", "webgpu"), "its Pad takes at most 4 dimensions", _is_rank_5)
_TURNED = Limit(("webgpu",), "its Transpose of int32 in 3 or more dimensions gives other values", _turns_integers)
_REDUCED = Limit(("webgpu",), "int32 along other than the last dimensions gives other values", _reduces_integers)

# fmt: off
ROWS: tuple[OpRow, ...] = (
    OpRow("ABS", "elementwise", ("Abs",)),
    OpRow("ADD", "elementwise", ("AddV2", "Relu", "Relu6", "ClipByValue")),
    OpRow("ADD_N", "elementwise", ("AddN",)),
    OpRow("ARG_MAX", "reductions", ("ArgMax",)),
    OpRow("ARG_MIN", "reductions", ("ArgMin",)),
    OpRow("ATAN2", "elementwise", ("Atan2",)),
    OpRow("AVERAGE_POOL_2D", "convolution", ("AvgPool", "Relu", "Relu6", "ClipByValue")),
    OpRow("BATCH_MATMUL", "convolution", ("BatchMatMulV2",)),
    OpRow("BATCH_TO_SPACE_ND", "layout", ("BatchToSpaceND",)),
    OpRow("BROADCAST_TO", "layout", ("BroadcastTo",)),
    OpRow("CAST", "elementwise", ("Cast",)),
    OpRow("CEIL", "elementwise", ("Ceil",)),
    OpRow("COMPLEX_ABS", "networks", ("Square", "AddV2", "Sqrt")),
    OpRow("CONCATENATION", "layout", ("ConcatV2",)),
    OpRow("CONV_2D", "convolution", ("_FusedConv2D", "Conv2D", "Split", "ConcatV2", "BiasAdd", "Relu",
                                     "ClipByValue", "Pad", "StridedSlice")),
    OpRow("COS", "elementwise", ("Cos",)),
    OpRow("CUMSUM", "reductions", ("Cumsum", "ReverseV2")),
    OpRow("Convolution2DTransposeBias", "models", ("Conv2DBackpropInput", "BiasAdd")),
    OpRow("DENSIFY", "models", ()),
    OpRow("DEPTHWISE_CONV_2D", "convolution", ("FusedDepthwiseConv2dNative", "ClipByValue", "Pad",
                                               "StridedSlice")),
    OpRow("DEPTH_TO_SPACE", "layout", ("DepthToSpace",)),
    OpRow("DEQUANTIZE", "integers", ()),
    OpRow("DIV", "elementwise", ("RealDiv", "Cast", "Relu", "Relu6", "ClipByValue")),
    OpRow("ELU", "elementwise", ("Elu",)),
    OpRow("EMBEDDING_LOOKUP", "slices", ("GatherV2",)),
    OpRow("EQUAL", "elementwise", ("Equal",)),
    OpRow("EXP", "elementwise", ("Exp",)),
    OpRow("EXPAND_DIMS", "layout", ("Reshape",)),
    OpRow("FILL", "elementwise", ("Reshape", "BroadcastTo")),
    OpRow("FLOOR", "elementwise", ("Floor",)),
    OpRow("FLOOR_DIV", "elementwise", ("RealDiv", "Floor", "FloorDiv")),
    OpRow("FLOOR_MOD", "elementwise", ("FloorMod",)),
    OpRow("FULLY_CONNECTED", "convolution", ("_FusedMatMul", "ClipByValue", "Reshape", "Transpose")),
    OpRow("GATHER", "slices", ("GatherV2",)),
    OpRow("GATHER_ND", "slices", ("GatherNd",)),
    OpRow("GELU", "elementwise", ("Mul", "Erf", "AddV2", "Square", "Tanh")),
    OpRow("GREATER", "elementwise", ("Greater",)),
    OpRow("GREATER_EQUAL", "elementwise", ("GreaterEqual",)),
    OpRow("HARD_SWISH", "elementwise", ("AddV2", "Relu6", "Mul")),
    OpRow("IMAG", "networks", ("Identity",)),
    OpRow("L2_NORMALIZATION", "elementwise", ("Square", "Sum", "Sqrt", "Maximum", "RealDiv")),
    OpRow("L2_POOL_2D", "convolution", ("Square", "AvgPool", "Sqrt", "Relu", "Relu6", "ClipByValue")),
    OpRow("LEAKY_RELU", "elementwise", ("LeakyRelu",)),
    OpRow("LESS", "elementwise", ("Less",)),
    OpRow("LESS_EQUAL", "elementwise", ("LessEqual",)),
    OpRow("LOCAL_RESPONSE_NORMALIZATION", "elementwise", ("LRN",)),
    OpRow("LOG", "elementwise", ("Log",)),
    OpRow("LOGICAL_AND", "elementwise", ("LogicalAnd",)),
    OpRow("LOGICAL_NOT", "elementwise", ("LogicalNot",)),
    OpRow("LOGICAL_OR", "elementwise", ("LogicalOr",)),
    OpRow("LOGISTIC", "elementwise", ("Sigmoid",)),
    OpRow("LOG_SOFTMAX", "elementwise", ("LogSoftmax",)),
    OpRow("MAXIMUM", "elementwise", ("Maximum",)),
    OpRow("MAX_POOL_2D", "convolution", ("MaxPool", "Relu", "Relu6", "ClipByValue")),
    OpRow("MEAN", "reductions", ("Mean",)),
    OpRow("MINIMUM", "elementwise", ("Minimum",)),
    OpRow("MIRROR_PAD", "layout", ("MirrorPad",)),
    OpRow("MUL", "elementwise", ("Mul", "Relu", "Relu6", "ClipByValue")),
    OpRow("NEG", "elementwise", ("Neg",)),
    OpRow("NOT_EQUAL", "elementwise", ("NotEqual",)),
    OpRow("ONE_HOT", "slices", ("OneHot", "Cast", "Mul", "Transpose")),
    OpRow("PACK", "layout", ("Pack",)),
    OpRow("PAD", "layout", ("PadV2",), (_RANK_5,)),
    OpRow("PADV2", "layout", ("PadV2",), (_RANK_5,)),
    OpRow("POW", "elementwise", ("Pow",)),
    OpRow("PRELU", "elementwise", ("Prelu", "Neg", "Relu", "Mul", "Sub")),
    OpRow("QUANTIZE", "integers", ()),
    OpRow("RANGE", "slices", ()),
    OpRow("RANK", "elementwise", ()),
    OpRow("REAL", "networks", ("Identity",)),
    OpRow("REDUCE_ALL", "reductions", ("Cast", "Mul", "Min")),
    OpRow("REDUCE_ANY", "reductions", ("Cast", "Mul", "Max")),
    OpRow("REDUCE_MAX", "reductions", ("Max",), (_REDUCED,)),
    OpRow("REDUCE_MIN", "reductions", ("Min",), (_REDUCED,)),
    OpRow("REDUCE_PROD", "reductions", ("Prod", "Reshape")),
    OpRow("RELU", "elementwise", ("Relu",)),
    OpRow("RELU6", "elementwise", ("Relu6",)),
    OpRow("RELU_0_TO_1", "elementwise", ("ClipByValue",)),
    OpRow("RELU_N1_TO_1", "elementwise", ("ClipByValue",)),
    OpRow("RESHAPE", "layout", ("Reshape",)),
    OpRow("RESIZE_BILINEAR", "layout", ("ResizeBilinear",)),
    OpRow("RESIZE_NEAREST_NEIGHBOR", "layout", ("ResizeNearestNeighbor",)),
    OpRow("REVERSE_V2", "layout", ("ReverseV2",)),
    OpRow("RFFT2D", "networks", ("Reshape", "MatMul")),
    OpRow("ROUND", "elementwise", ("Round",)),
    OpRow("RSQRT", "elementwise", ("Rsqrt",)),
    OpRow("SCATTER_ND", "slices", ("ScatterNd",)),
    OpRow("SELECT", "elementwise", ("SelectV2", "Reshape")),
    OpRow("SELECT_V2", "elementwise", ("SelectV2",)),
    OpRow("SHAPE", "elementwise", ("Shape",)),
    OpRow("SIGN", "elementwise", ("Sign",)),
    OpRow("SIN", "elementwise", ("Sin",)),
    OpRow("SLICE", "slices", ("Slice",)),
    OpRow("SOFTMAX", "elementwise", ("Softmax", "Mul")),
    OpRow("SPACE_TO_BATCH_ND", "layout", ("SpaceToBatchND",)),
    OpRow("SPACE_TO_DEPTH", "layout", ("Reshape", "Transpose")),
    OpRow("SPLIT", "slices", ("Split",)),
    OpRow("SPLIT_V", "slices", ("SplitV",)),
    OpRow("SQRT", "elementwise", ("Sqrt",)),
    OpRow("SQUARE", "elementwise", ("Square",)),
    OpRow("SQUARED_DIFFERENCE", "elementwise", ("SquaredDifference",)),
    OpRow("SQUEEZE", "layout", ("Reshape",)),
    OpRow("STRIDED_SLICE", "slices", ("StridedSlice",)),
    OpRow("SUB", "elementwise", ("Sub", "Relu", "Relu6", "ClipByValue")),
    OpRow("SUM", "reductions", ("Sum",), (_REDUCED,)),
    OpRow("TANH", "elementwise", ("Tanh",)),
    OpRow("TILE", "layout", ("Tile",)),
    OpRow("TOPK_V2", "reductions", ("TopKV2",)),
    OpRow("TRANSPOSE", "layout", ("Transpose", "Cast", "Mul"), (_TURNED,)),
    OpRow("TRANSPOSE_CONV", "convolution", ("Conv2DBackpropInput", "BiasAdd", "Relu")),
    OpRow("UNIDIRECTIONAL_SEQUENCE_LSTM", "recurrent", ("MatMul", "BiasAdd", "Reshape", "Unpack", "AddV2", "Split",
                                                        "Sigmoid", "Tanh", "Mul", "Pack")),
    OpRow("UNPACK", "layout", ("Unpack",)),
    OpRow("ZEROS_LIKE", "elementwise", ("ZerosLike",)),
)
# fmt: on

TABLE: dict[str, OpRow] = {row.op: row for row in ROWS}


def limits_of(operator: Operator) -> list[Limit]:
    """The limits that an operator meets; none for one that is not in the table."""
    row = TABLE.get(operator.op)
    return [limit for limit in row.limits if limit.meets(operator)] if row else []
