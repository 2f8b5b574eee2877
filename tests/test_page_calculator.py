"""The page's Python as it runs in Pyodide: options that packets set, as on the desktop, and arrays by address."""

import ctypes
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.page import PageCalculator

kept: list[Any] = []


@pw.calculator
def repeated(frame: pw.Image, times: int = 1, word: str = "a", loud: bool = False) -> pw.Text:
    return (word * times).upper() if loud else word * times


@pw.calculator
def red(frame: pw.Image) -> pw.Image:
    return frame[..., :1].repeat(3, axis=2)


@pw.calculator
def keeps(frame: pw.Image) -> pw.Number:
    kept.append(frame[0])
    return len(kept)


@pw.calculator
def locks(frame: pw.Image) -> pw.Boolean:
    was = frame.flags.writeable
    frame.flags.writeable = False
    return was


@pw.calculator
def doubled(tensors: pw.Tensors) -> pw.Tensors:
    return [(2 * one.astype(np.float64)).T for one in tensors]


@pw.calculator
def summed(tensor: pw.Tensor) -> pw.Tensor:
    return np.array(tensor.sum(), np.int32)


@dataclass
class Smile(pw.Detection):
    width: float = 0.5


@pw.calculator
def smiles(detections: pw.Detections) -> pw.Detections:
    return [*detections, Smile("smile", np.float32(0.5), pw.Box(0, 0, 1, 1))]  # type: ignore[arg-type]


@pw.calculator
def unsure(number: pw.Number) -> pw.Number:
    return number * float("nan")


@pw.calculator
def fails(number: pw.Number) -> pw.Number:
    return number / 0


@pw.calculator
def mirrored(detections: pw.Detections) -> tuple[pw.Detections, pw.Number]:
    return detections, float("1")


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = ModuleType("the_app")
    for one in (repeated, red, keeps, locks, doubled, summed, smiles, unsure, fails, mirrored):
        setattr(made, one.__name__, one)
    monkeypatch.setitem(sys.modules, "the_app", made)
    yield
    kept.clear()


def create(name: str, *tags: str, **options: Any) -> PageCalculator:
    calculator = PageCalculator(name, "the_app", json.dumps({"options": options}), json.dumps(tags))
    assert calculator.open() is None
    return calculator


def process(calculator: PageCalculator, *items: Any) -> Any:
    """What it answers; arrays are given to it as the page gives them, and come out as the page reads them."""
    places = iter(range(len(items) + 9))

    def item(value: Any) -> Any:
        if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
            return [item(one) for one in value]
        if not isinstance(value, np.ndarray):
            return value
        place = next(places)
        address = calculator.room(place, value.dtype.name, *value.shape)
        ctypes.memmove(address, value.tobytes(), value.nbytes)
        return place

    return json.loads(calculator.process(json.dumps([item(one) for one in items])))


def array(sent: Any) -> np.ndarray[Any, Any]:
    address, dtype, shape = sent
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return np.frombuffer(ctypes.string_at(address, size), dtype).reshape(shape)


FRAME = np.arange(16, dtype=np.uint8).reshape(2, 2, 4)
FACE = ["face", 0.5, 0.1, 0.2, 0.3, 0.4, 0.15, 0.25, 0.35, 0.45]


@pytest.mark.parametrize(
    ("packets", "text"),
    [
        ({}, "ab"),
        ({"TIMES": 3}, "ababab"),
        ({"TIMES": None, "LOUD": True}, "AB"),
        ({"WORD": "x", "TIMES": 2}, "xx"),
    ],
)
def test_a_packet_takes_the_place_of_an_option(packets: dict[str, Any], text: str) -> None:
    calculator = create("repeated", "FRAME", *packets, word="ab")
    assert process(calculator, FRAME, *packets.values()) == [text]


def test_a_packet_that_the_option_cannot_be_is_refused_with_the_reason() -> None:
    failure = process(create("repeated", "FRAME", "TIMES"), FRAME, 1.5)
    assert failure["message"] == "ValueError: the option 'times' must be int, not 1.5"


def test_numpys_numbers_are_numbers() -> None:
    contract = repeated.__pywebml_contract__  # type: ignore[attr-defined]
    assert contract.options_with({}, {"times": np.int64(2), "loud": np.True_}) == {"times": 2, "loud": True}


def test_without_a_packet_that_it_needs_it_does_not_run() -> None:
    assert process(create("repeated", "FRAME", "TIMES"), None, 1.5) == []


def test_it_says_what_its_inputs_and_outputs_are() -> None:
    assert json.loads(create("repeated", "WORD", "FRAME").types) == [["Text", "Image"], ["Text"]]


def test_an_image_crosses_by_its_address_and_leaves_opaque() -> None:
    (sent,) = process(create("red", "FRAME"), FRAME)
    assert array(sent).tolist() == [[[0, 0, 0, 255], [4, 4, 4, 255]], [[8, 8, 8, 255], [12, 12, 12, 255]]]


def test_an_array_that_nobody_kept_is_used_again() -> None:
    calculator = create("red", "FRAME")
    first = calculator.room(0, "uint8", 2, 2, 4)
    for _ in range(3):
        process(calculator, FRAME)
        assert calculator.room(0, "uint8", 2, 2, 4) == first


def test_what_a_calculator_keeps_is_not_written_over() -> None:
    calculator = create("keeps", "FRAME")
    for brightness in (1, 2, 3):
        process(calculator, np.full((2, 2, 4), brightness, np.uint8))
    assert [one[0, 0] for one in kept] == [1, 2, 3]


def test_what_it_does_to_an_array_is_forgotten_with_the_next_frame() -> None:
    calculator = create("locks", "FRAME")
    assert [process(calculator, FRAME) for _ in range(2)] == [[True], [True]]


def test_frames_may_change_their_size() -> None:
    calculator = create("red", "FRAME")
    for height, width in ((2, 3), (3, 2), (2, 3)):
        (sent,) = process(calculator, np.full((height, width, 4), 7, np.uint8))
        assert array(sent)[..., 0].tolist() == [[7] * width] * height


def test_each_tensor_of_a_list_has_its_own_array() -> None:
    tensors = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array([[5], [6]], np.int32)]
    (sent,) = process(create("doubled", "TENSORS"), tensors)
    assert [one[1] for one in sent] == ["float32", "float32"]
    assert [array(one).tolist() for one in sent] == [[[0, 6], [2, 8], [4, 10]], [[10, 12]]]


def test_a_tensor_may_have_no_dimension() -> None:
    (sent,) = process(create("summed", "TENSOR"), np.array([1, 2], np.int32))
    assert (sent[2], array(sent).item()) == ([], 3)


def test_a_detection_of_the_users_own_class_keeps_its_fields() -> None:
    ((face, smile),) = process(create("smiles", "DETECTIONS"), [FACE])
    box = {"xmin": 0, "ymin": 0, "width": 1, "height": 1}
    assert face == FACE
    assert smile == {"label": "smile", "score": 0.5, "box": box, "keypoints": [], "width": 0.5}


def test_several_outputs_come_in_their_order() -> None:
    assert process(create("mirrored", "DETECTIONS"), [FACE]) == [[FACE], 1]


def test_what_is_no_number_cannot_leave_python() -> None:
    failure = process(create("unsure", "NUMBER"), 1)
    assert failure["message"].startswith("ValueError: Out of range float values are not JSON compliant")


def test_a_failures_stack_begins_in_the_users_code() -> None:
    failure = process(create("fails", "NUMBER"), 1)
    assert failure["message"] == "ZeroDivisionError: division by zero"
    assert Path(__file__).name in failure["stack"].splitlines()[1]
