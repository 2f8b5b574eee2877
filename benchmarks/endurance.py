"""Whether memory stays flat: thousands of frames through an app's real page, or elements that come and go.

`python -m benchmarks.endurance examples/face_detection --backend litert-wasm [--backend …] [--frames 10000]
[--elements 0] [--minutes 5] [--samples 40]`: the built site in this machine's Chromium, whose CPU stands in
for a GPU. From time to time garbage is collected, and what is left is counted: JavaScript heaps, array buffers and
Wasm memory of the page and its workers, TF.js's tensors, GPU buffers and textures, and what the processes hold
(Linux). The first fifth of the samples is warming up; of the others a slope test says "flat" or "GROWS". Status 1
if anything grows.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, Worker, sync_playwright

from benchmarks.slope import slope
from benchmarks.worker_sessions import PageSessions
from pyweb_ml.apps import load_app
from pyweb_ml.bench.memory import held_by
from pyweb_ml.bundle import build_site
from pyweb_ml.bundle.sealing import seal
from pyweb_ml.graph.backend import BACKENDS
from tests.chromium import FLAGS, WEBGPU, find
from tests.serving import serve

PROBE = Path(__file__).with_name("endurance_probe.js")
PROBED = ("worker.js", "engine.js")
"""The site's workers that run models or hold Wasm."""
WARM_UP = 0.2
"""The part of the samples that does not count: caches fill, code is compiled anew, Python starts."""
PHOTOGRAPH = Path(__file__).parents[1] / "examples" / "samples" / "astronaut.jpg"

START = """async ({photograph}) => {
  await customElements.whenDefined("pywebml-app");
  window.app = document.querySelector("pywebml-app");
  window.picture = await createImageBitmap(await (await fetch(photograph)).blob(), {resizeWidth: 256});
  window.processed = 0;
  window.frame = async () => {
    const values = await app.process(picture);
    for (const value of Object.values(values)) if (value instanceof ImageBitmap) value.close();
    window.processed += 1;
  };
  await frame();
  while (!app.stats.python && (await (await fetch("manifest.json")).json()).python) await frame();
}"""
FRAMES = """async ({until, seconds}) => {
  const end = performance.now() + seconds * 1000;
  while (window.processed < until && performance.now() < end) await frame();
  return window.processed;
}"""
RENEW = """async () => {
  const next = app.cloneNode();
  app.replaceWith(next);
  window.app = next;
  await frame();
}"""
Sample = dict[str, float]


def build(app: Path, backend: str, site: Path) -> None:
    """The app's site for one backend, its workers with the probe before them."""
    build_site(replace(load_app(str(app)), backends=(backend,)), site)
    for script in [file for name in PROBED for file in site.rglob(name)]:
        script.write_text(PROBE.read_text() + script.read_text())
    shutil.copy(PHOTOGRAPH, site / "endurance.jpg")
    seal(site)


@contextmanager
def opened(site: Path) -> Iterator[Page]:
    """The site's page, once its app has everything it needs, Python included."""
    with serve(site, isolated=True) as address, sync_playwright() as playwright:
        flags = [*FLAGS, *WEBGPU, "--js-flags=--expose-gc"]
        browser = playwright.chromium.launch(executable_path=find(), args=flags)
        page = browser.new_page()
        page.goto(address)
        page.evaluate(START, {"photograph": "endurance.jpg"})
        yield page
        browser.close()


def take(page: Page, sessions: PageSessions) -> Sample:
    """What is held just now, garbage collected; bytes, or counts where the name says so."""
    page.evaluate("gc()")
    told = [one for worker in page.workers if worker.url.endswith(PROBED) and (one := _probe(worker))]
    heaps = sessions.ask("Runtime.getHeapUsage")
    return {
        "JS heaps": sum(one["usedSize"] for one in heaps),
        "array buffers": sum(one["backingStorageSize"] for one in heaps),
        "Wasm memory": sum(one["wasm"] for one in told),
        "tensors (count)": sum(one["tensors"] for one in told),
        "tensors' buffers (count)": sum(one["tensorBuffers"] for one in told),
        "GPU objects (count)": sum(one["gpuObjects"] for one in told),
        "GPU bytes": sum(one["gpuBytes"] for one in told),
        "workers (count)": len(page.workers),
        **processes(page),
    }


