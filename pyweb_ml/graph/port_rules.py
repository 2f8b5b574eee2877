"""Rules of ports: what a calculator's contract says of its inputs and outputs, and the types of streams."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_entries
from pyweb_ml.graph.contract import Contract, InputPort, OutputPort
from pyweb_ml.graph.name_rules import node_names

Port = InputPort | OutputPort
_PASSING: Final = ("PassThrough", "FlowLimiter", "RealTimeFlowLimiter", "Gate", "PacketCloner", "PacketThinner")
PASSING: Final = frozenset(f"{name}Calculator" for name in (*_PASSING, "PacketResampler", "Merge"))
"""Calculators that direct packets and leave them as they are (mediapipe/calculators/core)."""
SWITCHES: Final = ("SwitchDemuxCalculator", "SwitchMuxCalculator")
"""The parts of a SwitchContainer."""


def port_problems(config: GraphConfig, contracts: Mapping[str, Any]) -> Iterator[str]:
    """Where a config does not fit the contracts of its calculators; one without a contract takes anything."""
    types = stream_types(config, contracts)
    for name, node in zip(node_names(config), config.node, strict=True):
        contract = contracts.get(node.calculator)
        if isinstance(contract, Contract):
            yield from _unknown_ports(name, node, contract)
            yield from _missing_inputs(name, node, contract)
            yield from _wrong_types(name, node, contract, types)


def stream_types(config: GraphConfig, contracts: Mapping[str, Any]) -> dict[str, str]:
    """The type of each stream and side packet as far as contracts tell: what makes it, or else what takes it.

    What `PASSING` names passes its untagged input i on as its untagged output i; a switch its TAG:i by channels.
    """
    types: dict[str, str] = {}
    for node in config.node:
        types.update(_given(contracts.get(node.calculator), node.output_stream, node.output_side_packet))
    taken: dict[str, str] = {}
    for node in config.node:
        for stream, type in _taken(contracts.get(node.calculator), node.input_stream, node.input_side_packet):
            taken.setdefault(stream, type)
    passed = [pair for node in config.node if node.calculator in {*PASSING, *SWITCHES} for pair in _pairs(node)]
    _spread(types, passed)
    types = {**taken, **types}
    _spread(types, [(after, before) for before, after in passed])
    return types


def _spread(types: dict[str, str], pairs: list[tuple[str, str]]) -> None:
    """Carries known types over pairs of streams of one type, from the first to the second, as far as they go."""
    following: dict[str, list[str]] = {}
    for before, after in pairs:
        following.setdefault(before, []).append(after)
    waiting = list(types)
    while waiting:
        stream = waiting.pop()
        for after in following.get(stream, ()):
            if after not in types:
                types[after] = types[stream]
                waiting.append(after)


def _pairs(node: NodeConfig) -> list[tuple[str, str]]:
    """Inputs and the outputs to which they are passed on."""
    inputs, outputs = split_entries(node.input_stream), split_entries(node.output_stream)
    return [
        (name, other)
        for tag, index, name in inputs
        for other_tag, other_index, other in outputs
        if index == other_index and _is_passed(node.calculator, tag, other_tag)
    ]


def _is_passed(calculator: str, tag: str, output_tag: str) -> bool:
    """A switch passes TAG to C0__TAG, C1__TAG, … or back; the others have both without a tag."""
    if calculator in SWITCHES:
        channelled, plain = (output_tag, tag) if calculator == SWITCHES[0] else (tag, output_tag)
        return re.fullmatch(rf"C\d+__{re.escape(plain)}", channelled) is not None
    return not tag and not output_tag


def _given(contract: Any, *entries: list[str]) -> Iterator[tuple[str, str]]:
    if isinstance(contract, Contract):
        for side, these in enumerate(entries):
            yield from _matched([port for port in contract.outputs if port.side == bool(side)], these)


def _taken(contract: Any, *entries: list[str]) -> Iterator[tuple[str, str]]:
    if isinstance(contract, Contract):
        for side, these in enumerate(entries):
            yield from _matched([port for port in contract.inputs if port.side == bool(side)], these)


def _matched(ports: Sequence[Port], entries: list[str]) -> Iterator[tuple[str, str]]:
    for tag, index, name in split_entries(entries):
        port = _port(ports, tag, index)
        if port is not None:
            yield name, port.type


def _port(ports: Sequence[Port], tag: str, index: int) -> Port | None:
    """The port at a tag and index; entries without a tag go to the ports without one, or else by position."""
    tagged = [port for port in ports if port.tag == tag] or ([*ports] if not tag else [])
    return tagged[index] if index < len(tagged) else None


def _unknown_ports(name: str, node: NodeConfig, contract: Contract) -> Iterator[str]:
    sides = (
        ("input_stream", [port for port in contract.inputs if not port.side]),
        ("input_side_packet", [port for port in contract.inputs if port.side]),
        ("output_stream", [port for port in contract.outputs if not port.side]),
        ("output_side_packet", [port for port in contract.outputs if port.side]),
    )
    for field, ports in sides:
        for tag, index, stream in split_entries(getattr(node, field)):
            if _port(ports, tag, index) is None:
                known = ", ".join(f"'{port.tag}'" for port in ports) or "none"
                place = f"'{tag}:{index}'" if tag or index else "one without a tag"
                yield f"the node '{name}' has no {field} {place}, as '{stream}' is given; its tags are {known}"


def _missing_inputs(name: str, node: NodeConfig, contract: Contract) -> Iterator[str]:
    entries = [split_entries(node.input_stream), split_entries(node.input_side_packet)]
    for port in contract.inputs:
        ports = [one for one in contract.inputs if one.side == port.side]
        given = [_port(ports, tag, index) for tag, index, _ in entries[port.side]]
        if not port.optional and port not in given:
            kind = "input_side_packet" if port.side else "input_stream"
            place = f"'{port.tag}'" if port.tag else "without a tag"
            yield f"the node '{name}' needs its {kind} {place}, of type {port.type}"


def _wrong_types(name: str, node: NodeConfig, contract: Contract, types: Mapping[str, str]) -> Iterator[str]:
    for stream, wanted in _taken(contract, node.input_stream, node.input_side_packet):
        if types.get(stream, wanted) != wanted:
            yield f"the node '{name}' takes {wanted} where it reads '{stream}', which is {types[stream]}"
