"""The same cases through the desktop's runtime and the page's: what comes out must be the same."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz.shrink import shrunk
from tests.vectors.run import problems, run

Json = dict[str, Any]
STATIC = Path(__file__).resolve().parents[2] / "static"
LIMIT = 300
"""Seconds for one run of the page's runtime under Node.js; a graph that hangs there must fail here."""


def as_vector(case: Json) -> Json:
    """The case, expecting what the desktop's runtime gives; of an error only that there is one."""
    found = run(case)
    expect = {"error": []} if "error" in found else {"packets": found["packets"]}
    return {**case, "expect": expect}


def page_results(cases: list[Json]) -> list[Json]:
    """What the page's runtime gives for each case, under Node.js."""
    with tempfile.TemporaryDirectory() as folder:
        vectors, results = Path(folder) / "cases.json", Path(folder) / "results"
        vectors.write_text(json.dumps(cases), encoding="utf-8")
        command = [shutil.which("node") or "node", "run.mjs", "tests/vectors/main.ts", folder, str(results)]
        done = subprocess.run(command, cwd=STATIC, capture_output=True, text=True, timeout=LIMIT, check=False)
        if not results.exists():
            raise RuntimeError(f"the page's runtime did not end well: {done.stdout}{done.stderr}")
        return [each["found"] for each in json.loads(results.read_text(encoding="utf-8"))]


def differing(cases: list[Json]) -> list[Json]:
    """The cases, as vectors, in which the page gives something else than the desktop."""
    vectors = [as_vector(case) for case in cases]
    found = page_results(vectors)
    return [vector for vector, each in zip(vectors, found, strict=True) if list(problems(vector, each))]


def smallest(vector: Json) -> Json:
    """A differing vector made small; it expects what the desktop gives."""

    def fails(case: Json) -> bool:
        return bool(differing([case]))

    return as_vector(shrunk(observing(vector), fails))


def observing(vector: Json) -> Json:
    """The vector as a case that observes all streams of its graph, errors or not."""
    graph = vector["graph"]
    entries = [entry for node in graph["node"] for entry in node.get("output_stream", [])]
    names = [entry.rpartition(":")[2] for entry in [*graph.get("input_stream", []), *entries]]
    return {**vector, "expect": {"packets": {name: [] for name in names}}}


def told(cases: list[Json], shrink: Callable[[Json], Json] = smallest) -> str:
    """What differs, the first case as a small vector to keep; "" if nothing does."""
    found = differing(cases)
    if not found:
        return ""
    names = ", ".join(vector["name"] for vector in found)
    return f"{len(found)} of {len(cases)} cases differ: {names}\n{json.dumps(shrink(found[0]))}"
