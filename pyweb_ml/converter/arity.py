"""How many inputs operators cannot do without, as LiteRT's kernels take them."""

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.tflite_schema import options_of
from pyweb_ml.errors import ConversionError

_NEEDED = {
    2: """ADD SUB MUL DIV MAXIMUM MINIMUM POW FLOOR_DIV FLOOR_MOD SQUARED_DIFFERENCE ATAN2 BITWISE_XOR
        RIGHT_SHIFT EQUAL NOT_EQUAL LESS LESS_EQUAL GREATER GREATER_EQUAL LOGICAL_AND LOGICAL_OR CONV_2D
        DEPTHWISE_CONV_2D CONV_3D FULLY_CONNECTED BATCH_MATMUL PRELU PAD MIRROR_PAD TRANSPOSE EXPAND_DIMS
        TILE BROADCAST_TO BROADCAST_ARGS FILL MEAN SUM REDUCE_PROD REDUCE_MAX REDUCE_MIN REDUCE_ANY
        REDUCE_ALL ARG_MAX ARG_MIN CUMSUM REVERSE_V2 TOPK_V2 REVERSE_SEQUENCE GATHER GATHER_ND
        EMBEDDING_LOOKUP RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR SPLIT RFFT2D MATRIX_SET_DIAG SEGMENT_SUM
        ASSIGN_VARIABLE""",
    3: """TRANSPOSE_CONV CONV_3D_TRANSPOSE PADV2 SLICE SELECT SELECT_V2 SPLIT_V SPACE_TO_BATCH_ND
        BATCH_TO_SPACE_ND RANGE SCATTER_ND DYNAMIC_UPDATE_SLICE UNSORTED_SEGMENT_SUM UNSORTED_SEGMENT_PROD
        UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_MIN""",
    4: "ONE_HOT STRIDED_SLICE SPARSE_TO_DENSE",
    5: "SVDF RNN NON_MAX_SUPPRESSION_V4",
    6: "NON_MAX_SUPPRESSION_V5",
}
_NO_INPUT = ("VAR_HANDLE", "HASHTABLE", "CALL", "CALL_ONCE", "WHILE", "CONCATENATION", "PACK", "ADD_N", "DELEGATE")
"""Operators that have none, or as many as they like."""
_NO_OUTPUT = ("ASSIGN_VARIABLE", "HASHTABLE_IMPORT", "CALL", "CALL_ONCE", "IF", "WHILE", "DELEGATE")
_LEAST = {name: count for count, names in _NEEDED.items() for name in names.split()} | dict.fromkeys(_NO_INPUT, 0)


def require_arity(op: Operator) -> None:
    """Proves that a builtin operator is one, and has the inputs and the output that it cannot do without.

    Raises:
        ConversionError: LiteRT's schema does not know it, or it has fewer.
    """
    if op.custom is not None:
        return
    options_of(op.op)
    least = 0 if op.op.startswith("STABLEHLO") else _LEAST.get(op.op, 1)
    given = next((index for index, tensor in enumerate(op.inputs) if tensor is None), len(op.inputs))
    if given < least:
        raise ConversionError(f"it needs {least} inputs, but only the first {given} are given")
    if not op.outputs and op.op not in _NO_OUTPUT:
        raise ConversionError("it has no output")
