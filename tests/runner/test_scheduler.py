"""The desktop scheduler: timestamps, bounds, calculator life, errors."""

from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.errors import CalculatorError, ConfigError
from pyweb_ml.runner import Scheduler
from pyweb_ml.runner.input_policy import DefaultInputStreamHandler
from pyweb_ml.runner.input_queue import InputQueue
from pyweb_ml.runner.sync_set import Readiness

events: list[str] = []


@pw.calculator
def only_even(number: pw.Number) -> pw.Number | None:
    return number if number % 2 == 0 else None


@pw.calculator
def both(a: pw.Number | None, b: pw.Number) -> pw.Text:
    return f"{a},{b}"


@pw.calculator
class Total:
    def open(self) -> None:
        events.append("open")
        self.total = 0.0

    def process(self, number: pw.Number) -> pw.Number:
        self.total += number
        return self.total

    def close(self) -> None:
        events.append("close")


@pw.calculator
def fails(number: pw.Number) -> pw.Number:
    raise ValueError("no such luck")


@pw.calculator
def lies(number: pw.Number) -> pw.Image:
    return np.zeros((2, 2), np.uint8)


def run(app: Any, numbers: list[float]) -> dict[str, list[tuple[int, Any]]]:
    graph = app.trace()
    seen: dict[str, list[tuple[int, Any]]] = {name: [] for name in graph.outputs}
    with Scheduler(graph) as scheduler:
        for name, packets in seen.items():
            scheduler.observe(name, lambda at, payload, packets=packets: packets.append((at, payload)))  # type: ignore[misc]
        for at, number in enumerate(numbers):
            scheduler.add(at, {"number": number})
    return seen


def test_a_calculator_that_emits_nothing_settles_the_timestamp_for_what_follows() -> None:
    @pw.app(title="t")
    def app(number: pw.Number) -> pw.Text:
        return both(only_even(number), number)

    assert run(app, [0, 1, 2])["output"] == [(0, "0,0"), (1, "None,1"), (2, "2,2")]


def test_a_required_input_without_a_packet_leaves_the_calculator_out() -> None:
    @pw.app(title="t")
    def app(number: pw.Number) -> pw.Number:
        return only_even(only_even(number))

    assert run(app, [0, 1, 2])["output"] == [(0, 0), (2, 2)]


def test_state_lives_for_one_run_and_open_and_close_frame_it() -> None:
    @pw.app(title="t")
    def app(number: pw.Number) -> pw.Number:
        return Total().process(number)

    events.clear()
    assert run(app, [1, 2, 3])["output"] == [(0, 1), (1, 3), (2, 6)]
    assert run(app, [1])["output"] == [(0, 1)]
    assert events == ["open", "close"] * 2


def test_one_stream_may_feed_two_inputs_of_one_calculator() -> None:
    @pw.app(title="t")
    def app(number: pw.Number) -> pw.Text:
        return both(number, number)

    assert run(app, [4])["output"] == [(0, "4,4")]


def test_a_failing_calculator_is_named_with_its_timestamp_and_what_was_opened_is_closed() -> None:
    @pw.app(title="t")
    def app(number: pw.Number) -> pw.Number:
        return fails(Total().process(number))

    events.clear()
    with pytest.raises(
        CalculatorError, match=r"the calculator 'fails' failed at timestamp 0: ValueError: no such"
    ):
        run(app, [1])
    assert events == ["open", "close"]


def test_a_result_of_the_wrong_type_is_named() -> None:
    @pw.app(title="t")
    def app(number: pw.Number) -> pw.Image:
        return lies(number)

    message = r"'lies' .* no Image: an Image is uint8 \(height, width, 3 or 4\), not uint8 \(2, 2\)"
    with pytest.raises(CalculatorError, match=message):
        run(app, [1])


def test_timestamps_must_rise() -> None:
    @pw.app(title="t")
    def app(number: pw.Number) -> pw.Number:
        return only_even(number)

    with Scheduler(app.trace()) as scheduler:
        scheduler.add(5, {"number": 1})
        with pytest.raises(ConfigError, match="a packet at timestamp 5 comes too late"):
            scheduler.add(5, {"number": 2})


def test_an_unknown_input_is_refused_by_name() -> None:
    @pw.app(title="t")
    def app(number: pw.Number) -> pw.Number:
        return only_even(number)

    with (
        Scheduler(app.trace()) as scheduler,
        pytest.raises(ConfigError, match="the graph has no input 'nmuber'; it has number"),
    ):
        scheduler.add(0, {"nmuber": 1})


def test_a_timestamp_is_ready_once_no_input_can_still_bring_a_packet_for_it() -> None:
    a, b = InputQueue(), InputQueue()
    policy = DefaultInputStreamHandler({("", 0): a, ("", 1): b}, {}, process_bounds=False)
    a.add(10, "a")
    assert policy.readiness()[0] is Readiness.WAIT
    b.advance(10)
    assert policy.readiness()[0] is Readiness.WAIT
    b.advance(11)
    assert policy.readiness() == (Readiness.PROCESS, 10)
    b.add(20, "b")
    assert policy.readiness() == (Readiness.PROCESS, 10)