def _probe(worker: Worker) -> Any:
    """None of a worker that is on its way out."""
    try:
        return worker.evaluate("endurance()")
    except Error:
        return None


def processes(page: Page) -> Sample:
    """What Linux says that the renderers and the GPU's process hold, shared pages by their share."""
    devtools = page.context.browser.new_browser_cdp_session()  # type: ignore[union-attr]  # it is launched
    told = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
    devtools.detach()
    held = {"renderers (process)": 0, "GPU (process)": 0}
    for one in told:
        kind = {"renderer": "renderers (process)", "GPU": "GPU (process)"}.get(one["type"])
        if kind is not None:
            held[kind] += held_by(one["id"]) or 0
    return dict(held)


def frames(page: Page, count: int, samples: int, seconds: float) -> Iterator[tuple[int, Sample]]:
    """How many frames were processed, and what was then held; ends early when the time is up."""
    sessions, end, done = PageSessions(page), time.monotonic() + seconds, 0
    for at in range(1, samples + 1):
        share = max(end - time.monotonic(), 0) / (samples + 1 - at)
        before, done = done, page.evaluate(FRAMES, {"until": count * at // samples, "seconds": share})
        if done > before:
            yield done, take(page, sessions)


def elements(page: Page, count: int, samples: int, seconds: float) -> Iterator[tuple[int, Sample]]:
    """The same of elements, each of which processes a frame and gives way to the next one."""
    sessions, end = PageSessions(page), time.monotonic() + seconds
    for done in range(1, count + 1):
        page.evaluate(RENEW)
        if done % max(count // samples, 1) == 0:
            yield done, take(page, sessions)
        if time.monotonic() > end:
            return


def judge(what: str, taken: Sequence[tuple[int, Sample]]) -> bool:
    """Prints a table; whether nothing grows."""
    counted = taken[int(len(taken) * WARM_UP) :]
    counts = [count for count, _ in counted]
    print(f"{'':26}{'after ' + str(counts[0]):>14}{'after ' + str(counts[-1]):>14}  per {what} (99 %)")
    is_flat = True
    for name in counted[0][1]:
        values = [sample[name] for _, sample in counted]
        if not any(values):
            continue
        found = slope(counts, values)
        is_flat &= not found.grows
        unit = 1 if "count" in name else 1e6
        per = f"{found.per_one:.4g} ({found.low:.4g} to {found.high:.4g})"
        ends = f"{values[0] / unit:14.2f}{values[-1] / unit:14.2f}"
        print(f"{name:26}{ends}  {per:36}{'GROWS' if found.grows else 'flat'}", flush=True)
    return is_flat


def measure(app: Path, backend: str, given: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory(prefix="pywebml-endurance-") as folder:
        site = Path(folder) / "site"
        build(app, backend, site)
        with opened(site) as page:
            began = time.monotonic()
            if given.elements:
                what, taken = "element", [*elements(page, given.elements, given.samples, given.minutes * 60)]
            else:
                what, taken = "frame", [*frames(page, given.frames, given.samples, given.minutes * 60)]
            stats = page.evaluate("app.stats")
            took = time.monotonic() - began
    done = f"{taken[-1][0]} {what}s in {took:.0f} s"
    print(f"\n{backend} ({stats['reason']}): {done}; bytes in MB, per {what} in bytes; events: {stats['events']}")
    return judge(what, taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("app", type=Path)
    parser.add_argument("--backend", action="append", choices=BACKENDS, help="may be repeated")
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--elements", type=int, default=0, help="count elements that come and go instead")
    parser.add_argument("--minutes", type=float, default=5, help="end sooner than after all frames, by backend")
    parser.add_argument("--samples", type=int, default=40)
    given = parser.parse_args()
    results = [measure(given.app, backend, given) for backend in given.backend or ["litert-wasm"]]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
