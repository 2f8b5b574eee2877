"""A calculator's life: Open, Process and Close; sources, stopping, ending, failing."""

from tests.vectors.make.building import CANCEL, Json, case, graph, node, numbered, same, steps

GRAPH = "mediapipe/framework/calculator_graph_test.cc"
STOPPING = "mediapipe/framework/calculator_graph_stopping_test.cc"
DOCS = "docs/framework_concepts/calculators.md"
LOOP = "mediapipe/framework/calculator_graph_event_loop_test.cc"


def count(number: int, **options: int) -> Json:
    return node("CountTestCalculator", "", "numbers", {"count": number, **options})


def failing(where: str) -> Json:
    fails = node("FailTestCalculator", "a", "out", {"where": where}, name="fails")
    return graph("a", fails, node("LifeTestCalculator", "a", "life"))


_LIFE = [
    case("Open, Process for each packet, Close", DOCS, graph("a", node("LifeTestCalculator", "a", "log")),
         steps("a@5 a@9"), packets={"log": numbered("open", ["process", 5], ["process", 9], "close")}),
    case("Without packets there is Open and Close", DOCS, graph("a", node("LifeTestCalculator", "a", "log")), [],
         packets={"log": numbered("open", "close")}),
    case("A calculator opens before any packet, and closes with its input", DOCS,
         graph("a b", node("LifeTestCalculator", "a", "log"), node("PassThroughCalculator", "b", "out")),
         steps("| a. | b@1"), packets={"log": numbered("open", "close"), "out": same(1)}),
    case("Close comes when all inputs have ended, not before", DOCS,
         graph("a b", node("LifeTestCalculator", "a b", "log")), steps("a@1 | a. | b@2 | b. |"),
         packets={"log": numbered("open", ["process", 1], ["process", 2], "close")}),
    case("Closing goes from calculator to calculator", DOCS,
         graph("a", node("PassThroughCalculator", "a", "x"), node("LifeTestCalculator", "x", "log")),
         steps("a@1 a."), packets={"log": numbered("open", ["process", 1], "close")}),
    case("Everything closed at once takes along what was still queued", GRAPH,
         graph("a b", node("JoinTestCalculator", "a b", "out")), steps("a@1 a@2 a@3 ~"),
         packets={"out": [[1, [1, None]], [2, [2, None]], [3, [3, None]]]}),
]  # fmt: skip

_SOURCES = [
    case("A source runs until it stops", GRAPH, graph("", count(4)), [],
         packets={"numbers": [[0, 1], [1, 2], [2, 3], [3, 4]]}),
    case("A source that stops at once gives nothing", GRAPH, graph("", count(0)), [], packets={"numbers": []}),
    case("A source gives its timestamps as it likes, rising", GRAPH, graph("", count(3, start=7, first=-20,
         step=20)),
         [], packets={"numbers": [[-20, 7], [0, 8], [20, 9]]}),
    case("What follows a source sees all of its packets, and then its end", GRAPH,
         graph("", count(2), node("LifeTestCalculator", "numbers", "log")), [],
         packets={"log": numbered("open", ["process", 0], ["process", 1], "close")}),
    case("A source whose timestamps do not rise fails", GRAPH, graph("", count(3, step=0)), [], error=["numbers"]),
    case("Two sources are joined by timestamp", GRAPH,
         graph("", count(3), node("CountTestCalculator", "", "tens", {"count": 2, "start": 10, "step": 2}),
               node("JoinTestCalculator", "numbers tens", "out")), [],
         packets={"out": [[0, [1, 10]], [1, [2, None]], [2, [3, 11]]]}),
    case("A source and a graph input are joined by timestamp", GRAPH,
         graph("a", count(3), node("JoinTestCalculator", "numbers a", "out")), steps("a@1 a@2"),
         packets={"out": [[0, [1, None]], [1, [2, 1]], [2, [3, 2]]]}),
    case("Sources of two layers both run to their end", "mediapipe/framework/scheduler_queue.cc",
         graph("", node("CountTestCalculator", "", "late", {"count": 2}, source_layer=1),
               node("CountTestCalculator", "", "early", {"count": 3}, source_layer=0)), [],
         packets={"early": [[0, 1], [1, 2], [2, 3]], "late": [[0, 1], [1, 2]]}),
]  # fmt: skip

_STOPPING = [
    case("A calculator that stops ends the graph, what came before is out", STOPPING,
         graph("a", node("StopTestCalculator", "a", "out")), steps('a@1 | a@2="stop" |'),
         packets={"out": same(1)}),
    case("Calculators after one that stopped are closed in good order", STOPPING,
         graph("a", node("StopTestCalculator", "a", "x"), node("SummaryTestCalculator", "x", "out")),
         steps('a@1 | a@2 | a@3="stop" |'), packets={"out": [["Max", [1, 2]]]}),
]  # fmt: skip

_CLOSING_OUTPUTS = [
    case("A calculator may close an output early", GRAPH, graph("a", node("CloseOutputTestCalculator", "a",
         "out")),
         steps('a@1 a@2="close"'), packets={"out": same(1)}),
    case("A closed output settles all of its timestamps", GRAPH,
         graph("a b", node("CloseOutputTestCalculator", "a", "x"), node("JoinTestCalculator", "x b", "out")),
         steps('a@1="close" | b@5 | b@6 |'), packets={"out": [[5, [None, 5]], [6, [None, 6]]]}),
    case("A packet to an output that is closed is refused", GRAPH,
         graph("a", node("CloseOutputTestCalculator", "a", "out", name="closer"),
               node("PassThroughCalculator", "out a", "x y")),
         steps('a@1="close" | a@2 |'), error=["closer", "out"]),
]  # fmt: skip

