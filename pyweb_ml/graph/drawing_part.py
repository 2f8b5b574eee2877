"""What a drawn graph consists of: the boxes of nodes and subgraphs, and the ends of the graph's own streams."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from xml.sax.saxutils import escape, quoteattr

from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_entries
from pyweb_ml.graph.layout import Box

Port = tuple[bool, str, int]
"""Whether it is a side packet, its tag and its index."""

HEADER: Final = 40
PAD: Final = 14
_ROW: Final = 18
METERS: Final = ("time", "calls", "waits")
"""The lines that a box has for what is measured while the graph runs."""
_METER_ROW: Final = 14
_METER_WIDTH: Final = 190


class Inner(Protocol):
    """The graph within an open subgraph."""

    width: float
    height: float

    def ends(self, inputs: bool) -> "Mapping[Port, Part]":
        """The graph's own inputs, or outputs."""

    def svg(self, x: float, y: float) -> list[str]: ...


@dataclass(eq=False)
class Part(Box):
    """A node, a subgraph, or one of the graph's own inputs and outputs.

    Attributes:
        path: what the node is called when the subgraphs around it are expanded; "" for what is no node.
        inputs, outputs: for each port how far below the upper edge it is.
        has_meters: it has lines for what is measured while the graph runs.
    """

    kind: str = "node"
    title: str = ""
    subtitle: str = ""
    tooltip: str = ""
    path: str = ""
    inputs: dict[Port, float] = field(default_factory=dict)
    outputs: dict[Port, float] = field(default_factory=dict)
    inner: Inner | None = None
    has_meters: bool = False

    @property
    def is_end(self) -> bool:
        """It is an input or output of the graph."""
        return self.kind.startswith("end")

    def svg(self, x: float, y: float) -> list[str]:
        """The part, with the layout's corner at (`x`, `y`)."""
        x, y = x + self.x, y + self.y
        place = f'x="{x:.1f}" y="{y:.1f}" width="{self.width:.1f}" height="{self.height:.1f}"'
        rect = f'<rect class="{self.kind}" {place} rx="{11 if self.is_end else 7}"/>'
        lines = [f"<g{self._marks()}><title>{escape(self.tooltip)}</title>{rect}"]
        if self.is_end:
            return [*lines, text("stream", x + 10, y + 15, self.title, self.subtitle), "</g>"]
        lines += [text("name", x + 10, y + 17, self.title), text("kind", x + 10, y + 31, self.subtitle)]
        if self.inner is not None:
            return [*lines, *self._dots(x, y), "</g>", *self.inner.svg(x + PAD, y + HEADER + 4)]
        return [*lines, *self._port_names(x, y), *self._meters(x, y), *self._dots(x, y), "</g>"]

    def _marks(self) -> str:
        """What a script finds the part by."""
        kinds = self.kind.split()
        if not self.path or "subgraph" not in kinds:
            return f" data-node={quoteattr(self.path)}" if self.path else ""
        prefix = f" data-prefix={quoteattr(inner_prefix(self.path))}" if "closed" in kinds else ""
        return f" data-subgraph={quoteattr(self.path)}{prefix}"

    def _port_names(self, x: float, y: float) -> list[str]:
        sides = ((self.inputs, x + 9, "start"), (self.outputs, x + self.width - 9, "end"))
        return [
            text(f"port {anchor}", at, y + down + 4, _told(port))
            for ports, at, anchor in sides
            for port, down in ports.items()
        ]

    def _meters(self, x: float, y: float) -> list[str]:
        if not self.has_meters:
            return []
        bottom = y + self.height
        first = bottom - 8 - _METER_ROW * (len(METERS) - 1)
        bar = f'<rect class="share" x="{x:.1f}" y="{bottom - 4:.1f}" width="0" height="4"/>'
        return [
            *(text(f"meter {one}", x + 10, first + _METER_ROW * row, "") for row, one in enumerate(METERS)),
            bar,
        ]

    def _dots(self, x: float, y: float) -> list[str]:
        places = [(x, down) for down in self.inputs.values()]
        places += [(x + self.width, down) for down in self.outputs.values()]
        return [f'<circle class="dot" cx="{at:.1f}" cy="{y + down:.1f}" r="2.5"/>' for at, down in places]


