"""Timestamp bounds: how they move, what they settle, who sees them."""

from tests.vectors.make.building import Json, case, graph, node, numbered, same, steps

DOCS = "docs/framework_concepts/synchronization.md"
BOUNDS = "mediapipe/framework/calculator_graph_bounds_test.cc"
SUMMARY = "mediapipe/framework/calculator_graph_summary_packet_test.cc"
HANDLER = "mediapipe/framework/input_stream_handler.cc"
RUN = "MediaPipe 0.10.21, run"

LOG = graph("a b", node("LogTestCalculator", "a b", "log"))
BOUND_LOG = graph("a b", node("BoundLogTestCalculator", "a b", "log"))
PASS = graph("a", node("PassThroughCalculator", "a", "out"))
PRESENCE = graph(
    "a b",
    node("PassThroughCalculator", "a b", "a1 b1"),
    node("PacketPresenceCalculator", "PACKET:b1", "PRESENCE:out"),
)


def through(first: str) -> Json:
    """`a` through a calculator, then joined with `b`, and logged."""
    return graph("a b", node(first, "a", "x"), node("LogTestCalculator", "x b", "log"))


_SETTLING = [
    case("A bound on the other stream settles a packet's timestamp", DOCS, LOG, steps("a@3 b<4 |"),
         packets={"log": numbered([3, [3, None]])}),
    case("A bound at the packet's own timestamp does not settle it", DOCS, LOG, steps("a@3 b<3 | b@3 |"),
         packets={"log": numbered([3, [3, 3]])}),
    case("A bound far ahead settles every packet below it", DOCS, LOG, steps("b<100 a@1 a@50 a@99 a@100 | b@100"),
         packets={"log": numbered([1, [1, None]], [50, [50, None]], [99, [99, None]], [100, [100, 100]])}),
    case("Bounds alone never trigger Process", BOUNDS + " BoundWithoutInputPackets",
         graph("a b", node("LifeTestCalculator", "a b", "log")), steps("a<1 b<1 | a<9 b<9 |"),
         packets={"log": numbered("open", "close")}),
    case("A bound may be set again to the same timestamp", RUN, PASS, steps("a<5 a<5 a@5"),
         packets={"out": same(5)}),
    case("A packet exactly at the bound is taken", DOCS, PASS, steps("a<5 a@5 a@6"), packets={"out": same(5, 6)}),
]  # fmt: skip

_PROCESSED = [
    case("With process timestamp bounds, Process runs at the last settled timestamp", HANDLER, BOUND_LOG,
         steps("a<6 | b<6 |"), packets={"log": numbered([5, [None, None]])}),
    case("With process timestamp bounds, the slowest stream decides", HANDLER, BOUND_LOG,
         steps("a<10 | b<4 | b<7 |"), packets={"log": numbered([3, [None, None]], [6, [None, None]])}),
    case("With process timestamp bounds, a packet is processed before a later bound", HANDLER, BOUND_LOG,
         steps("a@2 a<8 | b<8 |"), packets={"log": numbered([2, [2, None]], [7, [None, None]])}),
    case("With process timestamp bounds, no timestamp is processed twice", HANDLER, BOUND_LOG,
         steps("a@2 b@2 | a<3 b<3 | a<4 b<4 |"), packets={"log": numbered([2, [2, 2]], [3, [None, None]])}),
    case("With process timestamp bounds, a bound on one stream alone settles nothing", HANDLER, BOUND_LOG,
         steps("a<9 | a<20 |"), packets={"log": []}),
]  # fmt: skip

