"""A conversion in a few lines, for the terminal."""

from pathlib import Path

from pyweb_ml.console import size_text
from pyweb_ml.converter.report import Check, Report


def summary(report: Report, out: Path) -> str:
    """What was written, how far it is from the original, and where to read more."""
    lines = [f"\n{'file':<34}{'size':>12}{'gzip':>12}"]
    lines += [f"{one.name:<34}{size_text(one.bytes):>12}{size_text(one.gzip):>12}" for one in report.files]
    lines += [f"\n{'against ' + report.framework:<46}{'largest error':>14}{'allowed':>10}"]
    lines += [_checked(check) for check in report.checks]
    lines += [f"\n{'form':<34}{'size':>12}{'gzip':>12}{'ms here':>9}{'error':>10}"]
    lines += [
        f"{one.form + (' *' if one.written else ''):<34}{size_text(one.bytes):>12}{size_text(one.gzip):>12}"
        f"{one.milliseconds:>9.1f}{one.error:>10.1e}"
        for one in report.variants
    ]
    lines += ["", *(f"note: {note}" for note in report.notes)]
    return "\n".join([*lines, f"\nread more in {out / 'report.html'}"])


def _checked(check: Check) -> str:
    allowed = f"{check.tolerance:.0e}" if check.tolerance is not None else "any"
    name = f"{check.what}: {check.engine}"
    if check.problem:
        return f"{name:<46}  {check.problem}"
    return f"{name:<46}{check.error:>14.1e}{allowed:>10}" + ("" if check.passed else "  NOT THE SAME")
