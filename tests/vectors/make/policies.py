"""Input policies: what each input stream handler gives to Process, and when."""

from itertools import permutations
from typing import Any

from tests.vectors.make.building import Json, case, graph, handler, node, numbered, same, steps

FOLDER = "mediapipe/framework/stream_handler/"
IMMEDIATE = FOLDER + "immediate_input_stream_handler_test.cc"
FIXED = FOLDER + "fixed_size_input_stream_handler_test.cc"
SYNC_SET = FOLDER + "sync_set_input_stream_handler_test.cc"
MUX = FOLDER + "mux_input_stream_handler_test.cc"
ALIGN = FOLDER + "timestamp_align_input_stream_handler_test.cc"
BARRIER = FOLDER + "barrier_input_stream_handler_test.cc"
RUN = "MediaPipe 0.10.21, run"
EARLY = FOLDER + "early_close_input_stream_handler.h"


def log(inputs: str, name: str, **options: Any) -> Json:
    """A graph of one node that logs its Process calls under a handler; tagless inputs."""
    return graph(inputs, node("LogTestCalculator", inputs, "log", input_stream_handler=handler(name, **options)))


def passing(inputs: str, name: str, **options: object) -> Json:
    """A graph of one PassThroughCalculator under a handler; its outputs are the inputs' names doubled."""
    outputs = " ".join(stream * 2 for stream in inputs.split())
    return graph(
        inputs, node("PassThroughCalculator", inputs, outputs, input_stream_handler=handler(name, **options))
    )


def limiter(of_graph: str | None, of_node: str | None) -> Json:
    """A flow limiter, whose contract asks for the immediate handler; others may be named."""
    own = {"input_stream_handler": handler(of_node)} if of_node else {}
    whole = {"input_stream_handler": handler(of_graph)} if of_graph else {}
    return graph("in done", node("FlowLimiterCalculator", "in FINISHED:done", "out", **own), **whole)


LIMITED = steps("in@0 | in@1 | in@2 | done@1 | in@3 | in@4 |")
"""Under the immediate handler 0 is in flight until done@1; under the default one only what is settled counts."""

_DEFAULT = [
    case("The default handler may be named", FOLDER + "default_input_stream_handler_test.cc", log("a b",
         "Default"),
         steps("a@1 | b@2 | a@2 |"), packets={"log": numbered([1, [1, None]], [2, [2, 2]])}),
    case("The graph's handler is that of every node that names none", FOLDER + "set_input_stream_handler_test.cc",
         graph("a b", node("LogTestCalculator", "a b", "log"), input_stream_handler=handler("Immediate")),
         steps("a@5 | b@1 |"), packets={"log": numbered([5, [5, None]], [1, [None, 1]])}),
    case("A node's handler goes before the graph's", FOLDER + "set_input_stream_handler_test.cc",
         graph("a b", node("LogTestCalculator", "a b", "log", input_stream_handler=handler("Default")),
               input_stream_handler=handler("Immediate")),
         steps("a@5 | b@1 |"), packets={"log": numbered([1, [None, 1]], [5, [5, None]])}),
    case("The graph's handler goes before the one of a calculator's contract", RUN,
         graph("a b", node("ImmediateLogTestCalculator", "a b", "log"), input_stream_handler=handler("Default")),
         steps("a@5 | b@1 |"), packets={"log": numbered([1, [None, 1]], [5, [5, None]])}),
    case("A flow limiter has the immediate handler of its contract", RUN, limiter(None, None), LIMITED,
         packets={"out": same(0, 3)}),
    case("A flow limiter under the graph's default handler waits for what is finished", RUN, limiter("Default",
         None),
         LIMITED, packets={"out": same(0, 1)}),
    case("A flow limiter's own handler goes before the graph's", RUN, limiter("Default", "Immediate"), LIMITED,
         packets={"out": same(0, 3)}),
    case("A flow limiter's own handler goes before its contract's", RUN, limiter(None, "Default"), LIMITED,
         packets={"out": same(0, 1)}),
]  # fmt: skip

