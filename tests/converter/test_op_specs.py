"""Every operator of the op table against LiteRT: TF.js under Node.js (cpu, wasm) and in Chromium (webgl, webgpu).

About a thousand graphs of one operator each, as the op specs generate them. What the table says a backend cannot
do must still fail there: a limit that is no more is to be taken out.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pyweb_ml.converter.op_rows import TABLE, limits_of
from tests.converter.one_op import Prepared, prepare, what_differs
from tests.converter.op_specs import CASES, FAMILIES
from tests.converter.op_specs.case import Case
from tests.converter.tfjs import NodeTfjs, Runner
from tests.converter.tfjs_page import tfjs_page

OPS = sorted({case.op for case in CASES})
PLUMBING = {"Const", "Placeholder", "Identity"}


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("op_specs")


@pytest.fixture(scope="session")
def prepared(root: Path) -> dict[str, Prepared]:
    """Every case by its name, run by LiteRT and written for TF.js."""
    return {case.name: prepare(case, root / "models" / str(index)) for index, case in enumerate(CASES)}


@pytest.fixture(scope="session")
def node() -> Iterator[NodeTfjs]:
    process = NodeTfjs()
    yield process
    process.close()


@pytest.fixture(scope="session")
def page(browser: Browser) -> Iterator[Runner]:
    with tfjs_page(browser.browser_type) as running:
        yield running


@pytest.mark.parametrize("backend", ["cpu", "wasm"])
@pytest.mark.parametrize("op", OPS)
def test_an_operator_computes_under_node_what_litert_does(
    op: str, backend: str, prepared: dict[str, Prepared], node: NodeTfjs
) -> None:
    assert _wrong(op, backend, prepared, node) == []


@pytest.mark.parametrize("backend", ["webgl", "webgpu"])
@pytest.mark.parametrize("op", OPS)
def test_an_operator_computes_in_the_page_what_litert_does(
    op: str, backend: str, prepared: dict[str, Prepared], page: Runner
) -> None:
    assert _wrong(op, backend, prepared, page) == []


def _wrong(op: str, backend: str, prepared: dict[str, Prepared], runner: Runner) -> list[str]:
    """What is not as the table says: cases that differ, and limits that are none."""
    found = []
    for case in CASES:
        if case.op != op:
            continue
        one = prepared[case.name]
        difference = what_differs(one, runner, backend)
        if _is_limited(one, backend) and not difference:
            found.append(f"{case.name}: the op table says that {backend} cannot do this, but it does")
        elif difference and not _is_limited(one, backend):
            found.append(f"{case.name}: {difference}")
    return found


def _is_limited(one: Prepared, backend: str) -> bool:
    return any(backend in limit.backends for limit in limits_of(one.operator))


@pytest.mark.parametrize("op", OPS)
def test_an_operator_becomes_the_nodes_that_the_op_table_names(op: str, prepared: dict[str, Prepared]) -> None:
    found: set[str] = set()
    for case in CASES:
        if case.op == op:
            model = json.loads((prepared[case.name].folder / "model.json").read_text())
            after = set(TABLE[case.step.after.op].nodes) if case.step.after else set()
            found |= {node["op"] for node in model["modelTopology"]["node"]} - after
    assert found - PLUMBING == set(TABLE[op].nodes)


def test_every_row_of_the_op_table_is_tested_where_it_says() -> None:
    families = {name: {case.op for case in cases} for name, cases in FAMILIES.items()}
    elsewhere = ("integers", "models", "networks")
    assert [
        row.op for row in TABLE.values() if row.tests not in elsewhere and row.op not in families[row.tests]
    ] == []
    assert set(OPS) <= set(TABLE)


def test_every_limit_is_met_by_a_case(prepared: dict[str, Prepared]) -> None:
    operators = [one.operator for one in prepared.values()]
    met = {(limit, op.op) for op in operators for limit in limits_of(op)}
    assert {limit for limit, _ in met} == {limit for row in TABLE.values() for limit in row.limits}


def test_there_are_at_least_600_cases_and_no_two_of_a_name() -> None:
    assert len(CASES) >= 600
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_wrong_result_is_noticed(root: Path, node: NodeTfjs) -> None:
    case: Case = next(case for case in CASES if case.op == "ADD")
    one = prepare(case, root / "wrong")
    one.expected["out0"] = one.expected["out0"] + 1
    assert "the largest error is 1" in what_differs(one, node, "cpu")
