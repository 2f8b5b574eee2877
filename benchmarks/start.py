"""How soon pages start, beside a hand-written LiteRT.js page and a plain Pyodide page.

`python -m benchmarks.start [--rounds 3] [--json OUT]`: each page in a fresh profile (cold), where the visitor
stays for 15 s, and then three times more in the same one (warm), in a browser that runs already, from a host that
compresses, over localhost and over a line of 20 Mbit/s with 20 ms. The line is simulated in the server: the
browser's own emulation leaves workers out. Bytes are what the host has sent.
"""

import argparse
import html
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, sync_playwright

from benchmarks.line import Line, serve_on
from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site
from tests.chromium import FLAGS, find

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGES = HERE / "start_pages"
EXAMPLES = ("background_blur", "face_detection")
WORK = {
    "background_blur": {
        "width": 256,
        "height": 256,
        "range": [0, 1],
        "keepAspect": False,
        "task": "blur",
        "sigma": 8,
    },
    "face_detection": {
        "width": 128,
        "height": 128,
        "range": [-1, 1],
        "keepAspect": True,
        "task": "faces",
        "sigma": 0,
    },
}
"""What the hand-written page does, by example; `Work` in static/src/bench/job.ts."""

BLANK = "blank.html"
STARTED = 1000
"""Milliseconds that a browser is given to start, and to clear away after a page."""
KEPT = 15_000
"""Milliseconds that the first visit lasts beyond what is measured: a site of ours keeps itself for use offline."""
WARM = 3

SITES = Path(tempfile.gettempdir()) / "pywebml-start"
LINES = {"localhost": 0.0, "20 Mbit/s": 20e6}
WHOLE = "face_detection"
"""The example with Python."""

HAND_WRITTEN = """<!doctype html><html data-work="{work}"><meta charset="utf-8"><h1>By hand</h1><canvas></canvas>
<script type="module" src="by_hand.js"></script></html>"""
PLAIN_PYODIDE = """<!doctype html><html data-wheel="{wheel}"><meta charset="utf-8"><h1>Pyodide</h1>
<script type="module" src="pyodide.js"></script></html>"""

OURS = """window.measured = {firstResult: null, python: null};
addEventListener("DOMContentLoaded", () => {
  const app = document.querySelector("pywebml-app");
  app.addEventListener("result", () => { window.measured.firstResult ??= performance.now(); });
  app.setAttribute("source", "../astronaut.jpg");
  const timer = setInterval(() => {
    if (!app.stats?.python) return;
    window.measured.python = performance.now();
    window.measured.how = app.stats.python;
    clearInterval(timer);
  }, 5);
});"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def build() -> None:
    """Both examples as sites, and the pages that they are compared with."""
    shutil.rmtree(SITES, ignore_errors=True)
    for name in EXAMPLES:
        build_site(load_app(str(ROOT / "examples" / name)), SITES / name, lambda *_: None)
        _hand_written(name)
    shutil.copy(ROOT / "examples/samples/astronaut.jpg", SITES)
    (SITES / BLANK).write_text("<!doctype html><title>Blank</title>")
    plain = SITES / "pyodide"
    plain.mkdir()
    (pyodide,) = (SITES / WHOLE).glob("python/pyodide-*")
    (wheel,) = (SITES / WHOLE).glob("python/packages/*/numpy-*.whl")
    shutil.copytree(pyodide, plain / "pyodide")
    shutil.copy(wheel, plain)
    shutil.copy(PAGES / "pyodide.js", plain)
    (plain / "index.html").write_text(PLAIN_PYODIDE.format(wheel=wheel.name))


def _hand_written(name: str) -> None:
    folder = SITES / f"{name}-by-hand"
    folder.mkdir()
    (litert,) = (SITES / name).glob("engine/*/litert")
    (model,) = (SITES / name).glob("models/*.tflite")
    shutil.copytree(litert, folder / "litert")
    shutil.copy(model, folder / f"{name}.tflite")
    work = {**WORK[name], "model": f"{name}.tflite", "files": "litert/", "tfjs": ""}
    (folder / "index.html").write_text(HAND_WRITTEN.format(work=html.escape(json.dumps(work))))
    modules = ROOT / "static/node_modules"
    words = ["--bundle", "--minify", "--format=esm", "--log-level=error", f"--outfile={folder / 'by_hand.js'}"]
    command = [str(modules / ".bin/esbuild"), str(PAGES / "by_hand.js"), *words]
    subprocess.run(command, check=True, env={**os.environ, "NODE_PATH": str(modules)})


def visit(context: BrowserContext, address: str, line: Line, ours: bool, stays: int) -> dict[str, Any]:
    """One visit: milliseconds since navigation, bytes sent until then. `stays`: milliseconds that it goes on."""
    page = context.new_page()
    if ours:
        page.add_init_script(OURS)
    before = line.sent
    page.goto(address, wait_until="commit")
    found: dict[str, Any] = {}
    for what in ("firstResult", "python"):
        if page.evaluate("window.measured === undefined"):
            page.wait_for_function("window.measured !== undefined")
        wanted = page.evaluate("what => what in window.measured", what) and not (
            what == "python" and ours and f"/{WHOLE}/" not in address
        )
        if wanted:
            page.wait_for_function("what => window.measured[what] !== null", arg=what, timeout=120_000)
            found[f"{what}_bytes"] = line.sent - before
    found = {**found, **page.evaluate("window.measured"), "paint": page.evaluate(PAINT)}
    page.wait_for_timeout(stays)
    page.close()
    return found


def measure(browser: BrowserType, line: Line, address: str, rounds: int) -> list[dict[str, Any]]:
    """Every page, cold and warm, in turn."""
    pages = [*EXAMPLES, *(f"{name}-by-hand" for name in EXAMPLES), "pyodide"]
    rows: list[dict[str, Any]] = []
    for _ in range(rounds):
        for name in pages:
            with profile(browser) as context:
                for stays, state in ((KEPT, "cold"), *((0, "warm"),) * WARM):
                    _wait(context, address, STARTED)
                    found = visit(context, f"{address}{name}/", line, name in EXAMPLES, stays)
                    rows.append({"page": name, "profile": state, **found})
    return rows


def _wait(context: BrowserContext, address: str, milliseconds: int) -> None:
    """With another page of the same host: the browser's own start is no page's, nor is what it clears away."""
    page = context.new_page()
    page.goto(f"{address}{BLANK}")
    page.wait_for_timeout(milliseconds)
    page.close()


@contextmanager
def profile(browser: BrowserType) -> Iterator[BrowserContext]:
    """A new profile on the disk, as a visitor has: a private window's cache, in memory, takes no large files."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(browser.launch_persistent_context(folder, executable_path=find(), args=FLAGS)) as context,
    ):
        yield context


