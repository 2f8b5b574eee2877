"""Pictures of graphs: everything that the graph has is in them, and no box lies on another."""

import random
import xml.etree.ElementTree as ET
from copy import deepcopy
from itertools import combinations

from pyweb_ml.graph.config import GraphConfig, from_json
from pyweb_ml.graph.drawing import View, draw
from pyweb_ml.graph.layout import Box, Link, lay_out
from pyweb_ml.graph.name_rules import node_names
from pyweb_ml.graph.subgraph import expand

SVG = "{http://www.w3.org/2000/svg}"


def chain(*names: str) -> GraphConfig:
    nodes = [
        {"name": name, "calculator": "SomeCalculator", "input_stream": [f"s{at}"], "output_stream": [f"s{at + 1}"]}
        for at, name in enumerate(names)
    ]
    return from_json({"input_stream": ["s0"], "output_stream": [f"s{len(names)}"], "node": nodes})


def texts(svg: str) -> list[str]:
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter(f"{SVG}text")]


def classes(svg: str, tag: str) -> list[str]:
    return [one.get("class", "") for one in ET.fromstring(svg).iter(SVG + tag)]


def test_nodes_calculators_streams_and_types_are_written() -> None:
    svg = draw(chain("first", "second"), {"s0": "Image", "s1": "Tensors", "s2": "Mask"})
    for text in ("first", "Some", "s0Image", "s1Tensors", "s2Mask"):
        assert text in texts(svg)
    assert classes(svg, "path") == ["link"] * 3


def test_back_edges_and_side_packets_have_lines_of_their_own() -> None:
    config = chain("first", "second")
    config.node[0].input_stream.append("LOOP:s2")
    config.node[0].input_stream_info = (
        from_json({"node": [{"calculator": "A", "input_stream_info": [{"tag_index": "LOOP", "back_edge": True}]}]})
        .node[0]
        .input_stream_info
    )
    config.node[0].output_side_packet = ["SIDE:packet"]
    config.node[1].input_side_packet = ["packet"]
    assert sorted(classes(draw(config, {}), "path")) == ["link", "link", "link", "link back", "link side"]


def test_a_subgraph_is_a_box_around_its_own_graph() -> None:
    inner = chain("inside")
    config = from_json(
        {
            "input_stream": ["a"],
            "node": [{"name": "n", "calculator": "Inner", "input_stream": ["a"], "output_stream": ["b"]}],
        }
    )
    svg = draw(config, {"a": "Image", "b": "Mask"}, View({"Inner": inner}.get))
    assert classes(svg, "rect").count("subgraph") == 1
    assert {"n", "inside", "s0Image", "s1Mask"} <= set(texts(svg))
    by_class = {one.get("class"): one for one in ET.fromstring(svg).iter(f"{SVG}rect")}
    outer, node = (
        [float(by_class[name].get(key, "")) for key in ("x", "y", "width", "height")]
        for name in ("subgraph", "node")
    )
    assert outer[0] < node[0]
    assert outer[1] < node[1]
    assert outer[0] + outer[2] > node[0] + node[2]
    assert outer[1] + outer[3] > node[1] + node[3]


def test_a_graph_that_goes_in_a_circle_is_drawn_with_a_line_back() -> None:
    config = chain("first", "second")
    config.node[0].input_stream = ["s2"]
    assert "first" in texts(draw(config, {}))


def test_what_a_name_holds_cannot_break_the_picture() -> None:
    assert "<b>&" in texts(draw(chain("<b>&"), {"s1": 'a"b'}))


def test_the_picture_follows_the_readers_light_and_dark() -> None:
    assert "prefers-color-scheme:dark" in draw(chain("a"), {})


def test_an_empty_graph_is_a_picture_too() -> None:
    assert classes(draw(GraphConfig(), {}), "rect") == ["ground"]


