"""What a conversion from `.tflite` to a clean `.tflite` costs: seconds, and memory as a multiple of the file.

`python -m benchmarks.convert [--large 500]`: each model of the zoo in a process of its own, which has loaded all
modules before; then a synthetic model of that many megabytes of float32. Memory is the peak of the resident set
above what was resident before, the mapped file's pages included; so it is Linux only. "whole" is the process from
its start to its end, Python and imports included.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from pyweb_ml.converter.model import Graph, Model, Operator, Tensor
from pyweb_ml.converter.preparation import clean
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from tests.converter.zoo import TFLITE, fetch

_PAGE = resource.getpagesize()
_KILOBYTE = 1024
_WIDTH = 2048


def convert(source: Path, out: Path) -> None:
    write_tflite(clean(read_tflite(source)), out)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def measure(source: Path, folder: Path) -> dict[str, Any]:
    """Seconds and bytes of one conversion; the first, of a tiny model, loads what is loaded once."""
    write_tflite(large_model(0), folder / "tiny.tflite")
    convert(folder / "tiny.tflite", folder / "out.tflite")
    before, start = resident(), time.perf_counter()
    convert(source, folder / "out.tflite")
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE
    return {"seconds": seconds, "peak": peak - before, "out": (folder / "out.tflite").stat().st_size}


def large_model(megabytes: int) -> Model:
    """Fully connected layers of 16 MiB of weights each, all different; at least one, of one row."""
    source = tensor = Tensor("x", (1, _WIDTH))
    operators = []
    for index in range(max(megabytes * 2**20 // (4 * _WIDTH**2), 1)):
        rows = _WIDTH if megabytes else 1
        values = np.full((rows, _WIDTH), index, np.float32)
        weights, output = Tensor(f"w{index}", values.shape, data=values), Tensor(f"y{index}", (1, rows))
        operators.append(Operator("FULLY_CONNECTED", [tensor, weights, None], [output]))
        tensor = output
    return Model([Graph([source], [tensor], operators)])


def report(name: str, source: Path) -> None:
    start = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.convert", "--one", str(source)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    whole, found, size = time.perf_counter() - start, json.loads(done.stdout), source.stat().st_size
    times = f"{found['seconds']:7.3f} s {whole:6.2f} s"
    bytes_ = f"{size / 1e6:8.2f} MB {found['out'] / 1e6:8.2f} MB {found['peak'] / 1e6:8.1f} MB"
    print(f"{name[:42]:42} {times} {bytes_} {found['peak'] / size:6.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.convert", description=__doc__)
    parser.add_argument("--large", type=int, metavar="MB", help="a synthetic model of this size too")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pywebml-bench-") as folder:
        if given.one:
            print(json.dumps(measure(given.one, Path(folder))))
            return
        print(
            f"{'model':42} {'converted':>9} {'whole':>8} {'read':>11} {'written':>11} {'memory':>11} {'x read':>6}"
        )
        for name in TFLITE:
            report(name, fetch(name))
        if given.large:
            write_tflite(large_model(given.large), Path(folder) / "large.tflite")
            report(f"synthetic, {given.large} MB", Path(folder) / "large.tflite")


if __name__ == "__main__":
    main()
