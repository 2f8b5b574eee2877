"""Several threads: what may run at once does, and what comes out does not depend on it."""

import gc
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import pyweb_ml as pw
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract
from pyweb_ml.runner import workers
from pyweb_ml.runner.task import Task
from tests.fuzz.graphs import stepped_case, timeless_case
from tests.runner.graphs import node
from tests.vectors import run as vectors

VECTORS = vectors.load(Path(vectors.__file__).parent)
OBJECTS = [case for case in VECTORS if isinstance(case["graph"], dict)]
CASES = [case for case in OBJECTS if not {"num_threads", "executor"} & {*case["graph"]}]


class MeetsAnother(CalculatorBase):
    """Goes on only when the other branch is at work as well."""

    barrier = threading.Barrier(2)

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        self.barrier.wait(timeout=20)
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)


class Dawdles(CalculatorBase):
    """Takes a while, another one each time."""

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        time.sleep(random.Random(cc.input_timestamp).random() / 500)
        if cc.inputs().value == "fail":
            raise RuntimeError("on purpose")
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)


class WaitsForTheOther(CalculatorBase):
    """Goes on when the test says so."""

    may_go_on = threading.Event()

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        contract.set_timestamp_offset(0)

    def process(self, cc: CalculatorContext) -> None:
        if not self.may_go_on.wait(timeout=20):
            raise RuntimeError("the other branch was held")
        cc.outputs().add(cc.input_timestamp, cc.inputs().value)


class NotesItsThread(CalculatorBase):
    threads: set[int]

    def process(self, cc: CalculatorContext) -> None:
        self.threads.add(threading.get_ident())


@pytest.fixture
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)


@pytest.fixture
def shaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other call on a thread begins late, another one in each run."""
    real, chance = workers.attempt, random.Random(0)

    def late(task: Task) -> workers.Outcome:
        if chance.random() < 0.5:
            time.sleep(chance.random() / 10_000)
        return real(task)

    monkeypatch.setattr(workers, "attempt", late)


def two_branches(calculator: str, **graph: Any) -> dict[str, Any]:
    branches = [
        {"name": name, "calculator": calculator, "input_stream": ["in"], "output_stream": [name]} for name in "ab"
    ]
    merge = {"calculator": "PassThroughCalculator", "input_stream": ["a", "b"], "output_stream": ["aa", "bb"]}
    return {"input_stream": ["in"], "num_threads": 4, "node": [*branches, merge], **graph}


def outputs(config: dict[str, Any], packets: list[Any]) -> dict[str, list[tuple[int, Any]]]:
    graph = pw.CalculatorGraph(config)
    found: dict[str, list[tuple[int, Any]]] = {"aa": [], "bb": []}
    for name in found:
        graph.observe_output_stream(name, lambda name, one: found[name].append((one.timestamp, one.value)))
    graph.start_run()
    for at, packet in enumerate(packets):
        graph.add_packet_to_input_stream("in", pw.Packet(packet), at)
    graph.close_input_stream("in")
    graph.wait_until_done()
    return found


def test_two_branches_run_at_once() -> None:
    # On one thread the barrier would never be met.
    found = outputs(two_branches("MeetsAnother"), [0, 1, 2])
    assert found["aa"] == found["bb"] == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.usefixtures("four_cores")
@pytest.mark.parametrize("slow", ["a", "b"])
def test_a_slow_branch_does_not_hold_a_fast_one_without_being_asked(slow: str) -> None:
    # The slow branch ends its first packet only when the fast one has ended its third.
    fast = "b" if slow == "a" else "a"
    nodes = [node("WaitsForTheOther", ["in"], [slow]), node("Dawdles", ["in"], [fast])]
    graph = pw.CalculatorGraph(
        {"input_stream": ["in"], "node": sorted(nodes, key=lambda one: one["output_stream"])}
    )
    WaitsForTheOther.may_go_on.clear()
    seen: list[int] = []

    def count(_: str, packet: pw.Packet) -> None:
        seen.append(packet.timestamp)
        if len(seen) == 3:
            WaitsForTheOther.may_go_on.set()

    graph.observe_output_stream(fast, count)
    graph.start_run()
    for at in range(4):
        graph.add_packet_to_input_stream("in", pw.Packet(at), at)
    graph.close_all_packet_sources()
    graph.wait_until_done()
    assert seen == [0, 1, 2, 3]


@pytest.mark.usefixtures("four_cores")
def test_a_graph_without_branches_stays_on_the_thread_that_calls() -> None:
    NotesItsThread.threads = set()
    graph = pw.CalculatorGraph({"input_stream": ["in"], "node": [node("NotesItsThread", ["in"], [])]})
    graph.start_run()
    graph.add_packet_to_input_stream("in", pw.Packet(0), 0)
    graph.close()
    assert NotesItsThread.threads == {threading.get_ident()}


def on_threads(case: vectors.Json, count: int) -> vectors.Json:
    return {**case, "graph": {**case["graph"], "num_threads": count}}


@pytest.mark.usefixtures("shaken")
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_vector_gives_the_same_on_several_threads(case: vectors.Json) -> None:
    assert list(vectors.problems(case, vectors.run(on_threads(case, 4)))) == []


@pytest.mark.usefixtures("shaken")
@pytest.mark.parametrize("make", [stepped_case, timeless_case])
def test_a_random_graph_gives_the_same_on_several_threads(make: Any) -> None:
    for seed in range(100):
        case = make(seed)
        assert vectors.run(on_threads(case, 4)) == vectors.run(on_threads(case, 1)), f"seed {seed}"


@pytest.mark.usefixtures("shaken")
def test_a_thousand_runs_whose_calls_end_in_another_order_each_give_the_same() -> None:
    config = two_branches("PassThroughCalculator")
    for again in range(1000):
        found = outputs(config, ["x", "y", "z"])
        assert found["aa"] == found["bb"] == [(0, "x"), (1, "y"), (2, "z")], f"run {again}"


def test_what_comes_out_is_the_same_as_on_one_thread() -> None:
    packets = list(range(40))
    assert outputs(two_branches("Dawdles"), packets) == outputs(two_branches("Dawdles", num_threads=1), packets)


def test_several_invocations_of_one_node_stay_in_order() -> None:
    config = two_branches("Dawdles")
    config["node"][0]["max_in_flight"] = 3
    found = outputs(config, list(range(40)))
    assert found["aa"] == [(at, at) for at in range(40)]


def test_a_failure_on_another_thread_is_the_graphs_error() -> None:
    with pytest.raises(pw.CalculatorError, match=r"'[ab]' failed at timestamp 3: RuntimeError: on purpose"):
        outputs(two_branches("Dawdles"), [0, 1, 2, "fail", 4])


def test_no_thread_outlives_a_graph_that_nobody_closes() -> None:
    before = set(threading.enumerate())
    graph = pw.CalculatorGraph(two_branches("Dawdles"))
    graph.start_run()
    graph.add_packet_to_input_stream("in", pw.Packet(1), 0)
    graph.wait_until_idle()
    own = set(threading.enumerate()) - before
    assert own
    del graph
    gc.collect()
    for thread in own:
        thread.join(timeout=20)
    assert not set(threading.enumerate()) - before


def test_no_thread_outlives_a_run() -> None:
    before = threading.active_count()
    outputs(two_branches("Dawdles"), [1])
    assert threading.active_count() == before