def scattered(seed: int, count: int) -> tuple[list[Box], list[Link]]:
    chance = random.Random(seed)
    boxes = [Box(chance.randint(60, 200), chance.randint(40, 120)) for _ in range(count)]
    pairs = [(a, b) for a, b in combinations(range(count), 2) if chance.random() < 3 / count]
    return boxes, [Link(boxes[a], boxes[b], 20, 20, chance.randint(0, 90)) for a, b in pairs]


def test_no_box_of_50_lies_on_another_and_every_line_goes_to_the_right() -> None:
    for seed in range(20):
        boxes, links = scattered(seed, 50)
        width, height = lay_out(boxes, links)
        for a, b in combinations(boxes, 2):
            apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            assert apart, (seed, a, b)
        for box in boxes:
            assert -1e-6 <= box.x <= width - box.width + 1e-6, seed
            assert -1e-6 <= box.y <= height - box.height + 1e-6, seed
        for link in links:
            assert link.points[0] == (link.source.x + link.source.width, link.source.y + link.start)
            assert link.points[-1] == (link.target.x, link.target.y + link.end)
            assert [x for x, _ in link.points] == sorted(x for x, _ in link.points)


def test_a_line_past_a_box_does_not_run_through_it() -> None:
    for seed in range(20):
        boxes, links = scattered(seed, 50)
        lay_out(boxes, links)
        for link in links:
            for (x0, y0), (x1, _) in zip(link.points[1:-1:2], link.points[2:-1:2], strict=True):
                for box in boxes:
                    beside = x1 <= box.x or box.x + box.width <= x0
                    assert beside or not box.y < y0 < box.y + box.height, seed


def nested() -> tuple[GraphConfig, dict[str, GraphConfig]]:
    """A graph with a subgraph in a subgraph, and one node name twice."""
    outer = chain("Before", "same", "same")
    outer.node[0].calculator = "Deep"
    middle = chain("within")
    middle.node[0].calculator = "Inner"
    return outer, {"Deep": middle, "Inner": chain("inside")}


def marked(svg: str, what: str) -> list[str]:
    return [one.get(f"data-{what}", "") for one in ET.fromstring(svg).iter(f"{SVG}g") if one.get(f"data-{what}")]


def test_a_closed_subgraph_is_one_box_with_its_ports_and_lines() -> None:
    config, subgraphs = nested()
    svg = draw(config, {}, View(subgraphs.get, lambda _: True))
    assert classes(svg, "rect").count("subgraph closed") == 1
    assert "within" not in texts(svg)
    assert classes(svg, "path") == ["link"] * 4


def test_one_subgraph_may_be_closed_within_another_that_is_open() -> None:
    config, subgraphs = nested()
    svg = draw(config, {}, View(subgraphs.get, lambda path: path == "before__within"))
    assert "within" in texts(svg)
    assert "inside" not in texts(svg)


def test_boxes_are_marked_by_the_names_that_nodes_have_when_subgraphs_are_expanded() -> None:
    config, subgraphs = nested()
    svg = draw(config, {}, View(subgraphs.get))
    expanded = node_names(expand(config, lambda name: deepcopy(subgraphs.get(name))))
    assert sorted(marked(svg, "node")) == sorted(expanded)
    assert marked(svg, "subgraph") == ["Before", "before__within"]


def test_meters_have_room_within_their_box() -> None:
    root = ET.fromstring(draw(chain("first"), {}, View(has_meters=True)))
    group = next(one for one in root.iter(f"{SVG}g") if one.get("data-node") == "first")
    box = group.find(f"{SVG}rect[@class='node']")
    assert box is not None
    bottom = float(box.get("y", "")) + float(box.get("height", ""))
    lines = {one.get("class", ""): float(one.get("y", "")) for one in group.iter(f"{SVG}text")}
    rows = [lines[f"meter {name}"] for name in ("time", "calls", "waits")]
    ports = [y for name, y in lines.items() if name.startswith("port")]
    assert max(ports) + 10 < rows[0] < rows[1] < rows[2] < bottom