_OUTPUT_ERRORS = [
    case("An output's timestamp may not fall", GRAPH,
         graph("a", node("EmitTestCalculator", "a", "out", name="emitter"), node("PassThroughCalculator", "out",
         "x")),
         steps('a@1=[[5,"x"],[4,"y"]]'), error=["emitter", "out"]),
    case("An output's timestamp may not stay", GRAPH,
         graph("a", node("EmitTestCalculator", "a", "out", name="emitter"), node("PassThroughCalculator", "out",
         "x")),
         steps('a@1=[[5,"x"],[5,"y"]]'), error=["emitter", "out"]),
    case("An output at or after its own bound is taken", GRAPH, graph("a", node("EmitTestCalculator", "a", "out")),
         steps('a@1=[[5,"x"],[9,"y"]] a@2=[[10,"z"]]'), packets={"out": [[5, "x"], [9, "y"], [10, "z"]]}),
    case("With offset 0, a packet before the input's timestamp is refused", GRAPH,
         graph("a", node("EmitOffsetTestCalculator", "a", "out", name="emitter"),
               node("PassThroughCalculator", "out", "x")),
         steps('a@1=[] | a@5=[[1,"x"]] |'), error=["emitter", "out"]),
    case("With offset 0, a packet at the input's timestamp is taken", GRAPH,
         graph("a", node("EmitOffsetTestCalculator", "a", "out")), steps('a@1=[] | a@5=[[5,"x"]] |'),
         packets={"out": [[5, "x"]]}),
    case("A calculator may emit several packets in one Process", GRAPH,
         graph("a", node("EmitTestCalculator", "a", "x"), node("LogTestCalculator", "x", "log")),
         steps('a@1=[[5,"x"],[6,"y"],[7,"z"]]'), packets={"log": numbered([5, ["x"]], [6, ["y"]], [7, ["z"]])}),
]  # fmt: skip

_FAILURES = [
    case("An error in Open ends the run, and names the node", GRAPH, failing("open"), [], error=["fails",
         "on purpose"]),
    case("An error in Process ends the run, and names node and timestamp", GRAPH, failing("process"),
         steps('a@1 | a@77="fail" |'), packets={"out": same(1)}, error=["fails", "on purpose", "77"]),
    case("An error in Close ends the run, and names the node", GRAPH, failing("close"), steps("a@1"),
         error=["fails", "on purpose"]),
    case("After an error in one calculator the others are closed", GRAPH, failing("process"),
         steps('| a@77="fail" |'), packets={"out": []}, error=["on purpose"]),
    case("An error before any packet is told too", LOOP,
         graph("a", node("FailTestCalculator", "a", "out", {"where": "process"}, name="fails")),
         steps('a@3="fail"'),
         packets={"out": []}, error=["fails", "3"]),
]  # fmt: skip

_OBSERVING = [
    case("A graph input stream may be observed itself", GRAPH, graph("a", node("PassThroughCalculator", "a",
         "out")),
         steps("a@1 a@2"), packets={"a": same(1, 2), "out": same(1, 2)}),
    case("A stream between two calculators may be observed", GRAPH,
         graph("a", node("EvenTestCalculator", "a", "x"), node("ScaleTestCalculator", "x", "out", {"by": 10})),
         steps("a@1 a@2 a@4"), packets={"x": same(2, 4), "out": [[2, 20], [4, 40]]}),
    case("Any JSON value passes a calculator that only moves packets", GRAPH,
         graph("a", node("PassThroughCalculator", "a", "out")),
         steps('a@1=null a@2=[1,"x",{"y":[]}] a@3=0.5 a@4=true a@5=""'),
         packets={"out": [[1, None], [2, [1, "x", {"y": []}]], [3, 0.5], [4, True], [5, ""]]}),
]  # fmt: skip

_CLOCK = [
    case("A calculator that asks the clock is told how far it was advanced", "our own: the simulated clock",
         graph("a", node("ClockTestCalculator", "a", "out")), steps("a@1 | +500 a@2 | +0 a@3 | +1000000 a@4 |"),
         packets={"out": [[1, 0], [2, 500], [3, 500], [4, 1000500]]}),
    case("The clock is not what timestamps are taken from", "our own: the simulated clock",
         graph("a", node("PassThroughCalculator", "a", "out")), steps("+500 a@1 | +500 a@2 |"),
         packets={"out": same(1, 2)}),
]  # fmt: skip

_CANCELLED = [
    case("A run that is cancelled gives what came before, and an error", GRAPH + " Cancel",
         graph("a", node("PassThroughCalculator", "a", "out")), [*steps("a@1 |"), CANCEL],
         packets={"out": same(1)}, error=["cancelled"]),
    case("After it is cancelled a run takes no packet", GRAPH + " Cancel",
         graph("a", node("PassThroughCalculator", "a", "out")), [*steps("a@1 |"), CANCEL, *steps("a@2")],
         packets={"out": same(1)}, error=["cancelled"]),
    case("A cancelled run closes its calculators, and nobody hears of it", GRAPH + " Cancel",
         graph("a", node("LifeTestCalculator", "a", "out")), [*steps("a@1 |"), CANCEL],
         packets={"out": numbered("open", ["process", 1])}, error=["cancelled"]),
]  # fmt: skip

CASES = [
    *_CLOCK,
    *_CANCELLED,
    *_LIFE,
    *_SOURCES,
    *_STOPPING,
    *_CLOSING_OUTPUTS,
    *_OUTPUT_ERRORS,
    *_FAILURES,
    *_OBSERVING,
]
