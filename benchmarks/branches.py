"""What threads cost and gain: two branches of a graph, on one thread and as the scheduler chooses, in turn.

`python -m benchmarks.branches [--rounds 30]`: milliseconds a packet, best round, for branches of several kinds
of work; with "nothing" both calls are handed to threads all the same, which shows what handing over costs.
"""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any, ClassVar

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: its own threads are not what is measured

import numpy as np

import pyweb_ml as pw
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract

PACKETS = 20


def python(milliseconds: float) -> Callable[[], None]:
    """Work in Python, which holds the interpreter's lock."""
    count = int(milliseconds * 40_000)

    def work() -> None:
        for _ in range(count):
            pass

    return work


def numpy(milliseconds: float) -> Callable[[], None]:
    """Work in NumPy, which lets the lock go."""
    values = np.ones((round(milliseconds * 40), 40_000), np.float32)

    def work() -> None:
        values.sum()

    return work


WORK: dict[str, Callable[[], None]] = {
    "nothing, handed over": lambda: None,
    "Python, short": python(0.1),
    "Python, long": python(3),
    "NumPy, short": numpy(0.1),
    "NumPy, middling": numpy(0.5),
    "NumPy, long": numpy(3),
}


class WorksCalculator(CalculatorBase):
    """Does the work that is set, and passes the packet."""

    work: ClassVar[Callable[[], None]]

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        type(self).work()
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)


def branches(threads: int) -> dict[str, Any]:
    made = [{"calculator": "WorksCalculator", "input_stream": ["in"], "output_stream": [name]} for name in "ab"]
    join = {"calculator": "PassThroughCalculator", "input_stream": ["a", "b"], "output_stream": ["x", "y"]}
    return {"input_stream": ["in"], "num_threads": threads, "node": [*made, join]}


def run(threads: int) -> float:
    """Milliseconds a packet; with 0 threads the scheduler chooses."""
    graph = pw.CalculatorGraph(branches(threads))
    graph.start_run()
    began = 0.0
    for at in range(PACKETS + 10):
        if at == 10:  # those before are to warm up
            began = time.perf_counter()
        graph.add_packet_to_input_stream("in", pw.Packet(at), at)
        graph.wait_until_idle()
    spent = time.perf_counter() - began
    graph.close()
    return spent * 1000 / PACKETS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, milliseconds a packet")
    print(f"{'work of each branch':24}{'one thread':>12}{'threads':>12}{'ratio':>8}")
    for name, work in WORK.items():
        WorksCalculator.work = staticmethod(work)
        pairs = [(run(1), run(2 if name.startswith("nothing") else 0)) for _ in range(options.rounds)]
        one, several = (min(times) for times in zip(*pairs, strict=True))
        print(f"{name:24}{one:12.3f}{several:12.3f}{several / one:8.2f}")


if __name__ == "__main__":
    main()
