"""A graph as a picture: SVG, left to right, with the names and types of streams, and subgraphs as boxes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_entries
from pyweb_ml.graph.drawing_part import Part, Port, box, ends, inner_prefix, inner_types, open_subgraph, text, wide
from pyweb_ml.graph.drawing_style import STYLE
from pyweb_ml.graph.layout import Link, lay_out
from pyweb_ml.graph.name_rules import back_edges, node_names

Find = Callable[[str], GraphConfig | None]

_MARGIN = 24


@dataclass(frozen=True)
class View:
    """What of a graph is shown.

    Attributes:
        find: gives the subgraphs that are drawn as boxes.
        is_closed: of a subgraph, by the names of its node and of those around it, joined as when it is expanded:
            whether its own graph is left out.
        has_meters: boxes have room for what is measured while the graph runs.
    """

    find: Find = lambda _: None
    is_closed: Callable[[str], bool] = lambda _: False
    has_meters: bool = False


def draw(config: GraphConfig, types: Mapping[str, str], view: View | None = None, title: str = "") -> str:
    """The graph as an SVG document, for light and dark surroundings.

    Each box is a group with the attribute `data-node`, what the node is called when subgraphs are expanded, or
    `data-subgraph`; a subgraph that is closed has `data-prefix`, what its nodes' names begin with.

    Args:
        types: the stream types, by the names that streams and side packets have when subgraphs are expanded.
    """
    level = _Level(config, types, view or View(), "")
    width, height = level.width + 2 * _MARGIN, level.height + 2 * _MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    name = f"<title>{escape(title)}</title>" if title else ""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{name}<style>{STYLE}</style>'
    ground = '<rect class="ground" width="100%" height="100%"/>'
    return "\n".join([head, ground, *level.svg(_MARGIN, _MARGIN), "</svg>", ""])


@dataclass(frozen=True)
class _Line:
    """A link as it is drawn: its class, and the label at its start ("" for none)."""

    link: Link
    kind: str
    label: str


class _Level:
    """The parts of one graph and the links between them, laid out; its nodes' paths begin with `prefix`."""

    def __init__(self, config: GraphConfig, types: Mapping[str, str], view: View, prefix: str) -> None:
        self._types = types
        self._view = view
        self._prefix = prefix
        self._entries = ends(config.input_stream, config.input_side_packet, types, "end in")
        self._exits = ends(config.output_stream, config.output_side_packet, types, "end out")
        self._nodes = [self._part(name, node) for name, node in zip(node_names(config), config.node, strict=True)]
        self._lines = self._connect(config)
        self._parts = [*self._entries.values(), *self._nodes, *self._exits.values()]
        self.width, self.height = lay_out(list(self._parts), [line.link for line in self._lines])

    def ends(self, inputs: bool) -> Mapping[Port, Part]:
        return self._entries if inputs else self._exits

    def _part(self, name: str, node: NodeConfig) -> Part:
        path = self._prefix + name
        subgraph = self._view.find(node.calculator)
        if subgraph is None or self._view.is_closed(path):
            return box(name, node, path, is_subgraph=subgraph is not None, has_meters=self._view.has_meters)
        types = inner_types(path, node, subgraph, self._types)
        return open_subgraph(name, node, path, _Level(subgraph, types, self._view, inner_prefix(path)))

    def _connect(self, config: GraphConfig) -> list[_Line]:
        made: dict[tuple[bool, str], tuple[Part, float]] = {
            (port[0], part.title): (part, part.height / 2) for port, part in self._entries.items()
        }
        for part, node in zip(self._nodes, config.node, strict=True):
            for side, entries in ((False, node.output_stream), (True, node.output_side_packet)):
                for tag, index, name in split_entries(entries):
                    made[side, name] = (part, part.outputs[side, tag, index])
        wanted = [
            (end, name, part, part.inputs[end], not end[0] and end[1:] in back_edges(node))
            for part, node in zip(self._nodes, config.node, strict=True)
            for side, entries in ((False, node.input_stream), (True, node.input_side_packet))
            for end, name in (((side, tag, index), name) for tag, index, name in split_entries(entries))
        ]
        wanted += [(port, part.title, part, part.height / 2, False) for port, part in self._exits.items()]
        return [
            self._line(made[port[0], name], part, end, port[0], name, back)
            for port, name, part, end, back in wanted
            if (port[0], name) in made
        ]

    def _line(
        self, start: tuple[Part, float], target: Part, end: float, side: bool, name: str, back: bool
    ) -> _Line:
        source, down = start
        label = "" if source.is_end else name
        width = wide(f"{label}  {self._types.get(name, '')}", 5.8) + 8 if label else 0
        link = Link(source, target, down, end, width, back)
        return _Line(link, "link" + " side" * side + " back" * back, label)

    def svg(self, x: float, y: float) -> list[str]:
        drawn = [f'<path class="{line.kind}" d="{_path(line.link, x, y)}"/>' for line in self._lines]
        labels = {}
        for line in self._lines:
            source = line.link.source
            at = (x + source.x + source.width + 6, y + source.y + line.link.start - 5)
            if line.label:
                labels[at] = text("stream", *at, line.label, self._types.get(line.label, ""))
        return [*drawn, *(one for part in self._parts for one in part.svg(x, y)), *labels.values()]


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
