"""Whether a model will convert, and what stands in the way: without proof, in seconds."""

import dataclasses

from pyweb_ml.converter.custom import load_rules
from pyweb_ml.converter.formats import detect
from pyweb_ml.converter.op_table import Problem, unsupported
from pyweb_ml.converter.options import ConvertOptions
from pyweb_ml.converter.preparation import prepare, reading_progress
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
    read = dataclasses.replace(options.read, progress=reading_progress(source, progress))
    try:
        model = prepare(source, read).model
    except ConversionError as error:
        return [str(error)]
    return [_told(problem) for problem in unsupported(model)]


def _told(problem: Problem) -> str:
    advice = f"; {problem.advice}" if problem.advice else ""
    return f"{problem.op} at '{problem.node}': {problem.reason}{advice}"
