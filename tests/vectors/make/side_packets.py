"""Side packets: given, made by nodes, missing, set twice."""

from typing import Any

from tests.vectors.make.building import Json, case, graph, node, steps

TEST = "mediapipe/framework/calculator_graph_side_packet_test.cc"
CONSTANT = "mediapipe/calculators/core/constant_side_packet_calculator_test.cc"
RUN = "MediaPipe 0.10.21, run"
WITH_SIDE = node("WithSideTestCalculator", "a", "out", input_side_packet=["s"], name="reader")


def given(*nodes: Json, names: str = "s", inputs: str = "a") -> Json:
    """A graph that takes side packets."""
    return {**graph(inputs, *nodes), "input_side_packet": names.split()}


def made(where: str, inputs: str = "", times: int = 1) -> Json:
    """A node that makes the side packet `s`."""
    options = {"value": "made", "where": where, "times": times}
    return node("SideTestCalculator", inputs, "", options, output_side_packet=["s"], name="maker")


def constants(*values: tuple[str, Any]) -> Json:
    """A ConstantSidePacketCalculator with one output a value, `s0`, `s1`, …"""
    names = [f"PACKET:{index}:s{index}" for index in range(len(values))]
    options = {"packet": [{kind: value} for kind, value in values]}
    return node("ConstantSidePacketCalculator", options=options, output_side_packet=names, name="constants")


_GIVEN = [
    case("A side packet given at the start is there in Process", TEST, given(WITH_SIDE), steps("a@1 a@2"),
         side_packets={"s": "side"}, packets={"out": [[1, [1, "side"]], [2, [2, "side"]]]}),
    case("A side packet that no node reads may be given", TEST,
         given(node("PassThroughCalculator", "a", "out")), steps("a@1"), side_packets={"s": 3},
         packets={"out": [[1, 1]]}),
    case("One side packet may feed several nodes", TEST,
         given(WITH_SIDE, node("WithSideTestCalculator", "a", "again", input_side_packet=["s"])), steps("a@1"),
         side_packets={"s": 7}, packets={"out": [[1, [1, 7]]], "again": [[1, [1, 7]]]}),
    case("A side packet that is not given is named", TEST, given(WITH_SIDE), steps("a@1"), error=["s"]),
    case("A side packet that nothing makes and the graph does not take is refused", TEST, graph("a", WITH_SIDE),
         [],
         error=["reader", "s"]),
]  # fmt: skip

_MADE = [
    case("A node's side packet made in Open reaches its readers", TEST, graph("a", made("open"), WITH_SIDE),
         steps("a@1"),
         packets={"out": [[1, [1, "made"]]]}),
    case("The order of the nodes in the config does not matter to side packets", TEST,
         graph("a", WITH_SIDE, made("open")), steps("a@1"), packets={"out": [[1, [1, "made"]]]}),
    case("A side packet made in Process holds its readers back until then", TEST + " OutputSidePacketInProcess",
         graph("a b", made("process", "b"), WITH_SIDE), steps("a@1 a@2 | b@1 |"),
         packets={"out": [[1, [1, "made"]], [2, [2, "made"]]]}),
    case("A side packet made in Close holds its readers back until then", TEST,
         graph("a b", made("close", "b"), WITH_SIDE), steps("a@1 | b@1 | b. |"), packets={"out": [[1, [1,
         "made"]]]}),
    case("A node's side packet is there after the run", TEST,
         {**graph("a", made("open"), node("PassThroughCalculator", "a", "out")), "output_side_packet": ["s"]}, [],
         packets={"out": []}, output_side_packets={"s": "made"}),
    case("A source may make a side packet", TEST, graph("a", made("process"), WITH_SIDE), steps("a@1"),
         packets={"out": [[1, [1, "made"]]]}),
]  # fmt: skip

_REFUSED = [
    case("A side packet that is set twice in Open is refused", TEST + " OutputSidePacketAlreadySet",
         graph("a", made("open", times=2), WITH_SIDE), steps("a@1"), error=["maker", "s"]),
    case("A side packet that is set in every Process is refused at the second",
         TEST + " OutputSidePacketAlreadySet",
         graph("b", made("process", "b")), steps("b@1 b@2"), error=["maker", "s"]),
    case("Two nodes that make the same side packet are refused", TEST,
         graph("", made("open"), node("SideTestCalculator", "", "", {"value": 1}, output_side_packet=["s"],
         name="other")),
         [], error=["s"]),
    case("A graph's side packet that a node makes too is refused", TEST, given(made("open")), [],
         side_packets={"s": 1}, error=["s"]),
    case("Side packets that wait for each other are refused", TEST,
         graph("", node("SideTestCalculator", "", "", {"value": 1}, input_side_packet=["t"],
         output_side_packet=["s"],
                        name="first"),
               node("SideTestCalculator", "", "", {"value": 1}, input_side_packet=["s"], output_side_packet=["t"],
                    name="second")),
         [], error=["first", "second"]),
]  # fmt: skip

_CONSTANTS = [
    case(f"A constant side packet may be {name}", CONSTANT,
         {**graph("", constants((kind, value))), "output_side_packet": ["s0"]}, [],
         output_side_packets={"s0": value})
    for name, kind, value in [
        ("an integer", "int_value", 256),
        ("a Boolean", "bool_value", True),
        ("a string", "string_value", "str"),
        ("a number", "float_value", 0.5),
    ]
]  # fmt: skip

_MORE_CONSTANTS = [
    case("One calculator may make several constants", CONSTANT,
         {**graph("", constants(("int_value", 1), ("string_value", "two"))), "output_side_packet": ["s0", "s1"]},
         [],
         output_side_packets={"s0": 1, "s1": "two"}),
    case("A constant decides over a gate", RUN,
         graph("a", constants(("bool_value", True)),
               node("GateCalculator", "a", "out", input_side_packet=["ALLOW:s0"])), steps("a@1"),
         packets={"out": [[1, 1]]}),
    case("More constants than outputs are refused", CONSTANT,
         graph("", node("ConstantSidePacketCalculator", options={"packet": [{"int_value": 1}, {"int_value": 2}]},
                        output_side_packet=["PACKET:s"], name="constants")), [], error=["constants"]),
    case("A constant without a value is refused", CONSTANT,
         graph("", node("ConstantSidePacketCalculator", options={"packet": [{}]}, output_side_packet=["PACKET:s"],
                        name="constants")), [], error=["constants"]),
]  # fmt: skip

CASES = [*_GIVEN, *_MADE, *_REFUSED, *_CONSTANTS, *_MORE_CONSTANTS]
