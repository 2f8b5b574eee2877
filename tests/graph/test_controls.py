"""Controls: defaults of a pipeline's parameters that become graph inputs, and what they may show."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw
from pyweb_ml.graph.controls import read_settings, settings
from pyweb_ml.runner import Scheduler


@pw.calculator
def told(frame: pw.Image, times: int = 1, word: str = "a", loud: bool = False) -> pw.Text:
    return (word * times).upper() if loud else word * times


@pw.calculator
def summed(frame: pw.Image, number: pw.Number, flag: pw.Boolean) -> pw.Number:
    return number + flag


def pipeline(
    frame: pw.Image,
    strength: pw.Number = pw.slider(0, 20, 8),
    fast: pw.Boolean = pw.checkbox(label="Go fast"),
    shape: pw.Text = pw.select(["round", "square"]),
    words: pw.Text = pw.text("hello", max_length=5),
) -> pw.Outputs:
    return {"sum": summed(frame, strength, fast), "text": told(frame, word=words, times=2)}


APP = pw.app(title="t")(pipeline)
CONTROLS = APP.trace().controls
FRAME = np.zeros((2, 2, 4), np.uint8)


def test_a_parameter_with_a_control_is_a_graph_input_that_no_source_feeds() -> None:
    graph = APP.trace()
    assert graph.inputs == {
        "frame": "Image",
        "strength": "Number",
        "fast": "Boolean",
        "shape": "Text",
        "words": "Text",
    }
    assert graph.sources == {"frame": "Image"}
    assert graph.config.input_stream == list(graph.inputs)


def test_the_manifest_states_what_a_page_needs_of_them() -> None:
    stated = [control.to_json(name) for name, control in CONTROLS.items()]
    assert json.loads(json.dumps(stated)) == [
        {
            "name": "strength",
            "kind": "slider",
            "label": "Strength",
            "value": 8,
            "min": 0,
            "max": 20,
            "step": 0.1,
        },
        {"name": "fast", "kind": "checkbox", "label": "Go fast", "value": False},
        {"name": "shape", "kind": "select", "label": "Shape", "value": "round", "choices": ["round", "square"]},
        {"name": "words", "kind": "text", "label": "Words", "value": "hello", "max_length": 5},
    ]


@pytest.mark.parametrize(("span", "step"), [(1, 0.01), (20, 0.1), (99, 0.1), (100, 1), (255, 1), (1e-3, 1e-5)])
def test_a_sliders_step_is_the_greatest_power_of_ten_that_makes_a_hundred_steps(span: float, step: float) -> None:
    assert pw.slider(0, span, 0).step == step


def test_an_app_called_with_payloads_takes_what_the_controls_show_at_first() -> None:
    assert APP(FRAME) == {"sum": 8, "text": "hellohello"}
    assert APP(FRAME, 2, fast=True) == {"sum": 3, "text": "hellohello"}


def run(app: Any, **given: object) -> dict[str, Any]:
    graph = app.trace()
    found: dict[str, Any] = {}
    with Scheduler(graph) as scheduler:
        for name in graph.outputs:
            scheduler.observe(name, lambda at, payload, name=name: found.__setitem__(name, payload))  # type: ignore[misc]
        scheduler.add(0, {"frame": FRAME, **settings(graph.controls, given)})
    return found


def test_each_frame_brings_what_the_controls_show() -> None:
    assert run(APP) == {"sum": 8, "text": "hellohello"}
    assert run(APP, strength=2.5, fast=True, words="x") == {"sum": 3.5, "text": "xx"}


def test_a_stream_may_set_the_option_of_a_calculator_and_other_options_stay() -> None:
    def setting(
        frame: pw.Image, times: pw.Number = pw.slider(0, 9, 3, step=1), loud: pw.Boolean = pw.checkbox()
    ) -> pw.Text:
        return told(frame, times=times, loud=loud, word="ab")  # type: ignore[arg-type]  # numbers for an int

    app = pw.app(title="t")(setting)
    node = app.trace().config.node[0]
    assert node.input_stream == ["FRAME:frame", "TIMES:times", "LOUD:loud"]
    assert node.options["options"] == {"word": "ab"}
    assert run(app) == {"output": "ababab"}
    assert run(app, times=1, loud=True) == {"output": "AB"}
    with pytest.raises(pw.CalculatorError, match=re.escape("the option 'times' must be int, not 1.5")):
        run(app, times=1.5)


def test_a_stream_may_set_the_sigma_of_a_blur() -> None:
    def blurred(frame: pw.Image, strength: pw.Number = pw.slider(0, 200, 8)) -> pw.Image:
        return pw.gaussian_blur(frame, sigma=strength)

    app = pw.app(title="t")(blurred)
    assert app.trace().config.node[0].input_stream == ["IMAGE:frame", "SIGMA:strength"]
    assert run(app, strength=3)["output"].shape == FRAME.shape
    with pytest.raises(pw.CalculatorError, match=re.escape("the option 'sigma' must be 0 to 108, not 150")):
        run(app, strength=150)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("strength", 20.5, "'strength' must be a number from 0 to 20, not 20.5"),
        ("strength", math.nan, "'strength' must be a number from 0 to 20, not nan"),
        ("strength", True, "'strength' must be a number from 0 to 20, not True"),
        ("strength", "4", "'strength' must be a number from 0 to 20, not '4'"),
        ("fast", 1, "'fast' must be true or false, not 1"),
        ("shape", "oval", "'shape' must be one of 'round', 'square', not 'oval'"),
        ("words", "longer", "'words' must be a text of at most 5 characters, not 'longer'"),
        ("words", "🙂🙂🙂", "'words' must be a text of at most 5 characters, not '🙂🙂🙂'"),
        ("strenght", 4, "there is no control 'strenght'; the app has 'strength', 'fast', 'shape', 'words'"),
    ],
)
def test_a_control_refuses_what_it_cannot_show(name: str, value: object, reason: str) -> None:
    with pytest.raises(pw.ControlError, match=re.escape(reason)):
        settings(CONTROLS, {name: value})


def test_texts_stand_for_values_of_each_kind() -> None:
    given = read_settings(CONTROLS, ["strength=2.5", "fast=true", "words=a=b"])
    assert given == {"strength": 2.5, "fast": True, "words": "a=b"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("strength", "'strength' sets no control; write NAME=VALUE"),
        ("strength=much", "'strength' must be a number from 0 to 20, not 'much'"),
        ("fast=yes", "'fast' must be true or false, not 'yes'"),
        ("speed=1", "there is no control 'speed'"),
    ],
)
def test_a_text_that_sets_no_control_is_refused(text: str, reason: str) -> None:
    with pytest.raises(pw.ControlError, match=re.escape(reason)):
        settings(CONTROLS, read_settings(CONTROLS, [text]))


def _wrong_type(frame: pw.Image, strength: pw.Text = pw.slider(0, 1, 0)) -> pw.Image:
    return frame


def _no_control(frame: pw.Image, strength: pw.Number = 3) -> pw.Image:
    return frame


def _no_source(strength: pw.Number = pw.slider(0, 1, 0)) -> pw.Number:
    return strength


def _word_of_addresses(frame: pw.Image, source: pw.Boolean = pw.checkbox()) -> pw.Image:
    return frame


def _no_such_stream(frame: pw.Image, strength: pw.Number = pw.slider(0, 1, 0)) -> pw.Tensors:
    return pw.image_to_tensor(frame, output_tensor_width=strength, output_tensor_height=2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (_wrong_type, "the parameter 'strength' of '_wrong_type' is pw.Text, but its slider gives pw.Number"),
        (_no_control, "has the default 3, but no source gives that; leave it out, or give it a control"),
        (_no_source, "'_no_source' takes no stream beside its controls; give it 'frame: pw.Image'"),
        (
            _word_of_addresses,
            "the parameter 'source' of '_word_of_addresses' cannot be a control: 'source' means something else in "
            "an address; choose another name, such as 'my_source'",
        ),
        (
            _no_such_stream,
            "'output_tensor_width' of 'image_to_tensor' must be int, not the Number stream 'strength'; "
            "no stream can set it",
        ),
    ],
)
def test_a_wrong_parameter_is_an_error(function: Callable[..., Any], reason: str) -> None:
    with pytest.raises(pw.AuthoringError, match=re.escape(reason)):
        pw.app(title="t")(function).trace()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: pw.slider(0, 20, 21), "a slider needs min < max and a value between, not 0, 20, 21"),
        (lambda: pw.slider(0, math.nan, 0), "a slider needs min < max"),
        (lambda: pw.slider(1, 1, 1), "a slider needs min < max"),
        (lambda: pw.slider(0, 1, 0, step=2), "a slider's step must be above 0 and at most max - min, not 2"),
        (lambda: pw.checkbox(1), "the checkbox's value must be true or false, not 1"),  # type: ignore[arg-type]
        (lambda: pw.select([]), "select needs a list of words to choose from"),
        (lambda: pw.select("ab"), "select needs a list of words to choose from"),
        (lambda: pw.select(["a", "a"]), "select's choices must differ"),
        (lambda: pw.select(["a"], "b"), "the select's value must be one of 'a', not 'b'"),
        (lambda: pw.text("abc", max_length=2), "the text's value must be a text of at most 2 characters"),
    ],
)
def test_a_wrong_control_is_an_error_at_its_line(make: Callable[[], Any], reason: str) -> None:
    with pytest.raises(pw.AuthoringError, match=re.escape(reason)) as refused:
        make()
    assert "test_controls.py:" in str(refused.value)


def test_a_calculator_takes_no_control() -> None:
    def stronger(frame: pw.Image, strength: pw.Number = pw.slider(0, 1, 0)) -> pw.Image:
        return frame

    with pytest.raises(
        pw.AuthoringError, match="the parameter 'strength' has a slider; give that to a parameter of"
    ):
        pw.calculator(stronger)