_IMMEDIATE = [
    case("The immediate handler waits for no other stream", IMMEDIATE, log("a b", "Immediate"),
         steps("a@5 | a@6 |"),
         packets={"log": numbered([5, [5, None]], [6, [6, None]])}),
    case("Under the immediate handler the input timestamp may fall from one stream to the next", IMMEDIATE,
         log("a b c", "Immediate"), steps("a@9 | b@4 | c@6 | a@10 |"),
         packets={"log": numbered([9, [9, None, None]], [4, [None, 4, None]], [6, [None, None, 6]],
                                  [10, [10, None, None]])}),
    case("Under the immediate handler a stream may end before the others", IMMEDIATE, log("a b", "Immediate"),
         steps("a@1 | a. | b@0 | b@2 |"), packets={"log": numbered([1, [1, None]], [0, [None, 0]], [2, [None,
         2]])}),
    case("The immediate handler gives packets whose timestamps rise from stream to stream to all outputs", RUN,
         passing("a b", "Immediate"), steps("a@1 | b@2 | a@3 | b@4 |"), packets={"aa": same(1, 3), "bb": same(2,
         4)}),
    case("Under the immediate handler, offset 0 moves every output's bound: an earlier packet is refused", RUN,
         passing("a b", "Immediate"), steps("a@1 | b@1 |"), packets={"aa": same(1), "bb": []}, error=["bb"]),
    case("A calculator whose contract asks for the immediate handler has it", IMMEDIATE,
         graph("a b", node("ImmediateLogTestCalculator", "a b", "log")), steps("b@7 | a@3 |"),
         packets={"log": numbered([7, [None, 7]], [3, [3, None]])}),
    case("Packets of one stream that wait are given one by one", IMMEDIATE,
         graph("a", node("ImmediateLogTestCalculator", "a", "log")), steps("a@1 a@2 a@3"),
         packets={"log": numbered([1, [1]], [2, [2]], [3, [3]])}),
]  # fmt: skip

_FIXED = [
    case("The fixed size handler keeps the newest of a stream whose partner is late", FIXED,
         log("a b", "FixedSize"), steps("a@1 a@2 a@3 | b@1 b@2 b@3 |"), packets={"log": numbered([3, [3, 3]])}),
    case("The fixed size handler drops nothing where every packet is taken at once", FIXED,
         passing("a", "FixedSize"), steps("a@1 | a@2 | a@3 |"), packets={"aa": same(1, 2, 3)}),
    case("Below the trigger the fixed size handler keeps all packets", FIXED,
         passing("a b", "FixedSize", trigger_queue_size=4, target_queue_size=2),
         steps("a@1 a@2 a@3 | b@1 b@2 b@3"),
         packets={"aa": same(1, 2, 3), "bb": same(1, 2, 3)}),
    case("At the trigger the fixed size handler keeps the target's number of packets", FIXED,
         passing("a b", "FixedSize", trigger_queue_size=4, target_queue_size=2),
         steps("a@1 a@2 a@3 a@4 | b@1 b@2 b@3 b@4"), packets={"aa": same(3, 4), "bb": same(3, 4)}),
    case("A timestamp that the fixed size handler dropped on one stream is dropped on all", FIXED,
         passing("a b", "FixedSize"), steps("a@1 a@2 a@3 | b@1 | b@2 | b@3 |"), packets={"aa": same(3),
         "bb": same(3)}),
    case("A stream with fewer packets loses its old ones too", FIXED,
         passing("a b c", "FixedSize"), steps("c@1 | a@1 a@2 a@3 | b@1 b@3 | c@3 |"),
         packets={"aa": same(3), "bb": same(3), "cc": same(3)}),
    case("Packets that the fixed size handler dropped leave their timestamps settled",
         "mediapipe/framework/calculator_graph_bounds_test.cc FixedSizeHandlerBounds",
         graph("a b", node("PassThroughCalculator", "a b", "x y", input_stream_handler=handler("FixedSize")),
               node("JoinTestCalculator", "x a", "out")),
         steps("a@0 | b@0 | a@1 a@2 a@3 | b@3 |"), packets={"out": [[0, [0, 0]], [1, [None, 1]], [2, [None, 2]],
         [3, [3, 3]]]}),
]  # fmt: skip

