"""Whether every operator of a graph is known, said at once for all that are not."""

from typing import Any, Final

from pyweb_ml.converter.readers.onnx.emitter import Rule
from pyweb_ml.converter.readers.onnx.ops import OPERATORS
from pyweb_ml.errors import ConversionError

_OWN_DOMAINS: Final = ("", "ai.onnx")
_FLOAT = "convert the float model, and quantise it here"
_UNROLLED = "export the model without loops, or for one fixed length"
_ADVICE: Final = {
    "ConvInteger": _FLOAT,
    "DynamicQuantizeLinear": _FLOAT,
    "Loop": _UNROLLED,
    "MatMulInteger": _FLOAT,
    "NonMaxSuppression": "export the model without its last steps, and let non_max_suppression do them",
    "QLinearConv": _FLOAT,
    "QLinearMatMul": _FLOAT,
    "Scan": _UNROLLED,
}
_USUAL = "export the model with ONNX's ordinary operators, or cut it before this node"


def rule_of(proto: Any) -> Rule | None:
    """The rule for a NodeProto; None if its operator is not known."""
    return OPERATORS.get(proto.op_type) if proto.domain in _OWN_DOMAINS else None


def place_of(proto: Any, number: int) -> str:
    """A node as errors call it; `number` is its place in its graph."""
    return f"the node '{proto.name or number}' ({proto.op_type[:40]})"


def require_known(graph: Any) -> None:
    """Refuses a GraphProto with operators that are not known, each kind at its first node.

    Raises:
        ConversionError: with what to do about the first.
    """
    unknown: dict[str, str] = {}
    for number, proto in enumerate(graph.node):
        if rule_of(proto) is None:
            domain = "" if proto.domain in _OWN_DOMAINS else f"{proto.domain}::"
            unknown.setdefault(f"{domain}{proto.op_type}"[:80], place_of(proto, number))
    if not unknown:
        return
    (kind, place), *others = unknown.items()
    more = "".join(f"; nor is '{other}', at {there}" for other, there in others)
    raise ConversionError(f"{place}: the operator '{kind}' is not supported; {_ADVICE.get(kind, _USUAL)}{more}")
