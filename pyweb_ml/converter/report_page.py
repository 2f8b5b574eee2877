"""report.html: a conversion for people to look at; one file, which asks nobody for anything."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from pyweb_ml.console import size_text
from pyweb_ml.converter.error_plot import error_plot
from pyweb_ml.converter.graph_picture import graph_picture, shape_text
from pyweb_ml.converter.report import Report

_TEMPLATES = Path(__file__).parents[1] / "templates"


def report_page(report: Report) -> str:
    """The page."""
    before, after = report.before.counts(), report.after.counts()
    return _template().render(
        report=report,
        operators=[(kind, before.get(kind, 0), after.get(kind, 0)) for kind in dict.fromkeys([*after, *before])],
        pictures=[
            (title, len(outline.steps), Markup(graph_picture(outline, f"the graph {title}")))
            for title, outline in (("as it was read", report.before), ("as it is written", report.after))
        ],
        plot=Markup(error_plot(report.layers, _limit(report))),
        engines=list(dict.fromkeys(engine for layer in report.layers for engine in layer.errors)),
        worst_layers=sorted(report.layers, key=lambda one: -max(one.errors.values()))[:10],
    )


def _limit(report: Report) -> float | None:
    """The tolerance of what was written."""
    return report.checks[-1].tolerance if report.checks else None


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"size": size_text, "shape": shape_text, "error": _error_text}
    return environment.get_template("report.html")


def _error_text(error: float | None) -> str:
    return "\u2013" if error is None else "0" if error == 0 else f"{error:.1e}"
