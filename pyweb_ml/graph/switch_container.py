"""SwitchContainer: a node that stands for one of the nodes that its options contain.

Source: mediapipe/framework/tool/switch_container.cc. There the choice may also change while the graph runs, by a
stream; here it is made when the graph is expanded, so one by a stream is refused.
"""

from collections.abc import Mapping
from typing import Any, Final

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import GraphConfig, NodeConfig, from_json, split_entries

SWITCH_CONTAINER: Final = "SwitchContainer"
_CHOICES: Final = {"SELECT", "ENABLE"}
_VALUES: Final = ("int_value", "bool_value", "uint64_value")


def switched(config: GraphConfig, node: NodeConfig, side_packets: Mapping[str, Any]) -> NodeConfig:
    """The contained node that a SwitchContainer stands for, connected as the container is.

    The number of the node (SELECT, from 0), or whether it is the second (ENABLE), is the value of a side packet,
    else the option `select` or `enable`, else 0.

    Raises:
        ConfigError: there are both SELECT and ENABLE, there is no such node, or the choice is a stream.
    """
    where = f"the node '{node.name}'"
    for field in ("input_stream", "input_side_packet"):
        if len({tag for tag, _, _ in split_entries(getattr(node, field))} & _CHOICES) > 1:
            raise ConfigError(f"{where} has both {field}s 'SELECT' and 'ENABLE'; give one")
    if {"select", "enable"} <= node.options.keys():
        raise ConfigError(f"{where} has both options 'select' and 'enable'; give one")
    by_stream = [entry for entry in node.input_stream if entry.partition(":")[0] in _CHOICES]
    if by_stream:
        wrong = f"{where} switches by the stream '{by_stream[0]}'"
        raise ConfigError(f"{wrong}, which is not supported; switch by a side packet or an option")
    contained = _contained(where, node)
    choice = _choice(where, config, node, side_packets)
    if not 0 <= choice < len(contained):
        raise ConfigError(f"{where} selects {choice}, but contains {len(contained)} nodes, from 0")
    chosen = contained[choice]
    chosen.name = f"{node.name}__{chosen.name or chosen.calculator}"
    for field in ("input_stream", "output_stream", "input_side_packet", "output_side_packet"):
        setattr(chosen, field, [one for one in getattr(node, field) if one.partition(":")[0] not in _CHOICES])
    return chosen


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
        elif tag in _CHOICES and any(name == one.rpartition(":")[2] for one in _made(config)):
            wrong = f"{where} switches by the side packet '{name}', which another node makes while the graph opens"
            raise ConfigError(f"{wrong}; switch by one that is given, or by a ConstantSidePacketCalculator's")
    if not isinstance(stated, int):
        raise ConfigError(f"{where} is to select {stated!r}; give a whole number, or true or false")
    return int(stated)


def _made(config: GraphConfig) -> list[str]:
    return [entry for node in config.node for entry in node.output_side_packet]


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
