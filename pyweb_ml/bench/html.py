"""The report as a page: one file, which asks nobody for anything."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from pyweb_ml.bench.plot import calculator_plot, frame_plot, throughput_plot
from pyweb_ml.bench.report import Report
from pyweb_ml.bench.table import NOTHING
from pyweb_ml.console import size_text

_TEMPLATES = Path(__file__).parents[1] / "templates"


def report_page(report: Report) -> str:
    """The page."""
    best = report.best
    return _template().render(
        report=report,
        best=best,
        own=1 - best.inference.p50 / best.frame.p50 if best and best.frame and best.inference else None,
        gain=best.throughput.gain_text if best and best.throughput else "",
        throughput_plot=Markup(throughput_plot(report.subjects)),
        frame_plot=Markup(frame_plot(report.subjects)),
        calculator_plot=Markup(calculator_plot(best)) if best else "",
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"size": _size, "ms": _milliseconds}
    return environment.get_template("bench_report.html")


def _size(count: int | None) -> str:
    return NOTHING if count is None else size_text(count)


def _milliseconds(value: float | None, digits: int = 2) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"
