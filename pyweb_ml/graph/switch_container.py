"""SwitchContainer: a node that stands for one of the nodes that its options contain.

Where the choice is known before the run, the chosen node takes the container's place, and the others are not made.
Where a stream or another node says it, all are made, between a SwitchDemuxCalculator and a SwitchMuxCalculator.
Source: mediapipe/framework/tool/switch_container.cc, which always does the latter.
"""

import itertools
from collections.abc import Mapping
from typing import Any, Final

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import GraphConfig, HandlerConfig, NodeConfig, from_json, split_entries
from pyweb_ml.graph.name_rules import FIELDS

SWITCH_CONTAINER: Final = "SwitchContainer"
_CHOICES: Final = ("SELECT", "ENABLE")
_VALUES: Final = ("int_value", "bool_value", "uint64_value")
_GATES: Final = [f"{tag}:gate_{tag.lower()}" for tag in _CHOICES]
_CROSSED: Final = {
    "input_stream": "output_stream",
    "output_stream": "input_stream",
    "input_side_packet": "output_side_packet",
    "output_side_packet": "input_side_packet",
}
"""What a channel's port is to the demux or the mux that it is connected to."""


def switched(config: GraphConfig, node: NodeConfig, side_packets: Mapping[str, Any]) -> NodeConfig | GraphConfig:
    """What a SwitchContainer stands for: the chosen node, connected as the container is; or a subgraph of all.

    The number of the node (SELECT, from 0), or whether it is the second (ENABLE), is the value of a side packet,
    else the option `select` or `enable`, else 0; a stream SELECT or ENABLE changes it while the graph runs.

    Raises:
        ConfigError: there are both SELECT and ENABLE, or there is no such node.
    """
    where = f"the node '{node.name}'"
    _check(where, node)
    contained = _contained(where, node)
    choice = _choice(where, config, node, side_packets)
    if not 0 <= choice < len(contained):
        raise ConfigError(f"{where} selects {choice}, but contains {len(contained)} nodes, from 0")
    if _is_chosen_later(config, node, side_packets):
        return _all_channels(node, contained)
    chosen = contained[choice]
    chosen.name = f"{node.name}__{chosen.name or chosen.calculator}"
    for field in FIELDS:
        setattr(chosen, field, _data(node, field))
    return chosen


def _check(where: str, node: NodeConfig) -> None:
    for field in ("input_stream", "input_side_packet"):
        if len({tag for tag, _, _ in split_entries(getattr(node, field))} & set(_CHOICES)) > 1:
            raise ConfigError(f"{where} has both {field}s 'SELECT' and 'ENABLE'; give one")
    if {"select", "enable"} <= node.options.keys():
        raise ConfigError(f"{where} has both options 'select' and 'enable'; give one")
    if node.options.get("async_selection"):
        raise ConfigError(f"{where} has the option 'async_selection', which is not supported; leave it out")


def _data(node: NodeConfig, field: str) -> list[str]:
    """The entries of a field that are not the choice."""
    return [one for one in getattr(node, field) if one.partition(":")[0] not in _CHOICES]


def _is_chosen_later(config: GraphConfig, node: NodeConfig, side_packets: Mapping[str, Any]) -> bool:
    known = {**_constants(config), **side_packets}
    made = {entry.rpartition(":")[2] for one in config.node for entry in one.output_side_packet}
    sides = [name for tag, _, name in split_entries(node.input_side_packet) if tag in _CHOICES]
    by_stream = any(tag in _CHOICES for tag, _, _ in split_entries(node.input_stream))
    return by_stream or any(name in made and name not in known for name in sides)


def _all_channels(node: NodeConfig, contained: list[NodeConfig]) -> GraphConfig:
    """The subgraph of a demux, a mux, and between them all contained nodes."""
    demux, mux = (_end(node, f"Switch{kind}Calculator") for kind in ("Demux", "Mux"))
    sequencers = [_sequencer(tag) for tag, _, _ in split_entries(node.input_stream) if tag in _CHOICES]
    graph = GraphConfig(_GATES, input_side_packet=_GATES, node=[*sequencers, demux, mux, *contained])
    used: set[str] = set()
    for field in FIELDS:
        end = demux if field.startswith("input") else mux
        ports = [(tag, index, _unused(name, used)) for tag, index, name in split_entries(_data(node, field))]
        for part in (graph, end):
            _connect(part, field, ports)
        for channel, one in enumerate(contained):
            own = [(tag, index, f"c{channel}__{name}") for tag, index, name in ports]
            _connect(one, field, own)
            _connect(end, _CROSSED[field], [(f"C{channel}__{tag}", index, name) for tag, index, name in own])
        if field == "input_stream":
            for one in sequencers:
                _connect(one, field, [("TICK", tick, name) for tick, (_, _, name) in enumerate(ports)])
    return graph


def _sequencer(tag: str) -> NodeConfig:
    """What gives the choice timestamps before those of the packets that it counts for."""
    gate = f"gate_{tag.lower()}"
    handler = HandlerConfig("DefaultInputStreamHandler")
    return NodeConfig(
        "PacketSequencerCalculator",
        input_stream=[f"INPUT:{gate}"],
        output_stream=[f"OUTPUT:{gate}_timed"],
        input_stream_handler=handler,
    )


def _end(node: NodeConfig, calculator: str) -> NodeConfig:
    options = {name: value for name, value in node.options.items() if name != "contained_node"}
    choices = [tag for tag, _, _ in split_entries(node.input_stream) if tag in _CHOICES]
    return NodeConfig(
        calculator,
        input_stream=[f"{tag}:gate_{tag.lower()}_timed" for tag in choices],
        input_side_packet=_GATES,
        options_type=node.options_type,
        options=options,
    )


def _unused(name: str, used: set[str]) -> str:
    """The name, or where it is used already name_2, name_3, …"""
    found = next(
        one for one in itertools.chain([name], (f"{name}_{n}" for n in itertools.count(2))) if one not in used
    )
    used.add(found)
    return found


def _connect(part: NodeConfig | GraphConfig, field: str, ports: list[tuple[str, int, str]]) -> None:
    entries = [f"{tag}:{index}:{name}" if tag else name for tag, index, name in ports]
    setattr(part, field, getattr(part, field) + entries)


def _contained(where: str, node: NodeConfig) -> list[NodeConfig]:
    nodes = node.options.get("contained_node", [])
    try:
        return from_json({"node": nodes}).node
    except ConfigError as error:
        raise ConfigError(f"{where}, option 'contained_node': {error}") from error


def _choice(where: str, config: GraphConfig, node: NodeConfig, side_packets: Mapping[str, Any]) -> int:
    stated = node.options.get("select", node.options.get("enable", 0))
    values = {**_constants(config), **side_packets}
    for tag, _, name in split_entries(node.input_side_packet):
        if tag in _CHOICES and name in values:
            stated = values[name]
    if not isinstance(stated, int):
        raise ConfigError(f"{where} is to select {stated!r}; give a whole number, or true or false")
    return int(stated)


def _constants(config: GraphConfig) -> dict[str, Any]:
    """The values that ConstantSidePacketCalculators give, by side packet."""
    values: dict[str, Any] = {}
    for node in config.node:
        packets = node.options.get("packet", []) if node.calculator == "ConstantSidePacketCalculator" else []
        for _, index, name in split_entries(node.output_side_packet):
            stated = (
                [packets[index][key] for key in _VALUES if key in packets[index]] if index < len(packets) else []
            )
            if stated:
                values[name] = stated[0]
    return values
