"""Several threads: what may run at once does, and what comes out does not depend on it."""

import random
import threading
import time
from typing import Any

import pytest

import pyweb_ml as pw
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext, CalculatorContract


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


def test_no_thread_outlives_a_run() -> None:
    before = threading.active_count()
    outputs(two_branches("Dawdles"), [1])
    assert threading.active_count() == before