Script = list[tuple[str, list[tuple[int, str]]]]
_SETS = log("a b c d e", "SyncSet", sync_set=[{"tag_index": [":0", ":2", ":4"]}, {"tag_index": [":1", ":3"]}])
ACE: Script = [
    ("a@0 c@0 a@10 e@0", [(0, "ace")]), ("c@10", []), ("e@10", [(10, "ace")]), ("e@20 a@20 c@20", [(20, "ace")]),
    ("c@30 a@30 a@40 a@50 c@40 a. e@40", [(30, "ac"), (40, "ace")]), ("c@50 e@50", [(50, "ace")]),
    ("c@60 c@70 c. e.", [(60, "c"), (70, "c")]),
]  # fmt: skip
BD: Script = [
    ("b@-300 b@-200 b@-100 d@-200", [(-300, "b"), (-200, "bd")]), ("d@-20", [(-100, "b")]),
    ("d@-10 b@0", [(-20, "d"), (-10, "d")]), ("d@0", [(0, "bd")]), ("d@10 b@10", [(10, "bd")]),
    ("b@20 d@200", [(20, "b")]), ("b@100", [(100, "b")]), ("b@200", [(200, "bd")]),
    ("b@250 b@300 d.", [(250, "b"), (300, "b")]),
]  # fmt: skip


def interleaved(name: str, order: str) -> Json:
    """The two sets' steps merged in an order of A (the set a, c, e) and B (the set b, d)."""
    parts = {"A": iter(ACE), "B": iter(BD)}
    text, calls = "", []
    for each in order:
        short, found = next(parts[each])
        text += f" {short.replace(' ', ' | ')} |"
        calls += [[at, [at if stream in present else None for stream in "abcde"]] for at, present in found]
    return case(name, SYNC_SET + " OrdinaryOperation", _SETS, steps(text), packets={"log": numbered(*calls)})


_SYNC_SET = [
    interleaved("Sync sets are each synchronised by themselves, one set after the other", "A" * 7 + "B" * 9),
    interleaved("Sync sets do not wait for each other, the second set first", "B" * 9 + "A" * 7),
    interleaved("Sync sets whose packets come in turn stay apart", "ABABABABABABABBB"),
    interleaved("Sync sets whose packets come in turn by twos stay apart", "BBAABBAABBAABBAB"),
    case("Streams that no sync set names are one set together", SYNC_SET,
         log("a b c", "SyncSet", sync_set=[{"tag_index": [":0"]}]), steps("a@5 | b@1 | c@1 | c@2 | b@2 |"),
         packets={"log": numbered([5, [5, None, None]], [1, [None, 1, 1]], [2, [None, 2, 2]])}),
    case("One sync set of all streams is the default handler", SYNC_SET,
         log("a b", "SyncSet", sync_set=[{"tag_index": [":0", ":1"]}]), steps("a@2 | b@1 | b@2 |"),
         packets={"log": numbered([1, [None, 1]], [2, [2, 2]])}),
    case("A sync set for each stream is the immediate handler", SYNC_SET,
         log("a b", "SyncSet", sync_set=[{"tag_index": [":0"]}, {"tag_index": [":1"]}]),
         steps("a@2 | b@1 | b@2 |"),
         packets={"log": numbered([2, [2, None]], [1, [None, 1]], [2, [None, 2]])}),
]  # fmt: skip

_EARLY = [
    case("The early close handler closes with the first stream that ends", EARLY, log("a b", "EarlyClose"),
         steps("a@1 b@1 | a. | b@2 | b@3 |"), packets={"log": numbered([1, [1, 1]])}),
    case("The early close handler takes what is settled before the end", EARLY, log("a b", "EarlyClose"),
         steps("b@1 b@2 a@1 | a@2 | b@3 | a. |"), packets={"log": numbered([1, [1, 1]], [2, [2, 2]])}),
    case("The early close handler synchronises as the default one", EARLY, log("a b", "EarlyClose"),
         steps("a@1 | a@3 | b@2 | b@3 |"), packets={"log": numbered([1, [1, None]], [2, [None, 2]], [3, [3, 3]])}),
    case("The default handler goes on after a stream's end", EARLY, log("a b", "Default"),
         steps("a@1 b@1 | a. | b@2 | b@3 |"), packets={"log": numbered([1, [1, 1]], [2, [None, 2]], [3, [None,
         3]])}),
]  # fmt: skip


