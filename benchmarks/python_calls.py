"""What a calculator in Python costs in the page, beside plain Pyodide calling the same numpy code by hand.

`python -m benchmarks.python_calls [--frames 300] [--json OUT]`: frames of 640x480 go through the built app
benchmarks/python_pages/app.py, and after each the same work is done in a worker of its own by by_hand.js, so that
both meet the same machine. "alone" is the numpy code itself, called from Python with its arguments there already.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site
from tests.chromium import FLAGS, find
from tests.serving import serve

PAGES = Path(__file__).parent / "python_pages"
KINDS = {
    "largest": "1 detection",
    "largest_of_forty": "40 detections",
    "negative": "image 640x480 in and out",
    "faded": "mask 640x480 in and out",
    "halved": "2 tensors, 15,232 floats",
}
"""What is measured: the node's name, which is the function's by hand too, and what crosses."""

MEASURE = """async ({frames, pyodide, wheel, source}) => {
  const app = document.querySelector("pywebml-app");
  await app.ready;
  const peer = new Worker("by_hand.js", {type: "module"});
  const answer = (message) => new Promise((resolve, reject) => {
    peer.onmessage = ({data}) => resolve(data);
    peer.onerror = (event) => reject(new Error(event.message));
    peer.postMessage(message);
  });
  const absolute = (path) => new URL(path, location.href).href;
  await answer({pyodide: absolute(pyodide), wheel: absolute(wheel), source});
  const picture = new ImageData(640, 480);
  picture.data.fill(7);
  const rows = [];
  for (let index = 0; index < frames; index++) {
    await app.process(await createImageBitmap(picture), {timestamp: index * 33333});
    rows.push({ours: {...app.stats.milliseconds}, ...await answer("round")});
  }
  return rows;
}"""


def measure(site: Path, frames: int) -> tuple[str, list[dict[str, dict[str, float]]]]:
    """The browser's version, and the milliseconds of each frame by who took them and for what."""
    python = json.loads((site / "manifest.json").read_text())["python"]
    (wheel,) = (one["path"] for one in python["packages"] if one["name"] == "numpy")
    (site / "by_hand.js").write_bytes((PAGES / "by_hand.js").read_bytes())
    given = {"frames": frames, "pyodide": python["pyodide"], "wheel": wheel}
    given["source"] = (PAGES / "by_hand.py").read_text()
    with sync_playwright() as playwright, serve(site, isolated=True) as address:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        page = browser.new_page()
        page.goto(address)
        rows: list[dict[str, dict[str, float]]] = page.evaluate(MEASURE, given)
        return browser.version, rows


def report(rows: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Prints a line for each kind of payload: median milliseconds, and the ratio; gives the medians."""
    print(f"{'p50, ms':28}{'PyWebML':>9}{'by hand':>9}{'ratio':>7}{'numpy alone':>13}")
    found: dict[str, dict[str, float]] = {}
    for name, what in KINDS.items():
        found[name] = {who: statistics.median(row[who][name] for row in rows) for who in rows[0]}
        ours, by_hand, alone = (found[name][who] for who in ("ours", "byHand", "alone"))
        text = f"{alone:13.3f}" if alone else ""
        print(f"{what:28}{ours:9.3f}{by_hand:9.3f}{ours / by_hand:7.2f}{text}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--frames", type=int, default=300, help="measured frames, after a third as many (default: 300)"
    )
    parser.add_argument("--json", type=Path, help="write the medians here too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pywebml-calls-") as folder:
        site = Path(folder) / "site"
        build_site(load_app(str(PAGES / "app.py")), site, lambda *_: None)
        warm_up = options.frames // 3
        version, rows = measure(site, options.frames + warm_up)
    print(f"Chromium {version}, {options.frames} frames after {warm_up}")
    found: dict[str, Any] = report(rows[warm_up:])
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
