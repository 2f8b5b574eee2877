"""A graph as a picture: SVG, left to right, with the names and types of streams, and subgraphs as open boxes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_entries
from pyweb_ml.graph.drawing_style import STYLE
from pyweb_ml.graph.layout import Box, Link, lay_out
from pyweb_ml.graph.name_rules import back_edges, node_names

Find = Callable[[str], GraphConfig | None]
_Port = tuple[bool, str, int]
"""Whether it is a side packet, its tag and its index."""

_HEADER, _ROW, _PAD, _MARGIN = 40, 18, 14, 24


def draw(config: GraphConfig, types: Mapping[str, str], find: Find = lambda _: None, title: str = "") -> str:
    """The graph as an SVG document, for light and dark surroundings.

    Args:
        types: the stream types, by the names that streams and side packets have when subgraphs are expanded.
        find: gives the subgraphs that are drawn as boxes with their own graph inside.
    """
    level = _Level(config, types, find)
    width, height = level.width + 2 * _MARGIN, level.height + 2 * _MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    name = f"<title>{escape(title)}</title>" if title else ""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{name}<style>{STYLE}</style>'
    ground = '<rect class="ground" width="100%" height="100%"/>'
    return "\n".join([head, ground, *level.svg(_MARGIN, _MARGIN), "</svg>", ""])


@dataclass(eq=False)
class _Part(Box):
    """A node, a subgraph, or one of the graph's own inputs and outputs.

    Attributes:
        inputs, outputs: for each port how far below the upper edge it is.
    """

    kind: str = "node"
    title: str = ""
    subtitle: str = ""
    tooltip: str = ""
    inputs: dict[_Port, float] = field(default_factory=dict)
    outputs: dict[_Port, float] = field(default_factory=dict)
    inner: "_Level | None" = None

    def svg(self, x: float, y: float) -> list[str]:
        x, y = x + self.x, y + self.y
        radius = 11 if self.kind.startswith("end") else 7
        place = f'x="{x:.1f}" y="{y:.1f}" width="{self.width:.1f}" height="{self.height:.1f}" rx="{radius}"'
        lines = [f'<g><title>{escape(self.tooltip)}</title><rect class="{self.kind}" {place}/>']
        if self.kind.startswith("end"):
            return [*lines, _text("stream", x + 10, y + 15, self.title, self.subtitle), "</g>"]
        lines.append(_text("name", x + 10, y + 17, self.title))
        lines.append(_text("kind", x + 10, y + 31, self.subtitle))
        if self.inner is None:
            for ports, at, anchor in ((self.inputs, x + 9, "start"), (self.outputs, x + self.width - 9, "end")):
                lines += [_text(f"port {anchor}", at, y + down + 4, _told(port)) for port, down in ports.items()]
        dots = [(x, down) for down in self.inputs.values()] + [
            (x + self.width, down) for down in self.outputs.values()
        ]
        lines += [f'<circle class="dot" cx="{at:.1f}" cy="{y + down:.1f}" r="2.5"/>' for at, down in dots]
        return [*lines, "</g>", *(self.inner.svg(x + _PAD, y + _HEADER + 4) if self.inner else [])]


@dataclass(frozen=True)
class _Line:
    """A link as it is drawn: its class, and the label at its start ("" for none)."""

    link: Link
    kind: str
    label: str


class _Level:
    """The parts of one graph and the links between them, laid out."""

    def __init__(self, config: GraphConfig, types: Mapping[str, str], find: Find) -> None:
        self._types = types
        self.entries = _ends(config.input_stream, config.input_side_packet, types, "end in")
        self.exits = _ends(config.output_stream, config.output_side_packet, types, "end out")
        names = node_names(config)
        self.nodes = [_part(name, node, types, find) for name, node in zip(names, config.node, strict=True)]
        self.lines = self._connect(config)
        self.parts = [*self.entries.values(), *self.nodes, *self.exits.values()]
        self.width, self.height = lay_out(list(self.parts), [line.link for line in self.lines])

    def _connect(self, config: GraphConfig) -> "list[_Line]":
        made: dict[tuple[bool, str], tuple[_Part, float]] = {
            (port[0], part.title): (part, part.height / 2) for port, part in self.entries.items()
        }
        for part, node in zip(self.nodes, config.node, strict=True):
            for side, entries in ((False, node.output_stream), (True, node.output_side_packet)):
                for tag, index, name in split_entries(entries):
                    made[side, name] = (part, part.outputs[side, tag, index])
        wanted = [
            (end, name, part, part.inputs[end], not end[0] and end[1:] in back_edges(node))
            for part, node in zip(self.nodes, config.node, strict=True)
            for side, entries in ((False, node.input_stream), (True, node.input_side_packet))
            for end, name in (((side, tag, index), name) for tag, index, name in split_entries(entries))
        ]
        wanted += [(port, part.title, part, part.height / 2, False) for port, part in self.exits.items()]
        return [
            self._line(made[port[0], name], part, end, port[0], name, back)
            for port, name, part, end, back in wanted
            if (port[0], name) in made
        ]

    def _line(
        self, start: tuple[_Part, float], target: _Part, end: float, side: bool, name: str, back: bool
    ) -> "_Line":
        source, down = start
        label = "" if source.kind.startswith("end") else name
        wide = _wide(f"{label}  {self._types.get(name, '')}", 5.8) + 8 if label else 0
        link = Link(source, target, down, end, wide, back)
        return _Line(link, "link" + " side" * side + " back" * back, label)

    def svg(self, x: float, y: float) -> list[str]:
        drawn = [f'<path class="{line.kind}" d="{_path(line.link, x, y)}"/>' for line in self.lines]
        labels = {}
        for line in self.lines:
            box = line.link.source
            at = (x + box.x + box.width + 6, y + box.y + line.link.start - 5)
            if line.label:
                labels[at] = _text("stream", *at, line.label, self._types.get(line.label, ""))
        return [*drawn, *(one for part in self.parts for one in part.svg(x, y)), *labels.values()]


def _ends(streams: list[str], sides: list[str], types: Mapping[str, str], kind: str) -> dict[_Port, _Part]:
    parts = {}
    for side, entries in ((False, streams), (True, sides)):
        for tag, index, name in split_entries(entries):
            type = types.get(name, "")
            what = "side packet" if side else "stream"
            parts[side, tag, index] = _Part(
                _wide(f"{name}  {type}", 5.8) + 20, 22, kind=kind + " side" * side, title=name, subtitle=type,
                tooltip=f"the graph's {'input' if 'in' in kind.split() else 'output'} {what} {tag}:{index}",
            )  # fmt: skip
    return parts


def _part(name: str, node: NodeConfig, types: Mapping[str, str], find: Find) -> _Part:
    subgraph = find(node.calculator)
    inputs = _ports(node.input_stream, node.input_side_packet)
    outputs = _ports(node.output_stream, node.output_side_packet)
    part = _Part(0, 0, kind="subgraph" if subgraph else "node", title=name, subtitle=_kind(node, name))
    part.tooltip = "\n".join(
        [f"{name}: {node.calculator}", json.dumps(node.options, indent=1) if node.options else ""]
    )
    if subgraph is not None:
        return _with_inner(
            part, inputs, outputs, _Level(subgraph, _inner_types(name, node, subgraph, types), find)
        )
    rows = max(len(inputs), len(outputs), 1)
    part.inputs = {port: _HEADER + _ROW * (index + 0.5) for index, port in enumerate(inputs)}
    part.outputs = {port: _HEADER + _ROW * (index + 0.5) for index, port in enumerate(outputs)}
    columns = [max((_wide(_told(port), 5.6) for port in ports), default=0) for ports in (inputs, outputs)]
    part.width = max(_wide(name, 7.6) + 24, _wide(part.subtitle, 6) + 24, sum(columns) + 40)
    part.height = _HEADER + _ROW * rows + 4
    return part


def _with_inner(part: _Part, inputs: list[_Port], outputs: list[_Port], inner: _Level) -> _Part:
    """A subgraph's box: as large as its graph, its ports level with that graph's inputs and outputs."""
    part.inner = inner
    part.width = max(inner.width + 2 * _PAD, _wide(part.title, 7.6) + 24)
    part.height = _HEADER + inner.height + 4 + _PAD
    for ports, ends, given in ((part.inputs, inner.entries, inputs), (part.outputs, inner.exits, outputs)):
        for port in given:
            end = ends.get(port)
            ports[port] = _HEADER + 4 + (end.y + end.height / 2 if end else 0)
    return part


def _inner_types(name: str, node: NodeConfig, subgraph: GraphConfig, types: Mapping[str, str]) -> dict[str, str]:
    """Types by a subgraph's own names, out of those that its streams have when it is expanded."""
    prefix = "".join("_" if letter in ". :" else letter for letter in name.lower()) + "__"
    found = {key.removeprefix(prefix): type for key, type in types.items() if key.startswith(prefix)}
    for entry in ("input_stream", "output_stream", "input_side_packet", "output_side_packet"):
        outer = {(tag, index): stream for tag, index, stream in split_entries(getattr(node, entry))}
        for tag, index, stream in split_entries(getattr(subgraph, entry)):
            if outer.get((tag, index)) in types:
                found[stream] = types[outer[tag, index]]
    return found


