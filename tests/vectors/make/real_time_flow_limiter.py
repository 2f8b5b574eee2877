"""RealTimeFlowLimiterCalculator: which timestamps it lets through."""

from typing import Any

from tests.vectors.make.building import Json, Steps, back_edge, case, graph, node, same, steps

TEST = "mediapipe/calculators/core/real_time_flow_limiter_calculator_test.cc"
SOURCE = "mediapipe/calculators/core/real_time_flow_limiter_calculator.cc"
SECOND = 1_000_000


def limiter(inputs: str = "in", outputs: str = "out", **more: Any) -> Json:
    """A limiter alone; the stream `done` says what is finished."""
    entries = f"{inputs} FINISHED:done"
    return graph(f"{inputs} done", node("RealTimeFlowLimiterCalculator", entries, outputs, **more))


LIMITED = node("RealTimeFlowLimiterCalculator", "a b FINISHED:x", "p q", input_stream_info=back_edge("FINISHED"),
               input_side_packet=["MAX_IN_FLIGHT:many"])  # fmt: skip
LOOP = {**graph("a b", LIMITED, node("PassThroughCalculator", "p q", "x y")), "input_side_packet": ["many"]}


def _closing() -> Steps:
    """Ten timestamps, each with a packet of the first stream that is too much."""
    return [step for i in range(10) for step in steps(f"a@{i * 10} a@{i * 10 + 5} | b@{i * 10} |")]


CASES = [
    case("Without FINISHED the real-time limiter lets one frame pass", TEST, limiter(),
         steps(" | ".join(f"in@{i * SECOND}" for i in range(5))), packets={"out": same(0)}),
    case("Each packet of FINISHED lets the real-time limiter pass one frame more", TEST, limiter(),
         steps(" | ".join(f"in@{i * SECOND} | done@{(i + 1) * SECOND}" for i in range(3))
               + f" | in@{3 * SECOND} | in@{4 * SECOND}"), packets={"out": same(*range(0, 4 * SECOND, SECOND))}),
    case("A loop through the real-time limiter ends when its inputs end", TEST, LOOP, _closing(),
         side_packets={"many": 1},
         packets={"x": same(*range(0, 100, 10)), "y": same(*range(0, 100, 10))}),
    case("Streams of the real-time limiter pass or are dropped together, and ALLOW tells", TEST,
         limiter("a b", "x y ALLOW:allow"),
         steps("a@1 | a@2 | b@1 | done@1 | b@2 | b@3 | b@4 | a@3 | done@3 |"),
         packets={"x": same(1, 3), "y": same(1, 3),
                  "allow": [[1, False], [2, True], [3, False], [4, True]]}),
    case("The real-time limiter settles what it drops", SOURCE, limiter(), steps("in@1 | in@2 | in@3 |"),
         packets={"out": same(1)}, bounds={"out": [2, 3]}),
    case("The side packet MAX_IN_FLIGHT says how many the real-time limiter lets pass", SOURCE,
         {**limiter(input_side_packet=["MAX_IN_FLIGHT:many"]), "input_side_packet": ["many"]},
         steps("in@1 | in@2 | in@3 | done@1 | in@4 |"), side_packets={"many": 2}, packets={"out": same(1, 2, 4)}),
    case("A packet of FINISHED without a frame in flight is an error of the real-time limiter", SOURCE, limiter(),
         steps("done@1 |"), error=["RealTimeFlowLimiterCalculator", "FINISHED"]),
    case("A MAX_IN_FLIGHT of 0 is an error of the real-time limiter", SOURCE,
         {**limiter(input_side_packet=["MAX_IN_FLIGHT:many"]), "input_side_packet": ["many"]}, [],
         side_packets={"many": 0}, error=["RealTimeFlowLimiterCalculator", "MAX_IN_FLIGHT"]),
    case("A real-time limiter without FINISHED is refused", SOURCE,
         graph("in", node("RealTimeFlowLimiterCalculator", "in", "out", name="limiter")), [],
         error=["limiter", "FINISHED"]),
]  # fmt: skip
