"""MediaPipe's text form of a graph: read and written without loss; an error says line, node and field."""

import json
import random
import re
import subprocess
import sys
from typing import Any

import pytest

import pyweb_ml  # noqa: F401  # registers the standard calculators, whose options the texts name
from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import SIZE_LIMIT, from_json, parse_json, to_json
from pyweb_ml.graph.contract import REGISTRY
from pyweb_ml.graph.pbtxt import from_text, to_text
from pyweb_ml.graph.proto.shapes import FRAMEWORK, LONG, options_shape
from pyweb_ml.graph.standard_form import standardise
from tests.graph.test_config import WHOLE

TEXT = """\
# One of each.
input_stream: "in"
node {
  calculator: "PassThroughCalculator"
}
node {
  name: "first"
  calculator: 'ImageToTensorCalculator' input_stream: "IMAGE:in"
  output_stream: "TENSORS:tensors"
  node_options: {
    [type.googleapis.com/mediapipe.ImageToTensorCalculatorOptions] {
      output_tensor_width: 3
      output_tensor_float_range { min: -1.0 max: 0.5 }
      border_mode: BORDER_ZERO
    }
  }
}
"""


def test_a_text_becomes_a_config() -> None:
    config = from_text(TEXT)
    assert config.input_stream == ["in"]
    assert [node.calculator for node in config.node] == ["PassThroughCalculator", "ImageToTensorCalculator"]
    node = config.node[1]
    assert (node.name, node.input_stream, node.output_stream) == ("first", ["IMAGE:in"], ["TENSORS:tensors"])
    assert node.options_type == "mediapipe.ImageToTensorCalculatorOptions"
    assert node.options == {
        "output_tensor_width": 3,
        "output_tensor_float_range": {"min": -1, "max": 0.5},
        "border_mode": "BORDER_ZERO",
    }


def test_where_mediapipe_computes_is_read_and_written_and_has_no_effect() -> None:
    text = """node {
      calculator: "InferenceCalculator" input_stream: "TENSORS:a" output_stream: "TENSORS:b"
      options: { [mediapipe.InferenceCalculatorOptions.ext] {
        model_path: "a.tflite" delegate { xnnpack { num_threads: 2 } }
      } }
    }"""
    config = from_text(text)
    assert config.node[0].options["delegate"] == {"xnnpack": {"num_threads": 2}}
    assert from_text(to_text(config)) == config
    standardise(config, REGISTRY)
    assert config.node[0].options == {"model_path": "a.tflite"}


def test_the_older_form_of_options_reads_alike() -> None:
    older = (
        TEXT.replace("node_options", "options")
        .replace("type.googleapis.com/", "")
        .replace("Options]", "Options.ext]")
    )
    assert from_text(older) == from_text(TEXT)


KNOWN = {
    "mediapipe.XOptions": "mediapipe.ThreadPoolExecutorOptions",
    "mediapipe.SomeCalculatorOptions": "mediapipe.DetectionsToRenderDataCalculatorOptions",
    "mediapipe.WholeOptions": "mediapipe.ImageToTensorCalculatorOptions",
    "'depth'": "'thickness'",
    "'width'": "'output_tensor_width'",
}


def test_every_field_of_the_config_survives_text() -> None:
    stated = repr(WHOLE)
    for made_up, known in KNOWN.items():
        stated = stated.replace(made_up, known)
    config = from_json(eval(stated))  # the literal above, with options that exist
    assert from_text(to_text(config)) == config


def _example(shape: Any) -> Any:
    """A value of a shape of pyweb_ml.graph.proto."""
    if isinstance(shape, list):
        return [_example(shape[0])] * 2
    if isinstance(shape, dict):
        return {name: _example(one) for name, one in shape.items()}
    examples = {str: "text", int: -7, float: 0.1, bool: False, LONG: 2**40, dict: {"n": 2, "deep": [{"er": None}]}}
    return shape[-1] if isinstance(shape, tuple) else examples.get(shape, {"calculator": "Inner"})


OPTIONS = {one.options_type: options_shape(one.options) for one in REGISTRY.values()} | FRAMEWORK


@pytest.mark.parametrize("type", sorted(type for type in OPTIONS if OPTIONS[type]))
def test_every_option_of_every_calculator_and_policy_survives_text(type: str) -> None:
    options = {"@type": f"type.googleapis.com/{type}", **_example(OPTIONS[type])}
    config = from_json({"node": [{"calculator": "A", "node_options": [options]}]})
    assert from_text(to_text(config)) == config