_BARRIER = [
    case("The barrier handler pairs packets in their order, whatever their timestamps", BARRIER,
         graph("a b", node("PassThroughCalculator", "a b", "x y", input_stream_handler=handler("Barrier")),
               node("ImmediateLogTestCalculator", "x", "log")),
         steps("a@1 a@2 | b@1 |"), packets={"log": numbered([1, [1]])}),
    case("The barrier handler closes with the first stream that ends", BARRIER,
         graph("a b", node("PassThroughCalculator", "a b", "x y", input_stream_handler=handler("Barrier"))),
         steps("a@1 b@1 | a. | b@2 |"), packets={"x": same(1), "y": same(1)}),
]  # fmt: skip


def _mux(count: int) -> Json:
    inputs = " ".join([*(f"INPUT:{index}:i{index}" for index in range(count)), "SELECT:s"])
    names = " ".join([*(f"i{index}" for index in range(count)), "s"])
    mux = node("MuxCalculator", inputs, "OUTPUT:out", input_stream_handler=handler("Mux"))
    return graph(names, mux)


_MUX = [
    case("The mux handler takes the selected stream's packet", MUX, _mux(2),
         steps('i0@1="x" i1@1="y" s@1=1 | i0@2="z" i1@2="w" s@2=0'),
         packets={"out": [[1, "y"], [2, "z"]]}),
    case("The mux handler does not wait for streams that are not selected", MUX, _mux(2),
         steps('s@1=0 | i0@1="x" | s@2=0 | i0@2="y" |'), packets={"out": [[1, "x"], [2, "y"]]}),
    case("The mux handler waits for the selected stream", MUX, _mux(3),
         steps('i0@1="x" i1@1="y" s@1=2 | i2@1="z" |'), packets={"out": [[1, "z"]]}),
    case("The mux handler drops what was not selected before", MUX, _mux(2),
         steps('i0@1="a" i0@2="b" i1@1="c" i1@2="d" s@1=1 | s@2=0 |'), packets={"out": [[1, "c"], [2, "b"]]}),
    case("The mux handler ends with its control stream", MUX, _mux(2), steps('i0@1="a" s@1=0 | s. | i0@2="b" |'),
         packets={"out": [[1, "a"]]}),
]  # fmt: skip

_ALIGN = [
    case("Until every stream has had a packet the align handler gives the base stream's alone", ALIGN,
         log("a b", "TimestampAlign", timestamp_base_tag_index=":0"),
         steps("a@100 | a@110 | b@5 | a@120 | b@25 |"),
         packets={"log": numbered([100, [100, None]], [110, [110, None]], [120, [120, 5]], [140, [None, 25]])}),
    case("The align handler moves each stream so that its first packet meets the base stream's", ALIGN,
         log("a b", "TimestampAlign", timestamp_base_tag_index=":1"), steps("a@100 | b@0 | a@110 | b@10 |"),
         packets={"log": numbered([0, [100, 0]], [10, [110, 10]])}),
    case("What waits before the base stream's first packet is moved to it", ALIGN,
         log("a b", "TimestampAlign", timestamp_base_tag_index=":0"), steps("b@5 | b@15 | a@100 | a@110 |"),
         packets={"log": numbered([100, [100, 5]], [110, [110, 15]])}),
]  # fmt: skip

_ORDERS = [
    case(f"Fixed size 1 of streams filled in the order {' '.join(order)} keeps the same timestamp", FIXED,
         passing("a b c", "FixedSize"), steps(" | ".join(f"{stream}@1 {stream}@2" for stream in order) + " |"),
         packets={"aa": same(2), "bb": same(2), "cc": same(2)})
    for order in permutations("abc")
]  # fmt: skip

CASES = [*_DEFAULT, *_IMMEDIATE, *_FIXED, *_SYNC_SET, *_EARLY, *_BARRIER, *_MUX, *_ALIGN, *_ORDERS]
