"""PreviousLoopbackCalculator, and other loops: back edges, unit delays, filters with memory."""

from typing import Any

from tests.vectors.make.building import Json, back_edge, case, graph, handler, node, same, settled, steps

TEST = "mediapipe/calculators/core/previous_loopback_calculator_test.cc"
GRAPH = "mediapipe/framework/calculator_graph_test.cc"
RUN = "MediaPipe 0.10.21, run"

LOOP = node(
    "PreviousLoopbackCalculator", "MAIN:in LOOP:out", "PREV_LOOP:previous", input_stream_info=back_edge("LOOP")
)
ECHO = graph("in", LOOP, node("PassThroughCalculator", "in previous", "out prev"))
"""The loop gets what came in: `prev` is the input before, at the present timestamp."""
OPEN = graph("main loop", node("PreviousLoopbackCalculator", "MAIN:main LOOP:loop", "PREV_LOOP:out"))
"""The calculator alone, both of its streams fed from outside."""

_ECHOES = [
    case("Each input is paired with the one before", TEST, ECHO, settled(*steps("in@1 in@2 in@5 in@15")),
         packets={"out": same(1, 2, 5, 15), "prev": [[2, 1], [5, 2], [15, 5]]}),
    case("Each input is paired with the one before, without waiting between them", TEST, ECHO,
         steps("in@1 in@2 in@5 in@15"), packets={"out": same(1, 2, 5, 15), "prev": [[2, 1], [5, 2], [15, 5]]}),
    case("The first input has none before it, even at Max", TEST, ECHO, steps("in@Max"),
         packets={"out": same("Max"), "prev": []}),
    case("From Min to Max is one step", TEST, ECHO, steps("in@Min | in@Max"),
         packets={"out": same("Min", "Max"), "prev": [["Max", "Min"]]}),
    case("The first input gives only a bound", TEST, ECHO, steps("in@1 | in@2 |"),
         packets={"prev": [[2, 1]]}, bounds={"prev": [1]}),
    case("A bound on the input passes to the output", TEST, ECHO, steps("in@1 | in<4 | in@5 |"),
         packets={"prev": [[5, 1]]}, bounds={"prev": [1, 3]}),
]  # fmt: skip

_OPEN = [
    case("The loop's packet at the previous timestamp is stamped anew", TEST, OPEN,
         steps('main@1 | loop@1="one" | main@3 | loop@3="three" | main@4 |'), packets={"out": [[3, "one"], [4,
         "three"]]}),
    case("Where the loop gave nothing for the previous input, there is a bound", TEST, OPEN,
         steps('main@1 | loop<2 | main@2 | loop@2="two" | main@3 |'), packets={"out": [[3, "two"]]},
         bounds={"out": [1, 2]}),
    case("The output waits for the loop", TEST, OPEN, steps('main@1 main@2 main@3 | loop@1="a" | loop@2="b" |'),
         packets={"out": [[2, "a"], [3, "b"]]}),
    case("An input without a packet does not count as the previous one", TEST, OPEN,
         steps('main@1 | loop@1="a" | main<3 | main@5 | loop<5 | loop@5="b" | main@6 |'),
         packets={"out": [[5, "a"], [6, "b"]]}),
    case("Loop packets of other timestamps than the input's are dropped", TEST, OPEN,
         steps('main@2 | loop@1="early" | loop@2="right" | main@4 | loop@3="between" | loop@4="last" | main@5 |'),
         packets={"out": [[4, "right"], [5, "last"]]}),
    case("A loop that has ended leaves bounds", RUN, OPEN, steps("main@1 | loop. | main@2 | main@3 |"),
         packets={"out": []}),
    case("The end of the input ends the output", RUN, OPEN, steps('main@1 | loop@1="a" | main. | loop@2="b" |'),
         packets={"out": []}),
]  # fmt: skip

EARLY = handler("EarlyClose")


def summing(first: Json, second: Json | None = None, **more: Any) -> Json:
    """The unit delay sum of the graph tests: integers, added to their own sum so far."""
    count = node("CountTestCalculator", "", "integers", {"count": 6})
    return graph("", count, first, second or node("UnitDelayTestCalculator", "sum", "old"), **more)


def adder(**more: Any) -> Json:
    return node("AddTestCalculator", "integers old", "sum", input_stream_info=back_edge(":1"), **more)


