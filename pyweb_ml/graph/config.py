"""The graph as data: MediaPipe's `CalculatorGraphConfig`, in protobuf's JSON form with proto field names."""

from dataclasses import dataclass, field
from typing import Any

from pyweb_ml.errors import ConfigError

TYPE_URL = "type.googleapis.com/"


@dataclass
class NodeConfig:
    """One calculator and its edges; `input_stream` entries are "TAG:name", "TAG:index:name" or "name".

    Attributes:
        options: field values by MediaPipe's field names; kept as `node_options` with `options_type`.
    """

    calculator: str
    name: str = ""
    input_stream: list[str] = field(default_factory=list)
    output_stream: list[str] = field(default_factory=list)
    input_side_packet: list[str] = field(default_factory=list)
    output_side_packet: list[str] = field(default_factory=list)
    options_type: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class GraphConfig:
    """A whole graph: its nodes, and the streams that enter and leave it."""

    input_stream: list[str] = field(default_factory=list)
    output_stream: list[str] = field(default_factory=list)
    node: list[NodeConfig] = field(default_factory=list)


_STREAMS = ("input_stream", "output_stream", "input_side_packet", "output_side_packet")


def to_json(config: GraphConfig) -> dict[str, Any]:
    """The config as a JSON value; fields that hold nothing are left out."""
    whole = {"input_stream": config.input_stream, "output_stream": config.output_stream}
    return {**whole, "node": [_node_to_json(node) for node in config.node]}


def _node_to_json(node: NodeConfig) -> dict[str, Any]:
    given = {key: getattr(node, key) for key in ("name", "calculator", *_STREAMS) if getattr(node, key)}
    if node.options:
        given["node_options"] = [{"@type": TYPE_URL + node.options_type, **node.options}]
    return given


def from_json(value: Any) -> GraphConfig:
    """The config that a JSON value states.

    Raises:
        ConfigError: the value is not of the form that `to_json` gives.
    """
    fields = _fields("the graph", value, {"input_stream", "output_stream", "node"})
    nodes = fields.get("node", [])
    if not isinstance(nodes, list):
        raise ConfigError("the graph: 'node' must be a list")
    return GraphConfig(
        input_stream=_strings("the graph", fields, "input_stream"),
        output_stream=_strings("the graph", fields, "output_stream"),
        node=[_node_from_json(f"node {index}", node) for index, node in enumerate(nodes)],
    )


def _node_from_json(where: str, value: Any) -> NodeConfig:
    fields = _fields(where, value, {"name", "calculator", "node_options", *_STREAMS})
    if not isinstance(fields.get("calculator"), str) or not isinstance(fields.get("name", ""), str):
        raise ConfigError(f"{where}: 'calculator' and 'name' must be strings")
    options = dict(_only_options(where, fields.get("node_options", [])))
    options_type = str(options.pop("@type", "")).removeprefix(TYPE_URL)
    streams = {key: _strings(where, fields, key) for key in _STREAMS}
    return NodeConfig(
        fields["calculator"], fields.get("name", ""), **streams, options_type=options_type, options=options
    )


def _only_options(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, list) or len(value) > 1 or not all(isinstance(one, dict) for one in value):
        raise ConfigError(f"{where}: 'node_options' must be a list of at most one object")
    return value[0] if value else {}


def _fields(where: str, value: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} must be a JSON object")
    unknown = sorted(set(value) - known)
    if unknown:
        raise ConfigError(f"{where} has an unknown field '{unknown[0]}'; known are {', '.join(sorted(known))}")
    return value


def _strings(where: str, fields: dict[str, Any], key: str) -> list[str]:
    value = fields.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ConfigError(f"{where}: '{key}' must be a list of strings")
    return list(value)


def split_name(entry: str) -> tuple[str, str]:
    """The tag ("" for none) and the stream's name of an entry such as "IMAGE:frame" or "frame"."""
    tag, _, name = entry.rpartition(":")
    return tag.partition(":")[0], name
