"""Random graphs: the desktop's runtime against the page's, and against another order of arrival."""

from random import Random
from typing import Any

import pytest

from tests.fuzz.differential import as_vector, page_results, told
from tests.fuzz.graphs import shuffled, stepped_case, timeless_case
from tests.fuzz.shrink import shrunk
from tests.vectors.make.building import case, graph, node, steps
from tests.vectors.make.policies import ACE, BD, interleaved
from tests.vectors.run import problems, run

CASES = 400


@pytest.mark.parametrize("make", [stepped_case, timeless_case])
def test_the_page_gives_what_the_desktop_gives(make: Any) -> None:
    problem = told([make(seed) for seed in range(CASES)])
    assert not problem, problem


def test_no_order_of_arrival_changes_an_output() -> None:
    for seed in range(CASES):
        given = timeless_case(seed)
        first = run(given)
        if "error" not in first:
            for again in range(4):
                assert run(shuffled(given, Random(again))) == first, f"seed {seed}, shuffled by {again}"


def test_sync_sets_are_apart_in_any_interleaving() -> None:
    order = list("A" * len(ACE) + "B" * len(BD))
    for seed in range(200):
        Random(seed).shuffle(order)
        given = interleaved("", "".join(order))
        assert list(problems(given, run(given))) == [], "".join(order)


def test_the_random_cases_are_worth_running() -> None:
    found = [run(make(seed)) for seed in range(CASES) for make in (stepped_case, timeless_case)]
    whole = [each for each in found if "error" not in each]
    busy = [each for each in whole if sum(len(packets) for packets in each["packets"].values()) >= 10]
    assert len(whole) > 0.8 * len(found)
    assert len(busy) > 0.4 * len(found)


def test_a_case_is_the_same_each_time_it_is_made() -> None:
    assert stepped_case(5) == stepped_case(5)
    assert stepped_case(5) != stepped_case(6)


def test_a_difference_is_found() -> None:
    passing = graph("a", node("PassThroughCalculator", "a", "out"))
    vector = as_vector(case("", "", passing, steps("a@1"), packets={"out": []}))
    wrong = {**vector, "expect": {"packets": {"out": [[1, 2]]}}}
    right, other = page_results([vector, wrong])
    assert list(problems(vector, right)) == []
    assert list(problems(wrong, other)) != []


def test_a_failing_case_is_shrunk_to_what_makes_it_fail() -> None:
    def fails(given: dict[str, Any]) -> bool:
        return any(each["calculator"] == "FlowLimiterCalculator" for each in given["graph"]["node"])

    seed = next(
        seed for seed in range(100) if fails(stepped_case(seed)) and len(stepped_case(seed)["graph"]["node"]) > 3
    )
    small = shrunk(stepped_case(seed), fails)
    assert [each["calculator"] for each in small["graph"]["node"]] == ["FlowLimiterCalculator"]
    assert not any("packet" in step or "bound" in step for step in small["steps"])
