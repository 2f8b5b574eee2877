"""The rules that a graph config must obey before it may run; all problems of a config are found at once.

Source: mediapipe/framework/validated_graph_config.cc and mediapipe/framework/tool/validate_name.cc, tag_map.cc.
"""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_entries, split_name
from pyweb_ml.graph.name_rules import back_edges, name_problems, node_names
from pyweb_ml.graph.port_rules import port_problems
from pyweb_ml.graph.setting_rules import setting_problems


def check(config: GraphConfig, known: Iterable[str]) -> None:
    """Proves that a config without subgraphs can be run.

    Args:
        known: the names of all calculators; as a mapping to their contracts, types and options are checked too.

    Raises:
        ConfigError: names every problem, one a line, with its node and stream.
    """
    contracts = known if isinstance(known, Mapping) else dict.fromkeys(known)
    problems = list(name_problems(config))
    if not problems:
        problems = [*_unknown(config, contracts), *setting_problems(config, contracts)]
        problems += [*_producers(config), *_consumers(config), *port_problems(config, contracts)]
    if not problems:
        problems = list(_cycles(config))
    if problems:
        raise ConfigError("\n".join(dict.fromkeys(problems)))


def _unknown(config: GraphConfig, known: Mapping[str, Any]) -> Iterator[str]:
    for name, node in zip(node_names(config), config.node, strict=True):
        if node.calculator not in known:
            yield f"the node '{name}' is a '{node.calculator}', which is no known calculator"


def _producers(config: GraphConfig) -> Iterator[str]:
    makers: dict[tuple[str, str], list[str]] = {}
    for kind, entries in (("stream", config.input_stream), ("side packet", config.input_side_packet)):
        for entry in entries:
            makers.setdefault((kind, split_name(entry)[1]), []).append("the graph's input")
    for name, node in zip(node_names(config), config.node, strict=True):
        for key in _made_by(node):
            makers.setdefault(key, []).append(f"'{name}'")
    for (kind, name), by in makers.items():
        if len(by) > 1:
            yield f"the {kind} '{name}' has {len(by)} producers, {', '.join(by)}; a {kind} has one"


def _consumers(config: GraphConfig) -> Iterator[str]:
    """Streams that nothing makes; a side packet that no node makes may be given when the run starts."""
    made = {split_name(entry)[1] for entry in _streams_made(config)}
    for node_name, node in zip(node_names(config), config.node, strict=True):
        for entry in node.input_stream:
            if split_name(entry)[1] not in made:
                yield f"the node '{node_name}' reads '{split_name(entry)[1]}', which nothing produces"
    for entry in config.output_stream:
        if split_name(entry)[1] not in made:
            yield f"the graph's output '{entry}' is produced by nothing"
    side = {split_name(entry)[1] for entry in _side_packets_made(config)}
    for entry in config.output_side_packet:
        if split_name(entry)[1] not in side:
            yield f"the graph's output side packet '{entry}' is produced by nothing"


def _streams_made(config: GraphConfig) -> list[str]:
    return config.input_stream + [entry for node in config.node for entry in node.output_stream]


def _side_packets_made(config: GraphConfig) -> list[str]:
    return config.input_side_packet + [entry for node in config.node for entry in node.output_side_packet]


def _cycles(config: GraphConfig) -> Iterator[str]:
    names = node_names(config)
    maker = {key: index for index, node in enumerate(config.node) for key in _made_by(node)}
    before = {
        index: {maker[key] for key in _needed_by(node) if key in maker} for index, node in enumerate(config.node)
    }
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        circle: list[int] = error.args[1][:-1]
        start = circle.index(min(circle))
        told = ", ".join(f"'{names[index]}'" for index in circle[start:] + circle[:start])
        advice = "mark one of their inputs with 'input_stream_info { tag_index: … back_edge: true }'"
        yield f"these nodes wait for each other in a circle: {told}; {advice}"


def _made_by(node: NodeConfig) -> list[tuple[str, str]]:
    streams = [("stream", split_name(entry)[1]) for entry in node.output_stream]
    return streams + [("side packet", split_name(entry)[1]) for entry in node.output_side_packet]


def _needed_by(node: NodeConfig) -> set[tuple[str, str]]:
    back = back_edges(node)
    streams = {
        ("stream", name) for tag, index, name in split_entries(node.input_stream) if (tag, index) not in back
    }
    return streams | {("side packet", split_name(entry)[1]) for entry in node.input_side_packet}