def middle(rows: list[dict[str, Any]], page: str, profile: str, what: str) -> float | None:
    """The median of one number."""
    numbers = [row[what] for row in rows if row["page"] == page and row["profile"] == profile and row.get(what)]
    return statistics.median(numbers) if numbers else None


def report(line: str, rows: list[dict[str, Any]]) -> None:
    print(f"\n{line:<28}{'':6}{'paint':>8}{'result':>8}{'MB':>7}{'Python':>8}{'MB':>7}")
    for page in dict.fromkeys(row["page"] for row in rows):
        for profile in ("cold", "warm"):
            whats = ("paint", "firstResult", "firstResult_bytes", "python", "python_bytes")
            cells = [middle(rows, page, profile, what) for what in whats]
            texts = [_cell(value, "bytes" in what) for value, what in zip(cells, whats, strict=True)]
            print(f"{page:<28}{profile:6}" + "".join(texts))
    for profile in ("cold", "warm"):
        for name in EXAMPLES:
            _ratio(rows, profile, "firstResult", name, f"{name}-by-hand")
        _ratio(rows, profile, "python", WHOLE, "pyodide")
    print("  Python:", ", ".join(sorted({row["how"] for row in rows if row.get("how")})))


def _cell(value: float | None, is_bytes: bool) -> str:
    width = 7 if is_bytes else 8
    return f"{'' if value is None else f'{value / 1e6:.2f}' if is_bytes else f'{value:.0f}':>{width}}"


def _ratio(rows: list[dict[str, Any]], profile: str, what: str, ours: str, peer: str) -> None:
    mine, other = middle(rows, ours, profile, what), middle(rows, peer, profile, what)
    if mine and other:
        print(f"  {profile} {what}: {ours} / {peer} = {mine / other:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    options = parser.parse_args()
    build()
    results: dict[str, Any] = {}
    with sync_playwright() as playwright:
        print(f"{options.rounds} rounds, medians; milliseconds since navigation")
        for name, bits in LINES.items():
            line = Line(bits)
            with serve_on(line, SITES) as address:
                results[name] = measure(playwright.chromium, line, address, options.rounds)
            report(name, results[name])
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
