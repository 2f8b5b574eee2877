"""The op table: what TF.js graph models are written with, what stands in a model's way, and what to do then."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyweb_ml.converter.model import Model, Operator
from pyweb_ml.converter.op_rows import ROWS, TABLE, Limit, OpRow, limits_of
from pyweb_ml.converter.writers.tfjs import problems_of

_SIZED_BY_VALUES = (
    "the size of what it gives depends on values; cut the model before it, and do this step in Python"
)
_FLOW = "TF.js graph models are written without control flow; unroll it when you export the model"
_RECURRENT = "export the model with its recurrent layers unrolled, so that they become products and activations"
_BOXES = (
    "cut the model before it, and choose the boxes with TensorsToDetectionsCalculator and "
    "NonMaxSuppressionCalculator"
)
_ADVICE = {
    "CALL": _FLOW,
    "CALL_ONCE": _FLOW,
    "IF": _FLOW,
    "WHILE": _FLOW,
    "BIDIRECTIONAL_SEQUENCE_LSTM": _RECURRENT,
    "LSTM": _RECURRENT,
    "RNN": _RECURRENT,
    "UNIDIRECTIONAL_SEQUENCE_RNN": _RECURRENT,
    "NON_MAX_SUPPRESSION_V4": _BOXES,
    "NON_MAX_SUPPRESSION_V5": _BOXES,
    "TFLite_Detection_PostProcess": _BOXES,
    "UNIQUE": _SIZED_BY_VALUES,
    "WHERE": _SIZED_BY_VALUES,
}
_CUSTOM = "write a rule for it in Python (pyweb_ml.converter.custom.rule), or export the model without it"
_OTHER = "use the .tflite, which runs on XNNPACK in the page, or export the model with other operators"


@dataclass(frozen=True)
class Problem:
    """An operator that cannot be written for TF.js.

    Attributes:
        op: its name.
        node: the name of its first output, "" if it has none.
        reason: what is wrong.
        advice: what to do.
    """

    op: str
    node: str
    reason: str
    advice: str


def unsupported(model: Model) -> list[Problem]:
    """Every operator of the model's first graph that cannot be written, in order; none if it converts.

    Takes as long as looking at each operator: no weights are read.
    """
    return [_problem(operator, reason) for operator, reason in problems_of(model)]


def limits_met(model: Model) -> Iterator[tuple[Operator, Limit]]:
    """The operators that some backends of TF.js do not run rightly, each with the limit that it meets."""
    for operator in model.graph.operators:
        for limit in limits_of(operator):
            yield operator, limit


def format_ops() -> str:
    """The table as text, a line an operator: its name, the nodes it becomes, and its limits."""
    width = max(map(len, TABLE))
    lines = [f"{row.op:{width}}  {', '.join(row.nodes) or '(nothing)'}{_limits(row)}" for row in ROWS]
    return "\n".join([f"{'operator':{width}}  TF.js nodes [limits]", *lines])


def _limits(row: OpRow) -> str:
    return "".join(f" [not on {', '.join(limit.backends)}: {limit.what}]" for limit in row.limits)


def _problem(operator: Operator, reason: str) -> Problem:
    node = operator.outputs[0].name if operator.outputs else ""
    advice = _ADVICE.get(operator.op, _CUSTOM if operator.custom is not None else _OTHER)
    # What a known operator's rule refuses, it explains itself.
    return Problem(operator.op, node, reason, "" if operator.op in TABLE else advice)
