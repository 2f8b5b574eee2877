"""The page's Python as it runs in Pyodide: options that packets set, as on the desktop."""

import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.page import PageCalculator


@pw.calculator
def repeated(frame: pw.Image, times: int = 1, word: str = "a", loud: bool = False) -> pw.Text:
    return (word * times).upper() if loud else word * times


class Frame:
    """An image as the page lends it."""

    shape, dtype = (2, 2, 4), "uint8"
    data = SimpleNamespace(assign_to=lambda array: array.fill(0))


class Texts:
    """A sink that keeps what is emitted as JSON."""

    def __init__(self) -> None:
        self.found: list[Any] = []

    def json(self, index: int, text: str) -> None:
        self.found.append(json.loads(text))


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> str:
    made = ModuleType("the_app")
    made.repeated = repeated  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "the_app", made)
    return "the_app"


def process(module: str, tags: list[str], payloads: list[Any]) -> tuple[list[Any], str]:
    calculator = PageCalculator("repeated", module, json.dumps({"options": {"word": "ab"}}))
    sink = Texts()
    assert calculator.open() is None
    failure = calculator.process(tags, payloads, sink)  # type: ignore[arg-type]  # the part that is used
    return sink.found, "" if failure is None else json.loads(failure)["message"]


@pytest.mark.parametrize(
    ("packets", "text"),
    [
        ({}, "ab"),
        ({"TIMES": "3"}, "ababab"),
        ({"TIMES": None, "LOUD": "true"}, "AB"),
        ({"WORD": '"x"', "TIMES": "2"}, "xx"),
    ],
)
def test_a_packet_takes_the_place_of_an_option(module: str, packets: dict[str, Any], text: str) -> None:
    assert process(module, ["FRAME", *packets], [Frame(), *packets.values()]) == ([text], "")


def test_a_packet_that_the_option_cannot_be_is_refused_with_the_reason(module: str) -> None:
    found, message = process(module, ["FRAME", "TIMES"], [Frame(), "1.5"])
    assert (found, message) == ([], "ValueError: the option 'times' must be int, not 1.5")


def test_numpys_numbers_are_numbers() -> None:
    contract = repeated.__pywebml_contract__  # type: ignore[attr-defined]
    assert contract.options_with({}, {"times": np.int64(2), "loud": np.True_}) == {"times": 2, "loud": True}
