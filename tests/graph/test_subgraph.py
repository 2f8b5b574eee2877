"""Subgraphs: their nodes take the place of the node that stands for them, as MediaPipe does it."""

from typing import Any

import pytest

import pyweb_ml  # noqa: F401  # registers the standard calculators
from pyweb_ml import subgraphs
from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import rules
from pyweb_ml.graph.config import GraphConfig, from_json
from pyweb_ml.graph.contract import REGISTRY
from pyweb_ml.graph.port_rules import stream_types
from pyweb_ml.graph.standard_form import standardise
from pyweb_ml.graph.subgraph import expand

Json = dict[str, Any]
TWICE: Json = {
    "type": "Twice",
    "input_stream": ["A:a", "B:b"],
    "output_stream": ["OUT:out"],
    "input_side_packet": ["SIDE:side"],
    "executor": [{"name": "inner"}],
    "node": [
        {
            "calculator": "First",
            "input_stream": ["a", "b"],
            "output_stream": ["foo"],
            "input_side_packet": ["side"],
            "executor": "own",
        },
        {"name": "second", "calculator": "Second", "input_stream": ["foo"], "output_stream": ["OUT:out"]},
    ],
}
NESTED: Json = {
    "input_stream": ["x"],
    "output_stream": ["y"],
    "node": [{"name": "t", "calculator": "Twice", "input_stream": ["A:x"], "output_stream": ["OUT:y"]}],
}
ITSELF: Json = {"input_stream": ["x"], "node": [{"calculator": "Itself", "input_stream": ["x"]}]}
FORWARD: Json = {"input_stream": ["x"], "output_stream": ["x"], "node": []}
OPTIONS: Json = {
    "input_stream": ["x"],
    "graph_options": [{"@type": "type.googleapis.com/m.O", "size": 1, "range": {"min": 2}}],
    "node": [
        {
            "calculator": "First",
            "input_stream": ["x"],
            "option_value": ["width:options/size", "deep/low:options/range/min", "gone:options/missing"],
            "node_options": [{"@type": "type.googleapis.com/m.F", "width": 0, "gone": 5}],
        },
        {"calculator": "Second", "input_stream": ["x"], "option_value": ["OPTIONS:options"]},
    ],
}
KNOWN = {
    name: from_json(one)
    for name, one in {
        "Twice": TWICE, "Nested": NESTED, "Itself": ITSELF, "Forward": FORWARD, "Options": OPTIONS
    }.items()
}  # fmt: skip


def expanded(node: Json, find: Any = KNOWN.get, **side_packets: Any) -> GraphConfig:
    return expand(from_json({"input_stream": ["in"], "node": [node]}), find, side_packets)


def twice(**more: Any) -> Json:
    return {
        "name": "Qsg",
        "calculator": "Twice",
        "input_stream": ["A:in", "B:in"],
        "output_stream": ["OUT:o"],
        **more,
    }


def test_inner_names_are_prefixed_and_outer_names_come_in_by_tag() -> None:
    first, second = expanded(twice(input_side_packet=["SIDE:model"])).node
    assert (first.name, first.input_stream, first.output_stream) == ("qsg__First", ["in", "in"], ["qsg__foo"])
    assert first.input_side_packet == ["model"]
    assert (second.name, second.input_stream, second.output_stream) == ("qsg__second", ["qsg__foo"], ["OUT:o"])


def test_an_input_that_is_not_connected_is_left_out_of_the_nodes_that_take_it() -> None:
    first, _ = expanded(twice(input_stream=["A:in"])).node
    assert first.input_stream == ["in"]
    assert first.input_side_packet == []


def test_an_output_that_is_not_connected_keeps_its_inner_name() -> None:
    assert expanded(twice(output_stream=[])).node[1].output_stream == ["OUT:qsg__out"]


def test_the_executor_of_an_inner_node_stays_and_those_that_a_subgraph_declares_go() -> None:
    config = expanded(twice())
    assert (config.node[0].executor, config.executor) == ("own", [])


def test_subgraphs_within_subgraphs_have_both_prefixes() -> None:
    node = {"name": "n", "calculator": "Nested", "input_stream": ["in"], "output_stream": ["o"]}
    assert [one.name for one in expanded(node).node] == ["n__t__First", "n__t__second"]


def test_the_nodes_of_a_subgraph_follow_those_of_the_graph_around_it() -> None:
    plain = {"name": "after", "calculator": "First", "input_stream": ["o"]}
    config = expand(from_json({"input_stream": ["in"], "node": [twice(), plain]}), KNOWN.get)
    assert [node.name for node in config.node] == ["after", "qsg__First", "qsg__second"]


