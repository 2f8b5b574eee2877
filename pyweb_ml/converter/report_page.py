"""report.html: a conversion for people to look at."""

from pyweb_ml.converter.report import Report


def report_page(report: Report) -> str:
    """The page, which needs nothing else."""
    return "<!doctype html><title>report</title>"