_SUMS = [[0, 1], [1, 3], [2, 6], [3, 10], [4, 15], [5, 21]]

_CYCLES = [
    case("A sum over a unit delay on a back edge grows with each integer", GRAPH + " Cycle",
         summing(adder(input_stream_handler=EARLY)), [], packets={"sum": _SUMS}),
    case("Without timestamps, the barrier handler in the whole graph gives the same sums", GRAPH + " CycleUntimed",
         summing(adder(), input_stream_handler=handler("Barrier")), [], packets={"sum": _SUMS}),
    case("A back edge may be named by its tag", GRAPH + " Cycle",
         graph("in", node("PreviousLoopbackCalculator", "MAIN:in LOOP:in2", "PREV_LOOP:previous",
                          input_stream_info=back_edge("LOOP:0")),
               node("PassThroughCalculator", "in previous", "in2 out")), settled(*steps("in@1 in@2")),
         packets={"out": [[2, 1]]}),
    case("A recursive filter remembers its own output", GRAPH + " DirectFormI",
         graph("", node("CountTestCalculator", "", "x", {"count": 4, "start": 8, "step": 1}),
               node("ScaleTestCalculator", "old", "half", {"by": 0.5}),
               node("AddTestCalculator", "x half", "y", input_stream_info=back_edge(":1"),
               input_stream_handler=EARLY),
               node("UnitDelayTestCalculator", "y", "old")), [],
         packets={"y": [[0, 8], [1, 13], [2, 16.5], [3, 19.25]]}),
    case("A moving sum of two inputs needs no back edge", GRAPH + " DirectFormI",
         graph("", node("CountTestCalculator", "", "x", {"count": 4}), node("UnitDelayTestCalculator", "x",
         "before"),
               node("AddTestCalculator", "x before", "y", input_stream_handler=EARLY)), [],
         packets={"y": [[0, 1], [1, 3], [2, 5], [3, 7]]}),
    case("Two loops in one graph do not disturb each other", GRAPH + " DirectFormII",
         graph("", node("CountTestCalculator", "", "integers", {"count": 4}),
               node("AddTestCalculator", "integers old", "sum", input_stream_info=back_edge(":1"),
               input_stream_handler=EARLY),
               node("UnitDelayTestCalculator", "sum", "old"),
               node("AddTestCalculator", "sum older", "twice", input_stream_info=back_edge(":1"),
               input_stream_handler=EARLY),
               node("UnitDelayTestCalculator", "twice", "older")), [],
         packets={"sum": _SUMS[:4], "twice": [[0, 1], [1, 4], [2, 10], [3, 20]]}),
    case("A dot product of the inputs and their unit delay", GRAPH + " DotProduct",
         graph("", node("CountTestCalculator", "", "x", {"count": 3}), node("ScaleTestCalculator", "x", "tenfold",
         {"by": 10}),
               node("AddTestCalculator", "x tenfold", "y")), [], packets={"y": [[0, 11], [1, 22], [2, 33]]}),
    case("A cycle that no back edge breaks is refused, and named", GRAPH,
         graph("in", node("AddTestCalculator", "in old", "sum", name="adder"),
               node("UnitDelayTestCalculator", "sum", "old", name="delay")), [], error=["adder", "delay"]),
    case("A node that reads its own output without a back edge is refused", GRAPH,
         graph("in", node("PassThroughCalculator", "in out2", "out out2", name="self")), [], error=["self"]),
    case("Two calculators that read each other are refused", "MediaPipe 0.10.21, run",
         graph("in", node("PassThroughCalculator", "in b", "x a", name="first"),
               node("PassThroughCalculator", "a", "b", name="second")), [], error=["first", "second"]),
]  # fmt: skip

_ENDS = [
    case("A packet behind a loop that waits for another stream's end is given when that ends", GRAPH,
         graph("in", LOOP, node("PassThroughCalculator", "in previous", "out prev"), node("HoldTestCalculator",
         "previous", "held"),
               node("JoinTestCalculator", "out held", "joined")), steps("in@1"),
         packets={"joined": [[1, [1, None]]]}),
]  # fmt: skip

CASES = [*_ECHOES, *_OPEN, *_CYCLES, *_ENDS]
