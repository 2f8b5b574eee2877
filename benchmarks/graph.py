"""What a packet costs on its way through pass-through nodes: Python, TypeScript and MediaPipe's wheel, in turn.

`python -m benchmarks.graph [--rounds 100] [--json OUT]`: for chains of 1, 10, 100 and 1,000 nodes, the best of
rounds in which each of the three has its turn; and how much Python's memory grows over a million packets. What
makes a round slower than the best one is the machine's other work (as `timeit` of the standard library says).
"""

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import mediapipe_wheel

ROOT = Path(__file__).parent.parent
SUBJECTS = ("MediaPipe", "Python", "TypeScript")
LENGTHS = (1, 10, 100, 1000)
RUNS = 3000
"""Node runs a turn: a few milliseconds, so that some turns meet no other work of the machine."""
MILLION = 1_000_000

Times = dict[tuple[int, bool], dict[str, list[float]]]
"""Microseconds a packet in each round, by nodes and whether each packet was waited for, then by subject."""


class Subject:
    """A process that runs chains: `benchmarks/chain.py`, or its twin in TypeScript."""

    def __init__(self, command: Sequence[str | Path], folder: Path) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def round(self, nodes: int, packets: int, each: bool) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"nodes": nodes, "packets": packets, "each": each}), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args!r} ended with status {self._process.wait()}; run it by itself")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def subjects() -> dict[str, Subject]:
    chain = ROOT / "benchmarks" / "chain.py"
    return {
        "MediaPipe": Subject([mediapipe_wheel.python(), chain, "mediapipe"], ROOT),
        "Python": Subject([sys.executable, "-m", "benchmarks.chain", "pyweb_ml"], ROOT),
        "TypeScript": Subject(["node", "run.mjs", "benchmarks/chain.ts"], ROOT / "static"),
    }


def measure(running: Mapping[str, Subject], rounds: int) -> Times:
    """Turn by turn, so that what else the machine does meets all of them alike; the first round only warms up."""
    found: Times = {(nodes, each): {name: [] for name in SUBJECTS} for nodes in LENGTHS for each in (False, True)}
    for turn in range(rounds + 1):
        print(f"round {turn} of {rounds}", end="\r", file=sys.stderr, flush=True)
        for (nodes, each), times in found.items():
            for name in SUBJECTS:
                spent = running[name].round(nodes, max(5, RUNS // nodes), each)["microseconds"]
                if turn:
                    times[name].append(spent)
    return found


def report(times: Times) -> list[dict[str, Any]]:
    print(f"{'nodes':>6}  {'waiting':10}" + "".join(f"{name:>12}" for name in SUBJECTS) + "  Python/MediaPipe")
    rows = []
    for (nodes, each), found in times.items():
        best = {name: min(found[name]) for name in SUBJECTS}
        ratio = best["Python"] / best["MediaPipe"]
        cells = "".join(f"{best[name] / nodes:12.2f}" for name in SUBJECTS)
        print(f"{nodes:6}  {'each' if each else 'at the end':10}{cells}{ratio:18.2f}")
        rows.append({"nodes": nodes, "each": each, "microseconds": best, "ratio": ratio, "rounds": found})
    print("µs a node a packet; 'each': the graph is idle before the next packet comes")
    return rows


def memory(python: Subject) -> dict[str, int]:
    """Bytes that the Python process holds after a tenth of a million packets, and after all of them."""
    tenth = python.round(1, MILLION // 10, False)["resident"]
    whole = python.round(1, MILLION - MILLION // 10, False)["resident"]
    print(
        f"Python's memory over {MILLION:,} packets: {(whole - tenth) / 2**20:+.2f} MiB on {tenth / 2**20:.1f} MiB"
    )
    return {"after_a_tenth": tenth, "after_all": whole}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=100, help="measured rounds, after one to warm up")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    options = parser.parse_args()
    running = subjects()
    print(f"Python {platform.python_version()}, {platform.machine()}, {options.rounds} rounds, in turn")
    result = {"chains": report(measure(running, options.rounds)), "memory": memory(running["Python"])}
    for one in running.values():
        one.end()
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