_OFFSETS = [
    case("A calculator with offset 0 that emits nothing still settles its output",
         BOUNDS + " OffsetBoundPropagation",
         through("EmptyTestCalculator"), steps("b@1 b@2 | a@1 | a@2 |"),
         packets={"log": numbered([1, [None, 1]], [2, [None, 2]])}),
    case("A bound passes through a calculator with offset 0 without Process", BOUNDS + " OffsetBoundPropagation",
         through("PassThroughCalculator"), steps("b@1 | a<2 |"), packets={"log": numbered([1, [None, 1]])}),
    case("A bound passes through a chain of calculators with offset 0", BOUNDS,
         graph("a b", node("PassThroughCalculator", "a", "x"), node("EvenTestCalculator", "x", "y"),
               node("EmptyTestCalculator", "y", "z"), node("LogTestCalculator", "z b", "log")),
         steps("b@4 b@6 | a<5 | a@6"), packets={"log": numbered([4, [None, 4]], [6, [None, 6]])}),
    case("Without an offset, an output settles only by packets", BOUNDS,
         graph("a b", node("HoldTestCalculator", "a", "x"), node("LogTestCalculator", "x b", "log")),
         steps("b@1 | a@1 | a@2 | b@3 | a@3 |"),
         packets={"log": numbered([1, [None, 1]], [2, [2, None]], [3, [None, 3]])}),
    case("Offset 10 emits 10 µs later, and settles up to there", BOUNDS, through("LaterTestCalculator"),
         steps("b@10 b@14 | a@4 | a@5"), packets={"log": numbered([10, [None, 10]], [14, [4, 14]], [15, [5,
         None]])}),
    case("A bound through offset 10 settles 10 µs more", BOUNDS, through("LaterTestCalculator"),
         steps("b@14 | a<5 | b@15 | a@5"), packets={"log": numbered([14, [None, 14]], [15, [5, 15]])}),
    case("A negative offset emits before the input's timestamp", BOUNDS, through("EarlierTestCalculator"),
         steps("a@20 a@30 b@10 b@20 b@25"),
         packets={"log": numbered([10, [20, 10]], [20, [30, 20]], [25, [None, 25]])}),
    case("Two outputs of one calculator settle alike, whichever has the packet", BOUNDS,
         graph("a", node("SplitTestCalculator", "a", "even odd"), node("JoinTestCalculator", "even odd", "out")),
         steps("a@1 a@2 a@4 a@5"), packets={"out": [[1, [None, 1]], [2, [2, None]], [4, [4, None]], [5, [None,
         5]]]}),
    case("A calculator's own bound settles timestamps without a packet", BOUNDS,
         through("BoundTestCalculator"), steps("b@1 b@5 b@7 | a@0=6 | a@1=8 |"),
         packets={"log": numbered([1, [None, 1]], [5, [None, 5]], [7, [None, 7]])}),
    case("A bound below the one that a calculator set before is refused",
         "mediapipe/framework/input_stream_manager.cc",
         graph("a", node("BoundTestCalculator", "a", "x", name="setter"), node("PassThroughCalculator", "x",
         "out")),
         steps("a@0=9 | a@1=5 |"), error=["setter", "x"]),
    case("A bound set below the offset's is superseded by it", "mediapipe/framework/output_stream_manager.cc",
         graph("a", node("BoundOffsetTestCalculator", "a", "x")), steps("a@4=1 | a@9=2 | a@11=20 |"),
         packets={"x": []}, bounds={"x": [4, 9, 19]}),
    case("A bound set beyond the offset's supersedes it", BOUNDS + " OffsetAndBound",
         graph("a b", node("BoundOffsetTestCalculator", "a", "x"), node("LogTestCalculator", "x b", "log"),
               node("LogTestCalculator", "log", "again")),
         steps("b@50 | a@0=100 | b@60 | a@1=101 | b@99"),
         packets={"log": numbered([50, [None, 50]], [60, [None, 60]], [99, [None, 99]])}),
    case("The bound that a calculator sets and its offset's are told together", BOUNDS + " OffsetAndBound",
         graph("a", node("BoundOffsetTestCalculator", "a", "x"), node("BoundLogTestCalculator", "x", "log")),
         steps("a@9=9 | a@20=30 |"), packets={"log": numbered([9, [None]], [29, [None]])}),
    case("4 packets through a calculator that only gives bounds settle 4 timestamps of a join",
         BOUNDS + " ImmediateHandlerBounds",
         graph("a", node("EmptyTestCalculator", "a", "x"), node("PassThroughCalculator", "x a", "y out")),
         steps("a@0 a@1 a@2 a@3"), packets={"y": [], "out": same(0, 1, 2, 3)}),
]  # fmt: skip

