"""Configs: what is not of their form is refused, with all broken rules at once."""

from typing import Any

import pytest

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import rules
from pyweb_ml.graph.config import GraphConfig, NodeConfig, from_json, split_name

MALFORMED: list[tuple[Any, str]] = [
    ([], "the graph must be a JSON object"),
    ({"nodes": []}, "the graph has an unknown field 'nodes'"),
    ({"node": {}}, "'node' must be a list"),
    ({"node": [{"calculator": 1}]}, "node 0: 'calculator' and 'name' must be strings"),
    ({"node": [{"calculator": "A", "input_stream": "a"}]}, "node 0: 'input_stream' must be a list of strings"),
    ({"node": [{"calculator": "A", "node_options": [{}, {}]}]}, "'node_options' must be a list of at most one"),
]


@pytest.mark.parametrize(("value", "message"), MALFORMED, ids=[message for _, message in MALFORMED])
def test_a_malformed_config_is_refused_by_name(value: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        from_json(value)


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
        "the stream 'x' has 2 producers; a stream has one",
        "the node 'b' reads 'nowhere', which nothing produces",
        "the graph's output 'z' is produced by nothing",
    ]


def test_a_circle_is_refused_by_the_names_in_it() -> None:
    nodes = [NodeConfig("A", "a", ["in", "y"], ["x"]), NodeConfig("A", "b", ["x"], ["y"])]
    with pytest.raises(ConfigError, match="wait for each other in a circle: 'a', 'b'"):
        rules.check(GraphConfig(["in"], ["y"], nodes), {"A"})