def _ports(streams: list[str], sides: list[str]) -> list[_Port]:
    lists = ((False, streams), (True, sides))
    return [(side, tag, index) for side, entries in lists for tag, index, _ in split_entries(entries)]


def _told(port: _Port) -> str:
    _, tag, index = port
    return f"{tag}:{index}" if tag and index else tag or str(index or "")


def _kind(node: NodeConfig, name: str) -> str:
    short = node.calculator.removesuffix("Calculator")
    return "" if name == node.calculator else short


def _wide(text: str, letter: float) -> float:
    """About how wide a text is, in pixels; capitals count for more."""
    return sum(letter * (1.22 if one.isupper() else 1) for one in text)


def _text(kind: str, x: float, y: float, text: str, more: str = "") -> str:
    span = f'<tspan class="type" dx="6">{escape(more)}</tspan>' if more else ""
    return f'<text class={quoteattr(kind)} x="{x:.1f}" y="{y:.1f}">{escape(text)}{span}</text>'


def _path(link: Link, x: float, y: float) -> str:
    points = [(x + px, y + py) for px, py in link.points]
    (x0, y0), *rest = points
    if link.back:
        return f"M{x0:.1f} {y0:.1f}" + "".join(f"L{px:.1f} {py:.1f}" for px, py in rest)
    start = x0 + link.label
    path = f"M{x0:.1f} {y0:.1f}H{start:.1f}"
    x0 = start
    for index, (px, py) in enumerate(rest):
        middle = (x0 + px) / 2
        curve = f"C{middle:.1f} {y0:.1f} {middle:.1f} {py:.1f} {px:.1f} {py:.1f}"
        path += curve if index % 2 == 0 else f"L{px:.1f} {py:.1f}"
        x0, y0 = px, py
    return path
