"""Frame times of both examples beside a hand-written LiteRT.js page, and the time to the first result.

`python -m benchmarks.frames [--frames 300] [--json OUT]`: one Chromium, one page, the same 640x480 frames, ours
and the peer in turn, frame by frame. The peer (peer/peer.js) does the same work with the canvas. Ours is measured
as the page sees it: from handing the frame to the worker until its result is back and the picture is drawn.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site
from tests.chromium import FLAGS, find
from tests.serving import serve

HERE = Path(__file__).parent
ROOT = HERE.parent
EXAMPLES = ("background_blur", "face_detection")
PAGE = """<!doctype html><meta charset="utf-8"><canvas id="ours"></canvas><canvas id="peer"></canvas>
<script type="module" src="bench.js"></script>"""


def build(folder: Path) -> None:
    """Builds both examples and the page that holds ours and the peer."""
    for name in EXAMPLES:
        build_site(load_app(str(ROOT / "examples" / name)), folder / name, lambda *_: None)
    (folder / "index.html").write_text(PAGE)
    (litert,) = (folder / EXAMPLES[0]).glob("engine/*/litert")
    shutil.copytree(litert, folder / "litert")
    shutil.copy(ROOT / "examples/samples/astronaut.jpg", folder)
    modules = ROOT / "static/node_modules"
    out = f"--outfile={folder / 'bench.js'}"
    command = [str(modules / ".bin/esbuild"), str(HERE / "peer/bench.js"), "--bundle", "--format=esm", out]
    environment = {**os.environ, "NODE_PATH": str(modules)}
    subprocess.run([*command, "--log-level=error"], check=True, env=environment)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = find()
    if path is None:
        raise SystemExit("no Chromium was found; see tests/chromium.py")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=FLAGS)


def frame_times(browser: Browser, address: str, name: str, frames: int) -> dict[str, Any]:
    """Milliseconds a frame, ours and the peer's, and ours by node."""
    page = browser.new_page()
    page.goto(address)
    (model,) = (HERE_SITE / name / "models").glob("*.tflite")
    (worker,) = (HERE_SITE / name).glob("page/*/worker.js")
    options = {
        "name": name,
        "base": f"{name}/",
        "worker": worker.relative_to(HERE_SITE).as_posix(),
        "model": f"{name}/models/{model.name}",
        "picture": "astronaut.jpg",
        "frames": frames,
        "warmUp": 50,
    }
    page.wait_for_function("!!window.bench")
    result: dict[str, Any] = page.evaluate("options => window.bench(options)", options)
    page.close()
    return result


def first_results(browser: Browser, address: str, rounds: int) -> list[float]:
    """Milliseconds from navigation to the first shown result; the files are in the browser's cache."""
    context = browser.new_context()
    times: list[float] = []
    for _ in range(rounds + 1):
        page = context.new_page()
        page.add_init_script(FIRST_RESULT)
        page.goto(address)
        times.append(page.evaluate("window.firstResult"))
        page.close()
    context.close()
    return times[1:]


FIRST_RESULT = """window.firstResult = new Promise((resolve) => {
  addEventListener("DOMContentLoaded", () => {
    const app = document.querySelector("pywebml-app");
    app.addEventListener("result", () => { resolve(performance.now()); }, { once: true });
    app.setAttribute("source", "../astronaut.jpg");
    customElements.whenDefined("pywebml-app").then(() => app.start());
  });
});"""


def quantiles(times: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


def report(name: str, result: dict[str, Any], first: list[float]) -> dict[str, Any]:
    (ours50, ours95), (peer50, peer95) = (quantiles(result["times"][who]) for who in ("ours", "peer"))
    nodes = {node: round(statistics.median(times), 2) for node, times in result["nodes"].items()}
    print(f"\n{name}: {result['backend']}, {result['reason']}")
    print(f"  {'':28}{'p50':>8}{'p95':>8}   ms a frame")
    print(f"  {'PyWebML':28}{ours50:8.2f}{ours95:8.2f}")
    print(f"  {'hand-written LiteRT.js page':28}{peer50:8.2f}{peer95:8.2f}")
    print(f"  {'ratio':28}{ours50 / peer50:8.2f}{ours95 / peer95:8.2f}")
    print("  by calculator: " + ", ".join(f"{node} {spent}" for node, spent in nodes.items()))
    print(f"  first result after navigation, cached: median {statistics.median(first):.0f} ms of {len(first)}")
    return {"name": name, "ours": [ours50, ours95], "peer": [peer50, peer95], "nodes": nodes, "first_ms": first}


HERE_SITE = Path(tempfile.gettempdir()) / "pywebml-bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=300, help="measured frames, after 50 to warm up")
    parser.add_argument("--rounds", type=int, default=5, help="navigations for the first result")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    options = parser.parse_args()
    shutil.rmtree(HERE_SITE, ignore_errors=True)
    build(HERE_SITE)
    results = []
    with serve(HERE_SITE, isolated=True) as address, chromium() as browser:
        print(f"Chromium {browser.version}, {platform.machine()}, {options.frames} frames of 640x480, in turn")
        for name in EXAMPLES:
            times = frame_times(browser, address, name, options.frames)
            results.append(report(name, times, first_results(browser, f"{address}{name}/", options.rounds)))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
