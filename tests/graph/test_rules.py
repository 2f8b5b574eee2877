"""Every rule that a config can break, broken alone: one error, which names the node and the stream."""

import re
from typing import Any

import pytest

import pyweb_ml  # noqa: F401  # registers the standard calculators
from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import rules
from pyweb_ml.graph.config import from_json
from pyweb_ml.graph.contract import REGISTRY
from pyweb_ml.graph.name_rules import node_names
from pyweb_ml.graph.port_rules import stream_types

PASS = "PassThroughCalculator"
KNOWN: dict[str, Any] = {**REGISTRY, PASS: None, "FlowLimiterCalculator": None, "GateCalculator": None}


def problems(graph: dict[str, Any]) -> list[str]:
    try:
        rules.check(from_json(graph), KNOWN)
    except ConfigError as error:
        return str(error).splitlines()
    return []


def node(name: str = "n", *inputs: str, **more: Any) -> dict[str, Any]:
    """A pass-through node with the output "out"."""
    plain = {"name": name, "calculator": PASS, "input_stream": list(inputs) or ["in"], "output_stream": ["out"]}
    return {**plain, **more}


def graph(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"input_stream": ["in"], "output_stream": ["out"], "node": list(nodes), **more}


def options(type: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"@type": f"type.googleapis.com/mediapipe.{type}", **fields}]


BLUR = {"calculator": "GaussianBlurCalculator", "input_stream": ["IMAGE:in"], "output_stream": ["IMAGE:out"]}
TO_TENSOR = {
    "name": "to_tensor",
    "calculator": "ImageToTensorCalculator",
    "input_stream": ["IMAGE:in"],
    "output_stream": ["TENSORS:out"],
}
SIZE = {"output_tensor_width": 8, "output_tensor_height": 8}
HANDLER = {"input_stream_handler": "SyncSetInputStreamHandler"}


def sync_sets(*sets: list[str]) -> dict[str, Any]:
    extension = "[mediapipe.SyncSetInputStreamHandlerOptions.ext]"
    return {**HANDLER, "options": {extension: {"sync_set": [{"tag_index": one} for one in sets]}}}


def tensor(**fields: Any) -> dict[str, Any]:
    return graph({**TO_TENSOR, "node_options": options("ImageToTensorCalculatorOptions", **fields)})


