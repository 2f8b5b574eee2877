"""Configs: what is not of their form is refused, with all broken rules at once."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import rules
from pyweb_ml.graph.config import (
    SIZE_LIMIT,
    GraphConfig,
    NodeConfig,
    from_json,
    parse_json,
    split_entries,
    split_name,
    to_json,
)
from pyweb_ml.graph.proto.export import TARGET, shapes_json

MALFORMED: list[tuple[Any, list[str]]] = json.loads((Path(__file__).parent / "malformed.json").read_text())
"""Values, and what the error says of each: a line for each problem, which begins so. The page reads them too."""


@pytest.mark.parametrize(("value", "problems"), MALFORMED, ids=[problems[0][:40] for _, problems in MALFORMED])
def test_a_malformed_config_is_refused_with_all_that_is_wrong(value: Any, problems: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        from_json(value)
    told = sorted(str(caught.value).splitlines())
    assert [line[: len(wanted)] for line, wanted in zip(told, problems, strict=False)] == problems
    assert len(told) == len(problems)


def test_the_page_reads_configs_by_the_same_table() -> None:
    assert TARGET.read_text() == shapes_json(), "run 'python -m pyweb_ml.graph.proto.export'"


WHOLE = {
    "input_stream": ["in"],
    "output_stream": ["out"],
    "input_side_packet": ["MODEL:model"],
    "output_side_packet": ["ANCHORS:anchors"],
    "max_queue_size": -1,
    "report_deadlock": True,
    "num_threads": 4,
    "executor": [
        {"name": "pool", "type": "ThreadPoolExecutor", "options": {"[mediapipe.XOptions.ext]": {"num_threads": 2}}}
    ],
    "input_stream_handler": {"input_stream_handler": "ImmediateInputStreamHandler"},
    "output_stream_handler": {"output_stream_handler": "InOrderOutputStreamHandler"},
    "profiler_config": {"trace_enabled": True, "trace_log_capacity": 5},
    "runtime_info": {"enable_graph_runtime_info": True, "capture_period_msec": 3000},
    "type": "WholeGraph",
    "package": "mediapipe",
    "graph_options": [{"@type": "type.googleapis.com/mediapipe.WholeOptions", "width": 3}],
    "node": [
        {
            "name": "node",
            "calculator": "SomeCalculator",
            "input_stream": ["A:in", "B:1:out"],
            "output_stream": ["out"],
            "input_side_packet": ["model"],
            "output_side_packet": ["anchors"],
            "node_options": [{"@type": "type.googleapis.com/mediapipe.SomeCalculatorOptions", "depth": 0.5}],
            "input_stream_info": [{"tag_index": "B:1", "back_edge": True}],
            "input_stream_handler": {
                "input_stream_handler": "SyncSetInputStreamHandler",
                "options": {
                    "[mediapipe.SyncSetInputStreamHandlerOptions.ext]": {"sync_set": [{"tag_index": [":0"]}]}
                },
            },
            "output_stream_handler": {"output_stream_handler": "InOrderOutputStreamHandler"},
            "max_in_flight": 2,
            "buffer_size_hint": 3,
            "source_layer": 1,
            "executor": "pool",
            "option_value": ["depth:options/width"],
        }
    ],
}


def test_every_field_survives_json() -> None:
    assert to_json(from_json(WHOLE)) == WHOLE
    assert parse_json(json.dumps(WHOLE)) == from_json(WHOLE)


def test_every_field_of_the_config_is_in_the_case_above() -> None:
    (node,) = from_json(WHOLE).node
    for part in (from_json(WHOLE), node):
        assert all(vars(part).values()), vars(part)


def test_options_are_read_in_the_older_form_too() -> None:
    older = {"calculator": "A", "options": {"[mediapipe.AOptions.ext]": {"depth": 1}}}
    newer = {"calculator": "A", "node_options": [{"@type": "type.googleapis.com/mediapipe.AOptions", "depth": 1}]}
    assert from_json({"node": [older]}) == from_json({"node": [newer]})


def test_of_options_in_both_forms_the_older_counts_and_two_types_are_refused() -> None:
    node = {
        "calculator": "A",
        "options": {"[mediapipe.AOptions.ext]": {"depth": 1}},
        "node_options": [{"@type": "type.googleapis.com/mediapipe.AOptions", "depth": 2}],
    }
    assert from_json({"node": [node]}).node[0].options == {"depth": 1}
    node["node_options"] = [{"@type": "type.googleapis.com/mediapipe.BOptions", "depth": 2}]
    with pytest.raises(
        ConfigError, match=r"node 0: 'options' and 'node_options' have different types, .*BOptions"
    ):
        from_json({"node": [node]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"node": [\n{"calculator": ', "line 2, column 16: the graph is no JSON"),
        ("[" * 100_000, "nested too deeply"),
        (" " * (SIZE_LIMIT + 1), f"characters long; the limit is {SIZE_LIMIT}"),
        (b"\xff{}", "no JSON in UTF-8"),
        ('{"num_threads": ' + "9" * 5000 + "}", "no JSON in UTF-8"),
    ],
    ids=["cut short", "nested", "long", "not UTF-8", "5000 digits"],
)
def test_a_text_that_is_no_config_is_refused(text: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        parse_json(text)


def test_entries_without_a_tag_are_numbered_by_position() -> None:
    assert split_entries(["a", "TAG:b", "TAG:1:c", "d"]) == [
        ("", 0, "a"),
        ("TAG", 0, "b"),
        ("TAG", 1, "c"),
        ("", 1, "d"),
    ]


@pytest.mark.parametrize(
    ("entry", "parts"),
    [("frame", ("", "frame")), ("IMAGE:frame", ("IMAGE", "frame")), ("IN:1:frame", ("IN", "frame"))],
)
def test_an_entry_splits_into_tag_and_name(entry: str, parts: tuple[str, str]) -> None:
    assert split_name(entry) == parts


def test_all_broken_rules_are_told_at_once() -> None:
    nodes = [
        NodeConfig("A", "a", ["in"], ["x"]),
        NodeConfig("B", "b", ["nowhere"], ["x"]),
        NodeConfig("Unknown", "c", ["x"], ["y"]),
    ]
    with pytest.raises(ConfigError) as caught:
        rules.check(GraphConfig(["in"], ["z"], nodes), {"A", "B"})
    assert str(caught.value).splitlines() == [
        "the node 'c' is a 'Unknown', which is no known calculator",
        "the stream 'x' has 2 producers, 'a', 'b'; a stream has one",
        "the node 'b' reads 'nowhere', which nothing produces",
        "the graph's output 'z' is produced by nothing",
    ]


def test_a_circle_is_refused_by_the_names_in_it() -> None:
    nodes = [NodeConfig("A", "a", ["in", "y"], ["x"]), NodeConfig("A", "b", ["x"], ["y"])]
    with pytest.raises(ConfigError, match="wait for each other in a circle: 'a', 'b'"):
        rules.check(GraphConfig(["in"], ["y"], nodes), {"A"})