_OBSERVED = [
    case("A bound on a graph's stream is observed as its last settled timestamp", RUN, PASS, steps("a<5 | a<9 |"),
         packets={"out": []}, bounds={"out": [4, 8]}),
    case("A packet is observed, and no bound for it", RUN, PASS, steps("a@1 | a@2 |"),
         packets={"out": same(1, 2)}, bounds={"out": []}),
    case("A bound between two packets is observed between them", RUN, PASS, steps("a@1 | a<5 | a@7 |"),
         packets={"out": same(1, 7)}, bounds={"out": [4]}),
    case("A bound just after the last packet says nothing new", RUN, PASS, steps("a@1 | a<2 | a@3"),
         packets={"out": same(1, 3)}, bounds={"out": []}),
]  # fmt: skip

LIMITER = graph("in done", node("FlowLimiterCalculator", "in FINISHED:done", "out"))
LOOPBACK = graph("main loop", node("PreviousLoopbackCalculator", "MAIN:main LOOP:loop", "PREV_LOOP:out"))
PAIR = graph("a b", node("PassThroughCalculator", "a b", "x y"))

_ENDS = [
    case("The end of a stream is observed as no bound", RUN, PASS, steps("a. |"), packets={"out": []},
         bounds={"out": []}),
    case("The end of a stream after a bound is observed as no bound", RUN, PASS, steps("a<5 | a. |"),
         packets={"out": []}, bounds={"out": [4]}),
    case("The end of a stream after a packet is observed as no bound", RUN, PASS, steps("a@5 | a. |"),
         packets={"out": same(5)}, bounds={"out": []}),
    case("The end of one input of two is observed as no bound", RUN, PAIR, steps("a@1 | a. | b. |"),
         packets={"x": same(1), "y": []}, bounds={"x": [], "y": [1]}),
    case("The end of an input before the other's bound is observed as that bound", RUN, PAIR,
         steps("b. | a<5 | a. |"),
         packets={"x": [], "y": []}, bounds={"x": [4], "y": [4]}),
    case("A flow limiter's frames end, then what is finished: no bound is observed", RUN, LIMITER,
         steps("in@0 | in. | done. |"), packets={"out": same(0)}, bounds={"out": []}),
    case("What is finished ends, then a flow limiter's frames: no bound is observed", RUN, LIMITER,
         steps("in@0 | in@1 | done. | in. |"), packets={"out": same(0)}, bounds={"out": [1]}),
    case("A loopback's input ends, then its loop: no bound is observed", RUN, LOOPBACK,
         steps("main@1 | loop@1 | main. | loop. |"), packets={"out": []}, bounds={"out": [1]}),
    case("A loopback's loop ends, then its input: each input gives its bound", RUN, LOOPBACK,
         steps("main@1 | loop. | main@2 | main@3 | main. |"), packets={"out": []}, bounds={"out": [1, 2, 3]}),
]  # fmt: skip