CASES: list[tuple[dict[str, Any], str]] = [
    (graph(node(calculator="NoCalculator")), "the node 'n' is a 'NoCalculator', which is no known calculator"),
    (graph(node("n", "nowhere")), "the node 'n' reads 'nowhere', which nothing produces"),
    (graph(node(), output_stream=["other"]), "the graph's output 'other' is produced by nothing"),
    (graph(node("a"), node("b")), "the stream 'out' has 2 producers, 'a', 'b'; a stream has one"),
    (
        graph(node(output_stream=["in"]), output_stream=[]),
        "the stream 'in' has 2 producers, the graph's input, 'n'; a stream has one",
    ),
    (
        graph(node("a", output_stream=["out", "out"])),
        "the stream 'out' has 2 producers, 'a', 'a'; a stream has one",
    ),
    (
        graph(node("a", output_side_packet=["x"]), input_side_packet=["x"]),
        "the side packet 'x' has 2 producers, the graph's input, 'a'; a side packet has one",
    ),
    (graph(node(), output_side_packet=["x"]), "the graph's output side packet 'x' is produced by nothing"),
    (graph(node("n", "In")), "the node 'n' has the input_stream 'In': the name 'In' must be small letters"),
    (graph(node("n", "1in")), "the node 'n' has the input_stream '1in': the name '1in'"),
    (
        graph(node("n", "tag:in")),
        "the node 'n' has the input_stream 'tag:in': the tag 'tag' must be capital letters",
    ),
    (graph(node("n", ":in")), "the node 'n' has the input_stream ':in': the tag ''"),
    (graph(node("n", ":0:in")), "the node 'n' has the input_stream ':0:in': the tag ''"),
    (graph(node("n", "A:01:in")), "the node 'n' has the input_stream 'A:01:in': the index '01'"),
    (graph(node("n", "A:0:b:in")), "the node 'n' has the input_stream 'A:0:b:in': it has more than two colons"),
    (graph(node("n", "A:in", "A:in")), "the node 'n' has 2 input_streams at 'A:0'; number them, as in 'A:1:b'"),
    (graph(node("n", "A:1:in")), "the node 'n' has a gap in its input_streams: 'A:0' is missing"),
    (
        graph(node(), input_stream=["in", "frame-1"]),
        "the graph has the input_stream 'frame-1': the name 'frame-1'",
    ),
    (graph(node(input_side_packet=["Model"])), "the node 'n' has the input_side_packet 'Model'"),
    (
        graph(node(input_stream_info=[{"tag_index": "LOOP", "back_edge": True}])),
        "the node 'n' has input_stream_info for 'LOOP', which is none of its inputs",
    ),
    (graph(node(option_value=["a=b"])), "the node 'n' has the option_value 'a=b', which cannot be read"),
    (
        graph(node("a", "in", "back"), node("b", "out", output_stream=["back"])),
        "these nodes wait for each other in a circle: 'a', 'b'; mark one of their inputs with 'input_stream_info",
    ),
    (
        graph(
            node("a", input_side_packet=["x"], output_side_packet=["y"]),
            node("b", output_stream=["b"], input_side_packet=["y"], output_side_packet=["x"]),
        ),
        "these nodes wait for each other in a circle: 'a', 'b'",
    ),
    (graph(node(executor="pool")), "the node 'n' has the executor 'pool', which the graph does not declare"),
    (graph(node(), executor=[{"name": "gpu"}]), "the graph has an executor 'gpu', a name that is reserved"),
    (
        graph(node(), executor=[{"name": "default"}]),
        "the graph has an executor 'default', a name that is reserved",
    ),
    (graph(node(), executor=[{"name": "a"}, {"name": "a"}]), "the graph has 2 executors 'a'"),
    (graph(node(), executor=[{"name": "a", "type": "Fast"}]), "the executor 'a' is a 'Fast', which is not known"),
    (
        graph(node(), executor=[{"name": "a", "type": "ThreadPoolExecutor"}]),
        "the executor 'a' is a ThreadPoolExecutor, so it needs its option 'num_threads', 1 or more",
    ),
    (
        graph(node(), executor=[{"name": "a", "type": "ThreadPoolExecutor", "options": {"threads": 1}}]),
        "the executor 'a' has no option 'threads'; did you mean 'num_threads'?",
    ),
    (graph(node(), executor=[{}], num_threads=2), "the graph gives num_threads and a default executor too"),
    (graph(node(), max_queue_size=-2), "the graph has max_queue_size -2; it must be -1 or more"),
    (graph(node(max_in_flight=-1)), "the node 'n' has max_in_flight -1; it must be 0 or more"),
    (
        graph(node(input_stream_handler={"input_stream_handler": "ImediateInputStreamHandler"})),
        "the node 'n' has the input_stream_handler 'ImediateInputStreamHandler', which is not known; "
        "did you mean 'ImmediateInputStreamHandler'?",
    ),
    (
        graph(node(), input_stream_handler={"input_stream_handler": "NoHandler"}),
        "the graph has the input_stream_handler 'NoHandler', which is not known",
    ),
    (
        graph(node(input_stream_handler=sync_sets([":0"], [":1"]))),
        "the node 'n' has ':1' in its input_stream_handler, which is none of its inputs",
    ),
    (
        graph(node(input_stream_handler=sync_sets([":0"], [":0"]))),
        "the node 'n' has ':0' in 2 sync sets; an input is in one",
    ),
    (
        graph(
            node(input_stream_handler={**HANDLER, "options": {"[mediapipe.GateCalculatorOptions.ext]": {"a": 1}}})
        ),
        "the node 'n' has the handler options 'mediapipe.GateCalculatorOptions'",
    ),
    (
        graph(node(input_stream_handler={**HANDLER, "options": {"sets": []}})),
        "the node 'n', input_stream_handler has no option 'sets'; there are sync_set",
    ),
    (
        graph(
            {
                **node(),
                "calculator": "GateCalculator",
                "node_options": options("GateCalculatorOptions", allow="yes"),
            }
        ),
        "the node 'n' has the option 'allow' 'yes'; it must be true or false",
    ),
    (
        tensor(**SIZE, output_tensor_depth=3),
        "the node 'to_tensor' has no option 'output_tensor_depth'; did you mean 'output_tensor_width'?",
    ),
    (
        tensor(**SIZE, border_mode="ZERO"),
        "the node 'to_tensor' has the option 'border_mode' 'ZERO'; it must be one of 'BORDER_ZERO'",
    ),
    (
        tensor(output_tensor_width="8", output_tensor_height=8),
        "the node 'to_tensor' has the option 'output_tensor_width' '8'; it must be int",
    ),
    (tensor(output_tensor_width=8), "the node 'to_tensor' needs its option 'output_tensor_height'"),
    (
        graph({**TO_TENSOR, "node_options": options("GateCalculatorOptions", allow=True)}),
        "the node 'to_tensor' has the options 'mediapipe.GateCalculatorOptions'; "
        "it takes 'mediapipe.ImageToTensorCalculatorOptions'",
    ),
    (
        graph({**BLUR, "name": "blur", "input_stream": ["PICTURE:in"], "node_options": options("X", sigma=8)}),
        "the node 'blur' has no input_stream 'PICTURE:0', as 'in' is given; its tags are 'IMAGE'",
    ),
]


