"""Whether a model will convert, and what stands in the way: without proof, in seconds."""

from collections.abc import Sequence

from pyweb_ml.converter.custom import load_rules
from pyweb_ml.converter.formats import detect
from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.options import ConvertOptions
from pyweb_ml.converter.preparation import prepare
from pyweb_ml.converter.writers.tfjs import problems_of
from pyweb_ml.errors import ConversionError
from pyweb_ml.progress import Progress, quiet


def check_model(source: str, options: ConvertOptions, progress: Progress = quiet) -> list[str]:
    """What stands in the way of a conversion, a line each; nothing if it will convert.

    Raises:
        ConversionError: the file is of no known format, or there is nothing.
    """
    detect(source)
    if options.rules:
        load_rules(options.rules)
    progress("read", source, 0, 0)
    try:
        model = prepare(source, options.read).model
    except ConversionError as error:
        return [str(error)]
    operators = model.graph.operators
    return [_told(operators, op, reason) for op, reason in problems_of(model)]


def _told(operators: Sequence[Operator], op: Operator, reason: str) -> str:
    name = op.outputs[0].name if op.outputs else ""
    place = operators.index(op) if op in operators else "?"
    advice = "register a rule for it (--rules FILE)" if op.custom is not None else "use another operation there"
    return f"operator {place} {op.op} ('{name}'): {reason}; {advice}"
