"""A config in the form that our runtimes take: what MediaPipe lets stand in two ways stands in one."""

from collections.abc import Mapping
from typing import Any, Final

from pyweb_ml.graph.config import GraphConfig, NodeConfig
from pyweb_ml.graph.contract import Contract
from pyweb_ml.graph.name_rules import FIELDS, node_names
from pyweb_ml.graph.proto.shapes import PLACEMENT, options_shape

_GPU: Final = "_GPU"
"""Ends the tags of pictures that MediaPipe keeps on the GPU; where ours lie is the runtime's business."""


def standardise(config: GraphConfig, contracts: Mapping[str, Any]) -> None:
    """Changes a config in place: names every node, reads IMAGE_GPU as IMAGE, completes and thins out options.

    An option that is a message, such as `color { r: 255 }`, gets the calculator's defaults for its other fields.
    Those that only say on which device MediaPipe computes go.
    """
    for name, node in zip(node_names(config), config.node, strict=True):
        node.name = name
        contract = contracts.get(node.calculator)
        if isinstance(contract, Contract):
            _use_known_tags(node, contract)
            node.options_type = node.options_type or contract.options_type
            if not contract.python:
                _complete_options(node, contract)
                without = PLACEMENT.get(contract.options_type, {})
                node.options = {name: value for name, value in node.options.items() if name not in without}


def _use_known_tags(node: NodeConfig, contract: Contract) -> None:
    known = {port.tag for port in contract.inputs} | {port.tag for port in contract.outputs}

    def ours(entry: str) -> str:
        tag, colon, rest = entry.partition(":")
        short = tag.removesuffix(_GPU)
        return short + colon + rest if colon and tag not in known and short in known else entry

    for field in FIELDS:
        setattr(node, field, [ours(entry) for entry in getattr(node, field)])


def _complete_options(node: NodeConfig, contract: Contract) -> None:
    for name, shape in options_shape(contract.options).items():
        stated = node.options.get(name)
        if isinstance(shape, dict) and isinstance(stated, dict) and name in contract.options:
            default = contract.options[name].default
            node.options[name] = {**dict(zip(shape, default, strict=True)), **stated} if default else stated
