"""Expanding subgraphs: each node that stands for a whole graph makes room for that graph's nodes.

Source: mediapipe/framework/tool/subgraph_expansion.cc. As there, inner names are prefixed "<node>__", the nodes of
a subgraph follow those of the graph around it, and executors that a subgraph declares do not count.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_entries
from pyweb_ml.graph.name_rules import FIELDS, node_names, split_tag_index
from pyweb_ml.graph.option_passing import pass_options
from pyweb_ml.graph.switch_container import SWITCH_CONTAINER, switched

Find = Callable[[str], GraphConfig | None]
"""The subgraph of a name, or None where there is none."""

DEPTH_LIMIT: Final = 32
"""Subgraphs within subgraphs."""
NODE_LIMIT: Final = 100_000
_CALCULATORS_ALONE: Final = (
    "source_layer", "buffer_size_hint", "input_stream_handler", "input_stream_info", "executor", "max_in_flight"
)  # fmt: skip


def expand(config: GraphConfig, find: Find, side_packets: Mapping[str, Any] | None = None) -> GraphConfig:
    """The config with calculators alone, each with a name of its own; `config` stays as it is.

    Args:
        side_packets: values of the graph's input side packets, as far as they are known; a SwitchContainer
            chooses by them.

    Raises:
        ConfigError: a subgraph contains itself, its node has a tag that it lacks or a field that only calculators
            have, an option that is to be passed is not there, or a SwitchContainer cannot choose.
    """
    whole = copy.deepcopy(config)
    pass_options(whole, whole.options)
    for _ in range(DEPTH_LIMIT):
        for name, node in zip(node_names(whole), whole.node, strict=True):
            node.name = name
        if not any(_stands_for_nodes(node, find) for node in whole.node):
            return whole
        _expand_once(whole, find, side_packets or {})
    last = next(node for node in whole.node if _stands_for_nodes(node, find))
    raise ConfigError(f"the subgraph '{last.calculator}' contains itself, by way of the node '{last.name[:80]}'")


def _stands_for_nodes(node: NodeConfig, find: Find) -> bool:
    return node.calculator == SWITCH_CONTAINER or find(node.calculator) is not None


def _expand_once(whole: GraphConfig, find: Find, side_packets: Mapping[str, Any]) -> None:
    kept = [node for node in whole.node if not _stands_for_nodes(node, find)]
    inner: list[NodeConfig] = []
    for node in whole.node:
        subgraph = find(node.calculator)
        if node.calculator == SWITCH_CONTAINER:
            _refuse_calculator_fields(node)
            stands_for = switched(whole, node, side_packets)
            if isinstance(stands_for, GraphConfig):
                inner += _inner_nodes(node, stands_for)
            else:
                pass_options(GraphConfig(node=[stands_for]), node.options)
                inner.append(stands_for)
        elif subgraph is not None:
            inner += _inner_nodes(node, copy.deepcopy(subgraph))
        if len(kept) + len(inner) > NODE_LIMIT:
            raise ConfigError(f"the subgraph '{node.calculator}' makes the graph larger than {NODE_LIMIT} nodes")
    whole.node = kept + inner


def _inner_nodes(node: NodeConfig, subgraph: GraphConfig) -> list[NodeConfig]:
    """The nodes that take the place of a subgraph's node."""
    _refuse_calculator_fields(node)
    pass_options(subgraph, {**subgraph.options, **node.options})
    prefix = "".join("_" if letter in ". :" else letter for letter in node.name.lower()) + "__"
    for name, inner in zip(node_names(subgraph), subgraph.node, strict=True):
        inner.name = prefix + name
    streams, unconnected = _connections(node, subgraph, "input_stream", "output_stream")
    sides, unset = _connections(node, subgraph, "input_side_packet", "output_side_packet")
    for inner in subgraph.node:
        inner.input_stream_info = _kept_info(inner, unconnected)
        for field in FIELDS:
            names, gone = (sides, unset) if field.endswith("side_packet") else (streams, unconnected)
            setattr(inner, field, _renamed(getattr(inner, field), prefix, names, gone, field.startswith("input")))
    return subgraph.node


def _refuse_calculator_fields(node: NodeConfig) -> None:
    for field in _CALCULATORS_ALONE:
        if getattr(node, field):
            wrong = f"the node '{node.name}' is the subgraph '{node.calculator}', so it may not have '{field}'"
            raise ConfigError(f"{wrong}, which only calculators have; give it to a node of the subgraph")


def _connections(node: NodeConfig, subgraph: GraphConfig, *fields: str) -> tuple[dict[str, str], set[str]]:
    """For inner names the outer names, and the inner names of the inputs that the node leaves unconnected."""
    names: dict[str, str] = {}
    for field in fields:
        inner = {(tag, index): name for tag, index, name in split_entries(getattr(subgraph, field))}
        for tag, index, outer in split_entries(getattr(node, field)):
            if (tag, index) not in inner:
                known = ", ".join(f"'{one}:{place}'" for one, place in inner) or "none"
                wrong = f"the subgraph '{node.calculator}' has no {field} '{tag}:{index}'; it has {known}"
                raise ConfigError(f"the node '{node.name}': {wrong}")
            if inner[tag, index] in names:
                raise ConfigError(
                    f"the node '{node.name}': the subgraph '{node.calculator}' gives out '{inner[tag, index]}' "
                    "twice, or as it came in; put a PassThroughCalculator between"
                )
            names[inner[tag, index]] = outer
    inputs = {name for _, _, name in split_entries(getattr(subgraph, fields[0]))}
    return names, inputs - set(names)


def _renamed(entries: list[str], prefix: str, names: Mapping[str, str], gone: set[str], inputs: bool) -> list[str]:
    """The entries with outer names; inputs that nothing is connected to are left out."""
    split = [(*entry.rpartition(":")[:2], entry.rpartition(":")[2]) for entry in entries]
    return [
        tag + colon + names.get(name, prefix + name) for tag, colon, name in split if not (inputs and name in gone)
    ]


def _kept_info(node: NodeConfig, unconnected: set[str]) -> list[Any]:
    gone = {(tag, index) for tag, index, name in split_entries(node.input_stream) if name in unconnected}
    return [info for info in node.input_stream_info if split_tag_index(info.tag_index) not in gone]