def ends(streams: list[str], sides: list[str], types: Mapping[str, str], kind: str) -> dict[Port, Part]:
    """The graph's own inputs (`kind` "end in") or outputs ("end out")."""
    parts = {}
    for side, entries in ((False, streams), (True, sides)):
        for tag, index, name in split_entries(entries):
            type = types.get(name, "")
            what = "side packet" if side else "stream"
            parts[side, tag, index] = Part(
                wide(f"{name}  {type}", 5.8) + 20, 22, kind=kind + " side" * side, title=name, subtitle=type,
                tooltip=f"the graph's {'input' if 'in' in kind.split() else 'output'} {what} {tag}:{index}",
            )  # fmt: skip
    return parts


def box(name: str, node: NodeConfig, path: str, *, is_subgraph: bool, has_meters: bool) -> Part:
    """A node, or a subgraph that is closed."""
    inputs, outputs = ports_of(node)
    part = _named(name, node, path, "subgraph closed" if is_subgraph else "node")
    part.has_meters = has_meters
    part.inputs = {port: HEADER + _ROW * (index + 0.5) for index, port in enumerate(inputs)}
    part.outputs = {port: HEADER + _ROW * (index + 0.5) for index, port in enumerate(outputs)}
    columns = [max((wide(_told(port), 5.6) for port in ports), default=0) for ports in (inputs, outputs)]
    part.width = max(_title_width(part), sum(columns) + 40, _METER_WIDTH * has_meters)
    rows = max(len(inputs), len(outputs), 1)
    part.height = HEADER + _ROW * rows + 4 + (_METER_ROW * len(METERS) + 4) * has_meters
    return part


def open_subgraph(name: str, node: NodeConfig, path: str, inner: Inner) -> Part:
    """A box as large as its graph, its ports level with that graph's inputs and outputs."""
    part = _named(name, node, path, "subgraph")
    part.inner = inner
    part.width = max(inner.width + 2 * PAD, _title_width(part))
    part.height = HEADER + inner.height + 4 + PAD
    for ports, given, own in zip((part.inputs, part.outputs), ports_of(node), (True, False), strict=True):
        for port in given:
            end = inner.ends(own).get(port)
            ports[port] = HEADER + 4 + (end.y + end.height / 2 if end else 0)
    return part


def _named(name: str, node: NodeConfig, path: str, kind: str) -> Part:
    options = json.dumps(node.options, indent=1) if node.options else ""
    short = "" if name == node.calculator else node.calculator.removesuffix("Calculator")
    tooltip = "\n".join([f"{name}: {node.calculator}", options])
    return Part(0, 0, kind=kind, title=name, subtitle=short, tooltip=tooltip, path=path)


def _title_width(part: Part) -> float:
    return max(wide(part.title, 7.6), wide(part.subtitle, 6)) + 24


def inner_prefix(path: str) -> str:
    """What the names within a subgraph begin with when it is expanded; see `pyweb_ml.graph.subgraph`."""
    return "".join("_" if letter in ". :" else letter for letter in path.lower()) + "__"


def inner_types(path: str, node: NodeConfig, subgraph: GraphConfig, types: Mapping[str, str]) -> dict[str, str]:
    """Types by a subgraph's own names, out of those that its streams have when it is expanded."""
    prefix = inner_prefix(path)
    found = {key.removeprefix(prefix): type for key, type in types.items() if key.startswith(prefix)}
    for entry in ("input_stream", "output_stream", "input_side_packet", "output_side_packet"):
        outer = {(tag, index): stream for tag, index, stream in split_entries(getattr(node, entry))}
        for tag, index, stream in split_entries(getattr(subgraph, entry)):
            if outer.get((tag, index)) in types:
                found[stream] = types[outer[tag, index]]
    return found


def ports_of(node: NodeConfig) -> tuple[list[Port], list[Port]]:
    """The node's inputs and its outputs."""
    return (
        _ports(node.input_stream, node.input_side_packet),
        _ports(node.output_stream, node.output_side_packet),
    )


def _ports(streams: list[str], sides: list[str]) -> list[Port]:
    lists = ((False, streams), (True, sides))
    return [(side, tag, index) for side, entries in lists for tag, index, _ in split_entries(entries)]


def _told(port: Port) -> str:
    _, tag, index = port
    return f"{tag}:{index}" if tag and index else tag or str(index or "")


def wide(text: str, letter: float) -> float:
    """About how wide a text is, in pixels; capitals count for more."""
    return sum(letter * (1.22 if one.isupper() else 1) for one in text)


def text(kind: str, x: float, y: float, text: str, more: str = "") -> str:
    """A line of text, `more` less prominent."""
    span = f'<tspan class="type" dx="6">{escape(more)}</tspan>' if more else ""
    return f'<text class={quoteattr(kind)} x="{x:.1f}" y="{y:.1f}">{escape(text)}{span}</text>'