def test_two_nodes_of_one_subgraph_do_not_collide() -> None:
    nodes = [twice(name="", output_stream=[f"OUT:{name}"]) for name in ("a", "b")]
    config = expand(from_json({"input_stream": ["in"], "node": nodes}), KNOWN.get)
    assert [node.output_stream for node in config.node] == [
        ["twice_1__foo"], ["OUT:a"], ["twice_2__foo"], ["OUT:b"]
    ]  # fmt: skip


def test_the_config_that_is_expanded_stays_as_it_is() -> None:
    config = from_json({"input_stream": ["in"], "node": [twice()]})
    expand(config, KNOWN.get)
    assert config == from_json({"input_stream": ["in"], "node": [twice()]})


def test_a_nodes_options_pass_into_the_subgraph_and_go_before_those_of_the_subgraph() -> None:
    stated = [{"@type": "type.googleapis.com/m.O", "size": 7}]
    first, second = expanded(
        {"calculator": "Options", "input_stream": ["in"], "node_options": stated, "name": "o"}
    ).node
    assert first.options == {"width": 7, "deep": {"low": 2}, "gone": 5}
    assert second.options == {"size": 7, "range": {"min": 2}}
    assert first.option_value == []


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (
            twice(input_stream=["C:in"]),
            "the node 'Qsg': the subgraph 'Twice' has no input_stream 'C:0'; it has 'A:0'",
        ),
        (
            twice(max_in_flight=2),
            "the node 'Qsg' is the subgraph 'Twice', so it may not have 'max_in_flight'",
        ),
        (twice(executor="pool"), "may not have 'executor'"),
        ({"calculator": "Itself", "input_stream": ["in"]}, "the subgraph 'Itself' contains itself"),
        (
            {"name": "f", "calculator": "Forward", "input_stream": ["in"], "output_stream": ["o"]},
            "the node 'f': the subgraph 'Forward' gives out 'x' twice, or as it came in",
        ),
    ],
)
def test_what_a_subgraph_does_not_allow_is_refused_by_name(node: Json, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        expanded(node)


def switch(*contained: Json, **options: Any) -> Json:
    stated = {"@type": "type.googleapis.com/mediapipe.SwitchContainerOptions", "contained_node": list(contained)}
    return {
        "name": "switch",
        "calculator": "SwitchContainer",
        "input_stream": ["A:in"],
        "output_stream": ["OUT:o"],
        "node_options": [{**stated, **options}],
    }


ONE, TWO = {"calculator": "One"}, {"calculator": "Twice"}


@pytest.mark.parametrize(
    ("node", "given", "chosen"),
    [
        (switch(ONE, TWO), {}, "One"),
        (switch(ONE, TWO, select=0), {}, "One"),
        (switch(ONE, {"calculator": "Two"}, select=1), {}, "Two"),
        (switch(ONE, {"calculator": "Two"}, enable=True), {}, "Two"),
        ({**switch(ONE, {"calculator": "Two"}), "input_side_packet": ["SELECT:s"]}, {"s": 1}, "Two"),
        ({**switch(ONE, {"calculator": "Two"}), "input_side_packet": ["ENABLE:s"]}, {"s": True}, "Two"),
        ({**switch(ONE, {"calculator": "Two"}, select=1), "input_side_packet": ["SELECT:s"]}, {}, "Two"),
        ({**switch(ONE, {"calculator": "Two"}, select=1), "input_side_packet": ["SELECT:s"]}, {"s": 0}, "One"),
    ],
)
def test_a_switch_container_stands_for_the_node_that_is_selected(node: Json, given: Json, chosen: str) -> None:
    (only,) = expanded(node, **given).node
    assert (only.calculator, only.input_stream, only.output_stream) == (chosen, ["A:in"], ["OUT:o"])
    assert only.input_side_packet == []


def test_a_switch_container_may_contain_subgraphs() -> None:
    assert [node.name for node in expanded(switch(ONE, TWO, select=1)).node] == [
        "switch__twice__First", "switch__twice__second"
    ]  # fmt: skip


def test_a_constant_side_packet_selects() -> None:
    packets = [
        {
            "@type": "type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions",
            "packet": [{"int_value": 1}],
        }
    ]
    constant = {
        "calculator": "ConstantSidePacketCalculator",
        "output_side_packet": ["PACKET:s"],
        "node_options": packets,
    }
    node = {**switch(ONE, {"calculator": "Two"}), "input_side_packet": ["SELECT:s"]}
    config = expand(from_json({"input_stream": ["in"], "node": [constant, node]}), KNOWN.get)
    assert [one.calculator for one in config.node] == ["ConstantSidePacketCalculator", "Two"]


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (switch(ONE, select=1), "the node 'switch' selects 1, but contains 1 nodes"),
        (switch(ONE, select=0, enable=True), "has both options 'select' and 'enable'"),
        ({**switch(ONE), "input_side_packet": ["SELECT:s", "ENABLE:e"]}, "has both input_side_packets"),
        (
            {**switch(ONE), "input_stream": ["SELECT:a", "ENABLE:b"]},
            "has both input_streams 'SELECT' and 'ENABLE'",
        ),
        (switch(ONE, async_selection=True), "'async_selection', which is not supported"),
        (switch({}), "the node 'switch', option 'contained_node': node 0: 'calculator' is missing"),
    ],
)
def test_a_switch_container_that_cannot_choose_is_refused_by_name(node: Json, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        expanded(node)


def test_a_stream_that_selects_makes_all_contained_nodes_between_a_demux_and_a_mux() -> None:
    nodes = expanded({**switch(ONE, {"calculator": "Two"}), "input_stream": ["SELECT:s", "A:in"]}).node
    assert [(node.name, node.input_stream, node.output_stream) for node in nodes] == [
        (
            "switch__PacketSequencerCalculator",
            ["INPUT:s", "TICK:0:in"],
            ["OUTPUT:switch__gate_select_timed"],
        ),
        (
            "switch__SwitchDemuxCalculator",
            ["SELECT:switch__gate_select_timed", "A:0:in"],
            ["C0__A:0:switch__c0__in", "C1__A:0:switch__c1__in"],
        ),
        (
            "switch__SwitchMuxCalculator",
            ["SELECT:switch__gate_select_timed", "C0__OUT:0:switch__c0__o", "C1__OUT:0:switch__c1__o"],
            ["OUT:0:o"],
        ),
        ("switch__One", ["A:0:switch__c0__in"], ["OUT:0:switch__c0__o"]),
        ("switch__Two", ["A:0:switch__c1__in"], ["OUT:0:switch__c1__o"]),
    ]


def test_types_go_through_the_channels_of_a_switch() -> None:
    face = {"calculator": "FaceDetectionShortRangeCpu"}
    node = {
        **switch(face, face),
        "input_stream": ["SELECT:s", "IMAGE:in"],
        "output_stream": ["DETECTIONS:o"],
    }
    types = stream_types(expanded(node, subgraphs.find), REGISTRY)
    assert (types["in"], types["o"]) == ("Image", "Detections")


SHIPPED = {
    "FaceDetectionShortRangeCpu": "DETECTIONS",
    "FaceDetectionShortRangeGpu": "DETECTIONS",
    "FaceDetectionFrontGpu": "DETECTIONS",
    "FaceDetectionFullRangeCpu": "DETECTIONS",
    "SelfieSegmentationCpu": "SEGMENTATION_MASK",
    "SelfieSegmentationGpu": "SEGMENTATION_MASK",
}


@pytest.mark.parametrize(("name", "tag"), SHIPPED.items())
def test_a_shipped_subgraph_obeys_every_rule_and_has_its_model(name: str, tag: str) -> None:
    node = {"calculator": name, "input_stream": ["IMAGE:in"], "output_stream": [f"{tag}:out"]}
    config = from_json({"input_stream": ["in"], "output_stream": ["out"], "node": [node]})
    config = subgraphs.expanded(config, REGISTRY)
    rules.check(config, REGISTRY)
    models = [one.options["model_path"] for one in config.node if one.calculator == "InferenceCalculator"]
    assert [subgraphs.MODELS[path].name for path in models] == [path.rpartition("/")[2] for path in models]


def test_the_landscape_model_is_selected_by_the_side_packet_with_its_size() -> None:
    node = {
        "calculator": "SelfieSegmentationGpu",
        "input_stream": ["IMAGE:in"],
        "input_side_packet": ["MODEL_SELECTION:m"],
    }
    config = expanded(node, subgraphs.find, m=1)
    stated = {one.calculator: one.options for one in config.node}
    assert stated["ImageToTensorCalculator"]["output_tensor_height"] == 144
    assert stated["InferenceCalculator"]["model_path"].endswith("selfie_segmentation_landscape.tflite")


def test_tags_of_pictures_on_the_gpu_and_partial_options_are_read_as_ours() -> None:
    color = [
        {"@type": "type.googleapis.com/mediapipe.DetectionsToRenderDataCalculatorOptions", "color": {"r": 255}}
    ]
    nodes = [
        {
            "calculator": "AnnotationOverlayCalculator",
            "input_stream": ["IMAGE_GPU:in", "d"],
            "output_stream": ["IMAGE_GPU:o"],
        },
        {
            "calculator": "DetectionsToRenderDataCalculator",
            "output_stream": ["RENDER_DATA:d"],
            "node_options": color,
        },
    ]
    config = from_json({"input_stream": ["in"], "node": nodes})
    standardise(config, REGISTRY)
    assert (config.node[0].input_stream, config.node[0].output_stream) == (["IMAGE:in", "d"], ["IMAGE:o"])
    assert config.node[1].options == {"color": {"r": 255, "g": 0, "b": 0}}
