"""Products of matrices."""

import numpy as np

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.converter.writers.tfjs_ops.fusion import fused
from pyweb_ml.converter.writers.tfjs_ops.options import flag, text
from pyweb_ml.errors import ConversionError


@rule("FULLY_CONNECTED")
def fully_connected(emitter: Emitter, operator: Operator) -> Endpoint:
    """x of any rank, seen as rows of the weights' width; weights (out, in) are stored (in, out).

    Computed weights are transposed by a node of their own: TF.js 4.22's transpose_b is wrong on Wasm.
    """
    if text(operator, "weights_format", "DEFAULT") != "DEFAULT":
        raise ConversionError("its weights are shuffled for a phone; convert the model again without that")
    tensor, weights = emitter.tensor(operator, 0), emitter.tensor(operator, 1)
    x, width = emitter.input(operator, 0), weights.shape[1]
    if len(tensor.shape) != 2 or tensor.shape[1] != width:
        x = emitter.reshape(x, [-1, width])
    if weights.is_constant:
        matrix = emitter.constant(weights, "transposed", np.transpose)
    else:
        matrix = emitter.add("Transpose", emitter.endpoint(weights), emitter.numbers([1, 0]))
    made = fused(emitter, operator, "_FusedMatMul", x, matrix)
    shape = operator.outputs[0].shape
    return made if len(shape) == 2 else emitter.reshape(made, shape)


@rule("BATCH_MATMUL")
def batch_matmul(emitter: Emitter, operator: Operator) -> Endpoint:
    flags = {key: flag(operator, key) for key in ("adj_x", "adj_y")}
    return emitter.add("BatchMatMulV2", emitter.input(operator, 0), emitter.input(operator, 1), **flags)
