"""The report: sums, the table, the page."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyweb_ml.bench.html import report_page
from pyweb_ml.bench.job import BenchError, Settings, Subject
from pyweb_ml.bench.machine import Machine
from pyweb_ml.bench.report import Quantiles, Report, read_report
from pyweb_ml.bench.server import Exchange
from pyweb_ml.bench.table import table
from pyweb_ml.bench.throughput import Throughput
from tests.bench.posted import posted, row

APP, SLOW, RIVAL = (
    Subject("App", backend="litert-wasm"),
    Subject("Slow", backend="tfjs-cpu"),
    Subject("R", "litert"),
)


IDLE, BUSY = Machine("A processor", 2, 0.4, 1.9), Machine("A processor", 2, 3.25, 4.0)

OVERLAPPED = {
    "inFlight": [2, 2, 2],
    "rates": [60.0, 66.0, 30.0],
    "sequential": [50.0, 40.0, 10.0],
    "description": "beside the graph",
}
ONE_BY_ONE = {
    "inFlight": [1, 1, 1],
    "rates": [20.0, 25.0, 24.0],
    "sequential": [],
    "description": "by hand, 2 threads",
}


def read(
    *rows: dict[str, Any],
    subjects: tuple[Subject, ...] = (APP, SLOW, RIVAL),
    machine: Machine | None = IDLE,
) -> Report:
    exchange = Exchange({}, Path())
    exchange.report = posted(*rows)
    return read_report(exchange, "An <app>", "a.png", Settings(), subjects, [("X", "why not")], ["run"], machine)


@pytest.fixture
def report() -> Report:
    nodes = {"run": [1.0, 1.0, 3.0], "draw": [0.5, 0.5, 0.5]}
    paced = {"offered": 9, "shown": 7, "dropped": 2, "times": [5.0, 6.0]}
    memory = {"bytes": 2**20, "types": {"JavaScript": 2**20}}
    first = {"firstResult": 300.0, "firstPartial": True, "whole": 900.0}
    return read(
        row("App", [2.0, 2.0, 4.0], nodes=nodes, throughput=OVERLAPPED, paced=paced, memory=memory, **first),
        row("Slow", [], error="there is <no> GPU"),
        row("R", [4.0, 4.0, 4.0], throughput=ONE_BY_ONE, description="by hand, 2 threads"),
    )


def test_quantiles_are_those_of_numpy() -> None:
    times = np.random.default_rng(1).gamma(2, 3, 300)
    found = Quantiles.of(times.tolist())
    assert found
    assert [found.p50, found.p95, found.p99] == pytest.approx(np.percentile(times, [50, 95, 99]))


def test_there_are_no_quantiles_of_nothing() -> None:
    assert Quantiles.of([]) is None
    assert Quantiles.of([2.0]) == Quantiles(2.0, 2.0, 2.0)


def test_the_best_is_the_app_on_its_fastest_backend_and_ratios_are_to_it(report: Report) -> None:
    app, slow, rival = report.subjects
    assert report.best is app
    assert [report.ratio(one) for one in (app, slow, rival)] == [1.0, None, 2.0]


def test_a_rival_is_never_the_best() -> None:
    assert read(row("App", []), row("Slow", []), row("R", [1.0])).best is None


def test_throughput_is_the_median_of_rounds_and_its_gain_is_over_one_frame_at_a_time(report: Report) -> None:
    app, slow, rival = report.subjects
    assert app.throughput
    assert (app.throughput.rate, app.throughput.sequential, app.throughput.gain) == (60.0, 40.0, 1.5)
    assert slow.throughput is None
    assert rival.throughput
    assert (rival.throughput.rate, rival.throughput.sequential, rival.throughput.gain) == (24.0, None, None)
    assert [report.throughput_ratio(one) for one in (app, slow, rival)] == [1.0, None, 2.5]


@pytest.mark.parametrize(
    ("in_flight", "words"),
    [([2, 2], "two frames"), ([1, 1], "one frame"), ([2, 1], "one or two frames"), ([3, 3], "3 frames")],
)
def test_the_gain_says_how_many_frames_the_app_chose_to_have_in_flight(in_flight: list[int], words: str) -> None:
    found = Throughput.of({**OVERLAPPED, "inFlight": in_flight})
    assert found
    assert found.gain_text == f"{words} in flight: 1.50 times one at a time"


def test_a_subject_that_did_no_round_has_no_throughput() -> None:
    none = {**OVERLAPPED, "rates": [], "inFlight": []}
    assert read(row("App", [1.0], throughput=none), row("Slow", []), row("R", [])).subjects[0].throughput is None


def test_json_has_every_number_under_a_name_of_its_own(report: Report) -> None:
    data = json.loads(json.dumps(report.to_json()))
    assert data["format"] == 1
    app = data["subjects"][0]
    assert app["frame"]["p50"] == 2.0
    assert app["calculators"]["draw"] == {"p50": 0.5, "p95": 0.5, "p99": 0.5}
    assert app["inference"]["p50"] == 1.0
    assert app["paced"] | {"latency": None} == {"offered": 9, "shown": 7, "dropped": 2, "latency": None}
    assert app["times"] == [2.0, 2.0, 4.0]
    assert app["throughput"]["rates"] == OVERLAPPED["rates"]
    assert app["throughput"]["sequential_rates"] == OVERLAPPED["sequential"]
    assert data["machine"] == {"cpu": "A processor", "cores": 2, "load_before": 0.4, "load_after": 1.9}
    assert data["left_out"] == [{"name": "X", "reason": "why not"}]


def test_the_table_says_what_was_not_measured_and_why(report: Report) -> None:
    lines = table(report).splitlines()
    assert "not measured: Slow: there is <no> GPU" in lines
    assert "left out: X: why not" in lines
    assert "Of the whole frame 50% is not inference." in lines
    assert any(line.startswith("App") and "300*" in line and "2 of 9" in line for line in lines)


def test_the_table_says_what_later_subjects_have_before_their_first_result() -> None:
    caveat = "first: one after the other in one browser: later ones find it started, and what they share compiled"
    first, none = {"firstResult": 300.0}, {"firstResult": None}
    shared = read(row("App", [1.0]) | first, row("Slow", []) | none, row("R", [1.0]) | first)
    assert caveat in table(shared).splitlines()
    alone = read(row("App", [1.0]) | first, row("Slow", []) | none, row("R", [1.0]) | none)
    assert caveat not in table(alone)


def test_the_table_says_what_ran_and_what_two_frames_in_flight_are_worth(report: Report) -> None:
    lines = table(report).splitlines()
    assert [line for line in lines if line.startswith("ran: ")] == [
        "ran: App: as fast as it goes, beside the graph",
        "ran: R: by hand, 2 threads",
    ]
    assert "two frames in flight: 1.50 times one at a time" in lines
    assert "A processor; load 0.4 before the start, 1.9 at the end" in lines
    rows = [line.split() for line in lines]
    assert ["App", "60.0", "1.00", "40.0"] in rows
    assert ["R", "24.0", "2.50", "\u2013"] in rows


def test_a_machine_that_was_busy_before_the_start_is_warned_of(report: Report) -> None:
    busy = read(*(row(name, [1.0]) for name in ("App", "Slow", "R")), machine=BUSY)
    assert "warning: the load was 3.2 before the start" in table(busy)
    assert "the load was 3.2 before the start" in report_page(busy)
    assert "warning" not in table(report)
    assert 'role="alert"' not in report_page(report)


def test_of_another_device_no_machine_is_known() -> None:
    elsewhere = read(*(row(name, [1.0]) for name in ("App", "Slow", "R")), machine=None)
    assert "load" not in table(elsewhere)
    assert elsewhere.to_json()["machine"] is None


def test_the_page_is_one_file_with_all_plots_and_escapes_what_others_wrote(report: Report) -> None:
    page = report_page(report)
    assert page.count("<svg") == 3
    assert "An &lt;app&gt;" in page
    assert "there is &lt;no&gt; GPU" in page
    assert "http" not in page


def test_the_page_of_nothing_measured_says_so() -> None:
    page = report_page(read(row("App", []), row("Slow", []), row("R", [])))
    assert "No backend could be measured." in page
    assert "<svg" not in page


def test_a_report_without_a_subject_is_refused_by_its_name() -> None:
    with pytest.raises(BenchError, match=r"lacks something .*'R'"):
        read(row("App", []), row("Slow", []))