_PRESENT = [
    case("Presence of a packet is told at each of its timestamps",
         "mediapipe/calculators/core/packet_presence_calculator.cc",
         PRESENCE, steps("a@1 b@1 | a@2 b@2 |"), packets={"out": [[1, True], [2, True]]}),
    case("Absence is told where a bound passes without a packet",
         "mediapipe/calculators/core/packet_presence_calculator.cc", PRESENCE,
         steps("a@1 b<2 | a@2 b@2 | a@3 b<4 |"),
         packets={"out": [[1, False], [2, True], [3, False]]}),
    case("Absence is told once for a bound, at its last settled timestamp", RUN,
         graph("a", node("PacketPresenceCalculator", "PACKET:a", "PRESENCE:out")), steps("a<10 | a@12 | a<20 |"),
         packets={"out": [[9, False], [12, True], [19, False]]}),
    case("The end of a flow limiter's ALLOW tells of no absence", RUN,
         graph("in done", node("FlowLimiterCalculator", "in FINISHED:done", "out ALLOW:allow"),
               node("PacketPresenceCalculator", "PACKET:allow", "PRESENCE:present")), steps("in. | done. |"),
         packets={"present": []}),
    case("The end of a loopback tells of no absence", RUN,
         graph("main loop", node("PreviousLoopbackCalculator", "MAIN:main LOOP:loop", "PREV_LOOP:out"),
               node("PacketPresenceCalculator", "PACKET:out", "PRESENCE:present")), steps("main. | loop. |"),
         packets={"present": []}),
    case("The end of a gate tells of no absence", RUN,
         graph("a c", node("GateCalculator", "a ALLOW:c", "out STATE_CHANGE:state"),
               node("PacketPresenceCalculator", "PACKET:state", "PRESENCE:present")),
               steps("a@1 c@1=true | a. | c. |"),
         packets={"present": [[1, False]]}),
]  # fmt: skip

_SUMMARIES = [
    case("A calculator without an offset may emit its summary in Close", SUMMARY,
         graph("a", node("SummaryTestCalculator", "a", "out")), steps("a@1 a@2 a@3"),
         packets={"out": [["Max", [1, 2, 3]]]}),
    case("The summary of no packets is emitted too", SUMMARY,
         graph("a", node("SummaryTestCalculator", "a", "out")), [], packets={"out": [["Max", []]]}),
    case("A summary in Close passes through the calculators after it", SUMMARY,
         graph("a", node("SummaryTestCalculator", "a", "x"), node("PassThroughCalculator", "x", "out")),
         steps("a@1"), packets={"out": [["Max", [1]]]}),
    case("A packet at Max is part of the summary at Max", SUMMARY,
         graph("a", node("SummaryTestCalculator", "a", "out")), steps("a@1 a@Max"),
         packets={"out": [["Max", [1, "Max"]]]}),
    case("A summary of a summary is emitted at Max too", SUMMARY,
         graph("a", node("SummaryTestCalculator", "a", "x"), node("SummaryTestCalculator", "x", "out")),
         steps("a@1 a@2"), packets={"out": [["Max", [[1, 2]]]]}),
    case("A calculator may emit several packets in Close", SUMMARY,
         graph("a", node("OpenCloseTestCalculator", "a", "out", {"close": [[10, "x"], [11, "y"], ["Max", "z"]]})),
         steps("a@1"), packets={"out": [[1, 1], [10, "x"], [11, "y"], ["Max", "z"]]}),
    case("A calculator with offset 0 may emit in Close what its output's bound allows",
         SUMMARY + " ProducesSummaryPacketOnAnotherCalculatorClosure",
         graph("a", node("OpenCloseOffsetTestCalculator", "a", "x", {"close": [[0, 20], [1000, 10]]}),
               node("SummaryTestCalculator", "x", "out")), steps("a. |"),
         packets={"x": [[0, 20], [1000, 10]], "out": [["Max", [20, 10]]]}),
    case("A packet emitted in Open comes first", "mediapipe/framework/calculator_graph_test.cc",
         graph("a", node("OpenCloseTestCalculator", "a", "out", {"open": [[0, "open"]]})), steps("a@1 a@2"),
         packets={"out": [[0, "open"], [1, 1], [2, 2]]}),
    case("A packet emitted in Open does not wait for any input", "mediapipe/framework/calculator_graph_test.cc",
         graph("a", node("OpenCloseTestCalculator", "a", "x", {"open": [[0, "open"]]}), node("LogTestCalculator",
         "x", "log")),
         steps("| a@1"), packets={"log": numbered([0, ["open"]], [1, [1]])}),
]  # fmt: skip

CASES = [*_SETTLING, *_PROCESSED, *_OFFSETS, *_OBSERVED, *_ENDS, *_PRESENT, *_SUMMARIES]