@pytest.mark.parametrize(("broken", "message"), CASES, ids=[message[:70] for _, message in CASES])
def test_a_broken_rule_is_named_with_its_node_and_stream(broken: dict[str, Any], message: str) -> None:
    found = problems(broken)
    assert [one for one in found if message in one], found


def test_a_graph_that_breaks_no_rule_has_no_problem() -> None:
    assert problems(graph(node())) == []
    assert (
        problems(tensor(**SIZE, border_mode="BORDER_ZERO", output_tensor_float_range={"min": -1, "max": 1})) == []
    )


def test_a_stream_of_the_wrong_type_names_both_types() -> None:
    inference = {
        "calculator": "InferenceCalculator",
        "input_stream": ["TENSORS:between"],
        "output_stream": ["TENSORS:out"],
        "node_options": options("InferenceCalculatorOptions", model_path="a.tflite"),
    }
    blur: dict[str, Any] = {**BLUR, "output_stream": ["IMAGE:blurred"]}
    blur["node_options"] = [{"@type": "type.googleapis.com/pywebml.GaussianBlurCalculatorOptions", "sigma": 8}]
    through = node("through", "blurred", output_stream=["between"])
    found = problems(graph(blur, through, inference))
    assert found == ["the node 'InferenceCalculator' takes Tensors where it reads 'between', which is Image"]


def test_an_input_that_is_needed_is_asked_for_by_its_tag() -> None:
    drawn = {"calculator": "BlendCalculator", "input_stream": ["in"], "output_stream": ["IMAGE:out"]}
    found = "\n".join(problems(graph(drawn)))
    assert re.search(r"the node 'BlendCalculator' needs its input_stream '\w+', of type Mask", found), found


def test_a_marked_back_edge_closes_no_circle() -> None:
    loop = node("a", "in", "back", input_stream_info=[{"tag_index": ":1", "back_edge": True}])
    assert problems(graph(loop, node("b", "out", output_stream=["back"]))) == []


def test_a_side_packet_that_nothing_makes_may_be_given_when_the_run_starts() -> None:
    assert problems(graph(node(input_side_packet=["MODEL:model"]))) == []


def test_a_stream_and_a_side_packet_may_have_one_name() -> None:
    assert problems(graph(node(), input_side_packet=["in"])) == []


def test_all_broken_rules_are_told_at_once() -> None:
    found = problems(
        graph(node("a", "nowhere", executor="pool"), node("b", "out", output_stream=["b"], max_in_flight=-1))
    )
    assert len(found) == 3


def test_nodes_without_a_name_are_called_by_their_calculator_and_numbered() -> None:
    assert node_names(from_json(graph(node("a"), node(""), node("")))) == ["a", f"{PASS}_1", f"{PASS}_2"]


def test_the_type_of_an_input_is_that_of_what_takes_it_through_what_passes_packets_on() -> None:
    limiter = {"calculator": "FlowLimiterCalculator", "input_stream": ["in"], "output_stream": ["limited"]}
    config = from_json(graph(limiter, {**BLUR, "input_stream": ["IMAGE:limited"]}))
    assert stream_types(config, KNOWN) == {"in": "Image", "limited": "Image", "out": "Image"}
