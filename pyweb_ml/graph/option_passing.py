"""Passing options into a graph's nodes: `option_value: "field:options/graph_field"`.

Source: mediapipe/framework/tool/options_util.cc and options_syntax_util.cc.
"""

import copy
from collections.abc import Mapping
from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import GraphConfig, NodeConfig
from pyweb_ml.graph.name_rules import node_names


def pass_options(config: GraphConfig, options: Mapping[str, Any]) -> None:
    """Gives each node with an `option_value` the values that it asks for, out of the graph's options.

    A field may lie deeper, as in "output_tensor_float_range/min:options/low"; "OPTIONS:options" passes all fields.
    A field that the graph's options do not have leaves the node's own value.

    Raises:
        ConfigError: an `option_value` cannot be read.
    """
    for name, node in zip(node_names(config), config.node, strict=True):
        for text in node.option_value:
            _pass(name, node, text, options)
        node.option_value = []


def _pass(name: str, node: NodeConfig, text: str, options: Mapping[str, Any]) -> None:
    to, colon, source = text.partition(":")
    path = source.lower().split("/")
    if not colon or not to or path[0] != "options":
        wrong = f"the node '{name}' has the option_value '{text}', which cannot be read"
        raise ConfigError(f"{wrong}; write it as 'field:options/graph_field'")
    value: Any = options
    for field in source.split("/")[1:]:
        if not isinstance(value, Mapping) or field not in value:
            return
        value = value[field]
    fields = [field for field in to.split("/") if field.lower() != "options"]
    _set(node.options, fields, copy.deepcopy(value))


def _set(options: dict[str, Any], path: list[str], value: Any) -> None:
    for field in path[:-1]:
        options = options.setdefault(field, {})
    if path:
        options[path[-1]] = value
    else:
        options.update(value)