def test_numbers_keep_their_value_in_text() -> None:
    url = "type.googleapis.com/mediapipe."
    numbers = {"min_scale": 0.1484375, "max_scale": 0.1, "num_layers": -(2**31), "aspect_ratios": [1e300, 1]}
    times = {"in_flight_timeout": 2**62, "max_in_flight": 0}
    nodes = [
        {"calculator": "A", "node_options": [{"@type": f"{url}SsdAnchorsCalculatorOptions", **numbers}]},
        {"calculator": "B", "node_options": [{"@type": f"{url}FlowLimiterCalculatorOptions", **times}]},
    ]
    config = from_json({"node": nodes})
    read = from_text(to_text(config))
    assert [node.options for node in read.node] == [numbers, times]


MISTAKES = [
    ("output_tensor_width", "output_tensor_wdth",
     "line 12, column 7, node 1 ('first'), field 'output_tensor_wdth': "
     "'mediapipe.ImageToTensorCalculatorOptions' has no field 'output_tensor_wdth'; "
     "did you mean 'output_tensor_width'?"),
    ("BORDER_ZERO", "ZERO", "line 14, column 20, node 1 ('first'), field 'border_mode': "
     "there is no value 'ZERO'; there are BORDER_ZERO, BORDER_REPLICATE"),
    ("width: 3", "width: three", "field 'output_tensor_width': Couldn't parse integer: three"),
    ("width: 3", "width: 3000000000", "field 'output_tensor_width': Value out of range"),
    ("ImageToTensorCalculatorOptions", "NoOptions", "line 11, column 26, node 1 ('first'), "
     "field '[type.googleapis.com/mediapipe.NoOptions]': the options 'mediapipe.NoOptions' are not known"),
    ('"PassThroughCalculator"', "PassThrough",
     "line 4, column 15, node 0, field 'calculator': Expected string but found: 'PassThrough'"),
    ('calculator: "PassThroughCalculator"', 'name: "nameless"', "line 3: node 0 ('nameless') has no 'calculator'"),
    ("# One", "nodes { } # One", "line 1, column 1, field 'nodes': "
     "'mediapipe.CalculatorGraphConfig' has no field 'nodes'; did you mean 'node'?"),
    ("'ImageToTensorCalculator'", "'Image",
     "line 8, column 15, node 1 ('first'), field 'calculator': String missing ending quote"),
    ('"first"', '"fir\\st"', "line 7: a string has the unknown escape '\\s'"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES, ids=[wrong for _, wrong, _ in MISTAKES])
def test_a_mistake_is_named_with_line_node_and_field(right: str, wrong: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        from_text(TEXT.replace(right, wrong, 1))


def test_options_in_bytes_of_a_type_that_is_not_known_are_refused_by_name() -> None:
    options = 'node_options { type_url: "a.b/c.DOptions" value: "x" }'
    text = 'node { calculator: "A" }\nnode {\n calculator: "B" ' + options + " }"
    with pytest.raises(ConfigError, match=r"line 3, .*node 1 \('B'\).*: the options 'c\.DOptions' are not known"):
        from_text(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT[:-10], "line 14, column 20, node 1 ('first'), field 'border_mode': Expected"),
        ("node {" * 10_000, "line 1: the graph is nested more than 64 levels deep"),
        ("a" * 100_000_000, f"the graph is 100000000 characters long; the limit is {SIZE_LIMIT}"),
        (TEXT.encode() + b"\xff", "line 18: the graph is no text in UTF-8"),
    ],
    ids=["cut short", "nested 10,000 deep", "100 MB", "not UTF-8"],
)
def test_a_text_that_is_damaged_is_one_error(text: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        from_text(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000


def _damaged(random: random.Random, text: str) -> str:
    for _ in range(random.randint(1, 4)):
        at, length = random.randrange(len(text) + 1), random.randrange(12)
        piece = random.choice(
            ["", "", "{", "}", '"', "[", ":", "\\", "\0", "9" * 30, "é", text[at : at + 40], "name: 1"]
        )
        text = text[:at] + piece + text[at + length :]
    return text


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_done_to_a_text_it_is_a_config_or_one_config_error(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        text = _damaged(chance, TEXT)
        try:
            config = from_text(text)
        except ConfigError:
            pass
        else:
            assert from_text(to_text(config)) == config, text


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_done_to_a_json_text_it_is_a_config_or_one_config_error(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        text = _damaged(chance, json.dumps(WHOLE))
        try:
            config = parse_json(text)
        except ConfigError:
            pass
        else:
            assert from_json(to_json(config)) == config, text


def test_importing_the_package_needs_no_protobuf() -> None:
    block = "import sys; sys.modules['google.protobuf'] = None; "
    used = (
        "import pyweb_ml; from pyweb_ml.graph import rules, subgraph, config, drawing; print(pyweb_ml.__version__)"
    )
    done = subprocess.run([sys.executable, "-c", block + used], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
