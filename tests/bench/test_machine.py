"""What is said of the machine that measures."""

import os

import pytest

from pyweb_ml.bench.machine import BUSY, Machine, load


def test_the_machine_has_its_cores_and_the_load_of_before_and_now() -> None:
    found = Machine.now(0.5)
    assert found.cores == os.cpu_count()
    assert found.load_before == 0.5
    assert (found.load_after is None) == (load() is None)


@pytest.mark.parametrize("before", [None, 0.0, BUSY])
def test_an_idle_machine_or_one_that_does_not_say_is_not_warned_of(before: float | None) -> None:
    assert Machine("", 2, before, 9.0).warning == ""


def test_a_load_above_one_before_the_start_is_warned_of_with_its_number() -> None:
    assert Machine("", 2, 1.26, 0.0).warning.startswith(
        "warning: the load was 1.3 before the start: other programs"
    )


def test_a_system_without_a_load_average_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "getloadavg")
    assert load() is None
