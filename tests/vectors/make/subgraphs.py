"""Subgraphs: what takes the place of a node that names one. The oracle runs none: its Python class takes none."""

from typing import Any

from tests.vectors.make.building import Json, back_edge, case, graph, node, same, steps

TEST = "mediapipe/framework/tool/subgraph_expansion_test.cc"
OPTIONS = "mediapipe/framework/tool/options_util_test.cc"
TWICE_OPTIONS = {"@type": "type.googleapis.com/pywebml.ScaleTestCalculatorOptions", "by": 2}


def subgraph(type: str, inputs: str, outputs: str, *nodes: Json, **more: Any) -> Json:
    return {"type": type, **graph(inputs, *nodes, output_stream=outputs.split(), **more)}


PASS = node("PassThroughCalculator", "a", "b")
PASSING = subgraph("PassingSubgraph", "IN:a", "OUT:c", PASS, node("PassThroughCalculator", "b", "c"))
NESTED = subgraph("NestedSubgraph", "IN:a", "OUT:b", node("PassingSubgraph", "IN:a", "OUT:b", name="inner"))
JOINING = subgraph("JoiningSubgraph", "A:a B:b", "OUT:out", node("JoinTestCalculator", "a b", "out"))
SCALING = subgraph("ScalingSubgraph", "a", "b",
                   node("ScaleTestCalculator", "a", "b", option_value=["by:options/factor"],
                        node_options=[TWICE_OPTIONS]))  # fmt: skip
WITH_SIDE = subgraph("WithSideSubgraph", "a", "b",
                     node("WithSideTestCalculator", "a", "b", input_side_packet=["side"]),
                     input_side_packet=["SIDE:side"])  # fmt: skip
ITSELF = subgraph("EndlessSubgraph", "a", "b", node("EndlessSubgraph", "a", "b"))


def scaling(**options: Any) -> Json:
    stated = {"@type": "type.googleapis.com/pywebml.ScalingSubgraphOptions", **options}
    return graph("in", node("ScalingSubgraph", "in", "out", node_options=[stated]))


def outer(calculator: str = "PassingSubgraph", **more: Any) -> Json:
    return graph("in", node(calculator, "IN:in", "OUT:out", name="Sub Graph.1", **more))


_NAMES = [
    case("A subgraph's nodes take the place of its node", TEST, outer(), steps("in@1 in@2 |"),
         subgraphs=[PASSING], packets={"out": same(1, 2)}),
    case("Streams within a subgraph are named after its node, in small letters", TEST, outer(), steps("in@1 |"),
         subgraphs=[PASSING], packets={"sub_graph_1__b": same(1), "out": same(1)}),
    case("Streams within a subgraph within a subgraph have both names", TEST, outer("NestedSubgraph"),
         steps("in@1 |"), subgraphs=[NESTED, PASSING], packets={"sub_graph_1__inner__b": same(1), "out": same(1)}),
    case("Two nodes of one subgraph do not share its streams", TEST,
         graph("in", node("PassingSubgraph", "IN:in", "OUT:x"), node("PassingSubgraph", "IN:x", "OUT:y")),
         steps("in@1 |"), subgraphs=[PASSING],
         packets={"passingsubgraph_1__b": same(1), "passingsubgraph_2__b": same(1), "y": same(1)}),
    case("An output of a subgraph that is not connected keeps its inner name", TEST,
         graph("in", node("PassingSubgraph", "IN:in", name="s")), steps("in@1 |"), subgraphs=[PASSING],
         packets={"s__c": same(1)}),
    case("An input of a subgraph that is not connected is left out of the nodes that take it", TEST,
         graph("in", node("JoiningSubgraph", "B:in", "OUT:out")), steps("in@1 |"), subgraphs=[JOINING],
         packets={"out": [[1, [1]]]}),
    case("Both inputs of a subgraph may be one stream", TEST,
         graph("in", node("JoiningSubgraph", "A:in B:in", "OUT:out")), steps("in@1 |"), subgraphs=[JOINING],
         packets={"out": [[1, [1, 1]]]}),
    case("A side packet comes into a subgraph by its tag", TEST,
         graph("in", node("WithSideSubgraph", "in", "out", input_side_packet=["SIDE:given"]),
               input_side_packet=["given"]), steps("in@1 |"), subgraphs=[WITH_SIDE], side_packets={"given": "s"},
         packets={"out": [[1, [1, "s"]]]}),
    case("A limited loop goes through a subgraph", TEST,
         graph("in", node("FlowLimiterCalculator", "in FINISHED:out", "free",
                          input_stream_info=back_edge("FINISHED")),
               node("PassingSubgraph", "IN:free", "OUT:out")), steps("in@1 | in@2 |"), subgraphs=[PASSING],
         packets={"out": same(1, 2)}),
]  # fmt: skip

_OPTIONS = [
    case("A node's options pass into the subgraph by option_value", OPTIONS, scaling(factor=5), steps("in@1 |"),
         subgraphs=[SCALING], packets={"out": [[1, 5]]}),
    case("A field that is not there to pass leaves the inner node's own", OPTIONS, scaling(), steps("in@3 |"),
         subgraphs=[SCALING], packets={"out": [[3, 6]]}),
    case("The subgraph's own options pass where its node has none", OPTIONS, scaling(), steps("in@1 |"),
         subgraphs=[{**SCALING, "graph_options": [{"@type": "pywebml.ScalingSubgraphOptions", "factor": 7}]}],
         packets={"out": [[1, 7]]}),
    case("OPTIONS:options passes all fields at once", OPTIONS, scaling(by=4), steps("in@1 |"),
         subgraphs=[subgraph("ScalingSubgraph", "a", "b",
                             node("ScaleTestCalculator", "a", "b", option_value=["OPTIONS:options"]))],
         packets={"out": [[1, 4]]}),
]  # fmt: skip

_REFUSED = [
    case(f"{what} is refused", TEST, config, [], subgraphs=given, error=error)
    for what, config, given, error in [
        ("A tag that a subgraph lacks",
         graph("in", node("PassingSubgraph", "X:in", "OUT:out", name="s")), [PASSING],
         ["s", "PassingSubgraph", "input_stream", "X:0"]),
        ("A field that only calculators have on a subgraph's node", outer(max_in_flight=2), [PASSING],
         ["Sub Graph.1", "max_in_flight"]),
        ("A subgraph that contains itself", graph("in", node("EndlessSubgraph", "in", "out")), [ITSELF],
         ["EndlessSubgraph", "contains itself"]),
        ("An unknown calculator within a subgraph", graph("in", node("OddSubgraph", "in", "out", name="s")),
         [subgraph("OddSubgraph", "a", "b", node("NoSuchCalculator", "a", "b"))], ["s__NoSuchCalculator"]),
        ("An option_value that cannot be read", graph("in", node("OddSubgraph", "in", "out")),
         [subgraph("OddSubgraph", "a", "b", {**PASS, "name": "p", "option_value": ["by:other/x"]})],
         ["p", "by:other/x"]),
    ]
]  # fmt: skip

CASES = [*_NAMES, *_OPTIONS, *_REFUSED]
