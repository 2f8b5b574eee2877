"""Timestamps of packets in a stream, and what a join makes of several streams."""

from tests.vectors.make.building import IDLE, bound, case, close, graph, node, packet, packets

DOCS = "docs/framework_concepts/synchronization.md"
STREAM = "mediapipe/framework/output_stream_manager_test.cc"
TIMESTAMP = "mediapipe/framework/timestamp.h"

PASS = graph("a", node("PassThroughCalculator", "a", "out", name="pass"))
OPEN = graph("a b", node("PassThroughCalculator", "a b", "x y", name="pass"))
"""Stays open after the end of `a`: once a node has closed, MediaPipe drops what still comes for it, unsaid."""
JOIN = graph("a b", node("JoinTestCalculator", "a b", "out", name="join"))

_SINGLE = [
    case("Packets pass in order", DOCS, PASS, packets("a", 1, 2, 3), packets={"out": [[1, 1], [2, 2], [3, 3]]}),
    case("A stream without packets gives none", DOCS, PASS, [], packets={"out": []}),
    case(
        "Negative timestamps are in order before zero",
        TIMESTAMP,
        PASS,
        packets("a", -5, -1, 0, 4),
        packets={"out": [[-5, -5], [-1, -1], [0, 0], [4, 4]]},
    ),
    case(
        "Min is a timestamp like others",
        TIMESTAMP,
        PASS,
        packets("a", "Min", 0),
        packets={"out": [["Min", "Min"], [0, 0]]},
    ),
    case(
        "Max is the last in range",
        TIMESTAMP,
        PASS,
        packets("a", 0, "Max"),
        packets={"out": [[0, 0], ["Max", "Max"]]},
    ),
    case(
        "A packet at PreStream stands alone in its stream",
        TIMESTAMP,
        PASS,
        packets("a", "PreStream"),
        packets={"out": [["PreStream", "PreStream"]]},
    ),
    case(
        "A packet at PostStream stands alone in its stream",
        TIMESTAMP,
        PASS,
        packets("a", "PostStream"),
        packets={"out": [["PostStream", "PostStream"]]},
    ),
]

_REFUSED = [
    case(f"{name} is refused", source, OPEN, steps, error=["a"])
    for name, source, steps in [
        ("A second packet at the same timestamp", STREAM, packets("a", 3, 3)),
        ("A packet before the last one", STREAM, packets("a", 3, 2)),
        ("A packet after one at PreStream", TIMESTAMP, packets("a", "PreStream", 0)),
        ("A packet at PostStream after another", TIMESTAMP, packets("a", 0, "PostStream")),
        ("A packet after one at Max", TIMESTAMP, packets("a", "Max", "Max")),
        ("A packet after one at PostStream", TIMESTAMP, packets("a", "PostStream", 0)),
        ("A packet at a timestamp below the bound", STREAM, [bound("a", 5), *packets("a", 4)]),
        ("A bound below the present one", STREAM, [bound("a", 9), bound("a", 5)]),
        ("A packet in a closed stream", STREAM, [close("a"), *packets("a", 1)]),
    ]
]

_JOINED = [
    case(
        "Packets of one timestamp come together",
        DOCS,
        JOIN,
        [*packets("a", 1, 2), *packets("b", 1, 2)],
        packets={"out": [[1, [1, 1]], [2, [2, 2]]]},
    ),
    case(
        "Whichever stream comes first, the result is the same",
        DOCS,
        JOIN,
        [*packets("b", 1, 2), *packets("a", 1, 2)],
        packets={"out": [[1, [1, 1]], [2, [2, 2]]]},
    ),
    case(
        "A stream whose next packet is later has none at this timestamp",
        DOCS,
        JOIN,
        [*packets("a", 1, 3), *packets("b", 2, 3)],
        packets={"out": [[1, [1, None]], [2, [None, 2]], [3, [3, 3]]]},
    ),
    case(
        "A packet waits until its timestamp is settled on the other stream",
        DOCS,
        JOIN,
        [*packets("a", 1), IDLE, packet("b", 0, "before"), packet("b", 1, "with")],
        packets={"out": [[0, [None, "before"]], [1, [1, "with"]]]},
    ),
    case(
        "Closing a stream settles all of its timestamps",
        DOCS,
        JOIN,
        [close("b"), *packets("a", 1, 2)],
        packets={"out": [[1, [1, None]], [2, [2, None]]]},
    ),
    case(
        "Streams are settled at the end, in the order of timestamps",
        DOCS,
        JOIN,
        [*packets("a", 10, 30), *packets("b", 20)],
        packets={"out": [[10, [10, None]], [20, [None, 20]], [30, [30, None]]]},
    ),
    case(
        "A node without a packet on any stream does not run",
        DOCS,
        graph("a b", node("LogTestCalculator", "a b", "log")),
        [bound("a", 5), bound("b", 5), IDLE],
        packets={"log": []},
    ),
    case(
        "A packet at PostStream may not follow others, in a calculator's output either",
        "mediapipe/framework/input_stream_manager_test.cc",
        JOIN,
        [*packets("a", "PostStream"), *packets("b", 1, 2)],
        error=["out", "PostStream"],
    ),
    case(
        "PreStream comes before all other timestamps of a join",
        TIMESTAMP,
        graph("a b", node("LogTestCalculator", "a b", "log")),
        [*packets("b", 1, 2), *packets("a", "PreStream")],
        packets={"log": [[0, ["PreStream", ["PreStream", None]]], [1, [1, [None, 1]]], [2, [2, [None, 2]]]]},
    ),
    case(
        "PostStream comes after all other timestamps of a join",
        TIMESTAMP,
        graph("a b", node("LogTestCalculator", "a b", "log")),
        [*packets("a", "PostStream"), *packets("b", 1, 2)],
        packets={"log": [[0, [1, [None, 1]]], [1, [2, [None, 2]]], [2, ["PostStream", ["PostStream", None]]]]},
    ),
]

_THREE = graph(
    "a b c",
    node("LogTestCalculator", "a b c", "log"),
)

_ORDERS = [
    case(
        f"Three streams filled in the order {' '.join(order)} give the same Process calls",
        DOCS,
        _THREE,
        [step for stream in order for step in [*packets(stream, *stamps[stream]), IDLE]],
        packets={
            "log": [
                [0, [1, [1, None, 1]]],
                [1, [2, [None, 2, None]]],
                [2, [3, [3, 3, 3]]],
                [3, [5, [None, None, 5]]],
            ]
        },
    )
    for stamps in [{"a": (1, 3), "b": (2, 3), "c": (1, 3, 5)}]
    for order in ["abc", "acb", "bac", "bca", "cab", "cba"]
]

CASES = [*_SINGLE, *_REFUSED, *_JOINED, *_ORDERS]
