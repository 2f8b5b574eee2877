"""Rules that put standard operators in the place of custom ones.

    from pyweb_ml.converter import Operator, rule

    @rule("MyClip")
    def my_clip(op: Operator) -> list[Operator]:
        return [Operator("RELU6", op.inputs, op.outputs)]

A rule is registered when its file is imported, or run by `load_rules` (`pywebml convert --rules FILE`).
"""

import runpy
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError

Rule = Callable[[Operator], Sequence[Operator] | None]
_RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Registers a function that replaces custom operators of this name.

    It is given the operator (its options are the bytes `custom`) and gives operators by TFLite's names, in order,
    which read the same inputs and give the same outputs; or None to leave the operator as it is. The last rule
    registered for a name counts.
    """

    def register(function: Rule) -> Rule:
        _RULES[name] = function
        return function

    return register


def load_rules(path: Path) -> None:
    """Runs a user's Python file, which registers rules.

    Raises:
        ConversionError: the file is not there, or fails.
    """
    if not path.is_file():
        raise ConversionError(f"the file of rules '{path}' is not there")
    try:
        runpy.run_path(str(path))
    except Exception as error:
        raise ConversionError(f"the file of rules '{path}' fails: {type(error).__name__}: {error}") from error


def ruled_operators(model: Model) -> list[str]:
    """The names of a model's custom operators for which there are rules, each once."""
    custom = [op.op for graph in model.graphs for op in graph.operators if op.custom is not None]
    return [name for name in dict.fromkeys(custom) if name in _RULES]


def apply_rules(model: Model) -> Model:
    """Replaces every custom operator for which there is a rule.

    Raises:
        ConversionError: a rule fails, or does not give the operator's outputs.
    """
    for graph in model.graphs:
        graph.operators = [new for op in graph.operators for new in _replaced(op, graph)]
    return model


def _replaced(op: Operator, graph: Graph) -> Sequence[Operator]:
    chosen = _RULES.get(op.op) if op.custom is not None else None
    if chosen is None:
        return [op]
    with where(f"the rule for '{op.op}', at operator {graph.operators.index(op)}"):
        replacement = _run(chosen, op)
        if replacement is None:
            return [op]
        given = {tensor for new in replacement for tensor in new.outputs}
        missing = [tensor.name for tensor in op.outputs if tensor not in given]
        if missing:
            raise ConversionError(f"its operators do not give the output '{missing[0]}'")
        return replacement


def _run(chosen: Rule, op: Operator) -> Sequence[Operator] | None:
    try:
        return chosen(op)
    except ConversionError:
        raise
    except Exception as error:
        raise ConversionError(f"it fails: {type(error).__name__}: {error}") from error


_PADDINGS = {1: "SAME", 2: "VALID"}
"""TfLitePadding (LiteRT's builtin_op_data.h)."""


@rule("Convolution2DTransposeBias")
def convolution_2d_transpose_bias(op: Operator) -> list[Operator]:
    """MediaPipe's transposed convolution with a bias is TRANSPOSE_CONV of version 3, which has one.

    Its options are the beginning of the struct TfLiteTransposeConvParams: padding, stride_width, stride_height
    (int32), as in MediaPipe's util/tflite/operations/transpose_conv_bias.cc.
    """
    if op.custom is None or len(op.custom) < 12 or len(op.inputs) != 3:
        raise ConversionError("it wants 12 bytes of options, and an input, weights and a bias")
    padding, stride_w, stride_h = struct.unpack_from("<3i", op.custom)
    if padding not in _PADDINGS or min(stride_w, stride_h) < 1 or min(op.outputs[0].shape, default=0) < 0:
        raise ConversionError(
            f"padding {padding}, strides {stride_h} and {stride_w} or its output's shape do not fit"
        )
    image, weights, bias = op.inputs
    shape = np.array(op.outputs[0].shape, np.int32)
    size = Tensor(f"{op.outputs[0].name}_shape", shape.shape, "int32", shape)
    options = {"padding": _PADDINGS[padding], "stride_w": stride_w, "stride_h": stride_h}
    return [Operator("TRANSPOSE_CONV", [size, weights, image, bias], op.outputs, {**options}, version=3)]
