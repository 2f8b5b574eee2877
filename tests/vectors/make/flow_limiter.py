"""FlowLimiterCalculator: which frames it lets through, and when."""

from typing import Any

from tests.vectors.make.building import Json, back_edge, bound, case, graph, node, packet, same, settled, steps

TEST = "mediapipe/calculators/core/flow_limiter_calculator_test.cc"
RUN = "MediaPipe 0.10.21, run"
FRAME = 10_000
"""Microseconds from one frame to the next."""


def limiter(inputs: str = "in", outputs: str = "out", **options: int) -> Json:
    """A limiter alone; the stream `done` says what is finished."""
    entries = f"{inputs} FINISHED:done"
    return graph(f"{inputs} done", node("FlowLimiterCalculator", entries, outputs, options))


def loop(**options: int) -> Json:
    """A limiter around a calculator that finishes each frame at once."""
    info = back_edge("FINISHED")
    first = node("FlowLimiterCalculator", "in FINISHED:out", "free", options, input_stream_info=info)
    return graph("in", first, node("PassThroughCalculator", "free", "out"))


def worked(count: int, work: int, lost: set[int], lost_bound: bool, queue: int, timeout: int) -> list[Json]:
    """Steps for frames every 10 ms through a worker that takes `work` µs a frame and loses those in `lost`.

    What reaches the worker follows from the limiter's rule alone: one frame in flight, the newest kept waiting.
    """
    arrivals = [index * FRAME for index in range(count)]
    made: list[Json] = []
    waiting: list[int] = []
    flying: list[int] = []
    ready: list[tuple[int, int]] = []
    for now in sorted({*arrivals, *range(0, arrivals[-1] + 1, 1000)}):
        for frame in [frame for due, frame in ready if due == now]:
            if frame // FRAME not in lost:
                made.append(packet("done", frame, frame))
                flying.remove(frame)
            elif not lost_bound:
                made.append(bound("done", frame + 1))
                flying.remove(frame)
            if waiting and not flying:
                flying.append(waiting.pop(0))
                ready.append((now + work, flying[-1]))
        if now in arrivals:
            made.append(packet("in", now, now))
            flying = [frame for frame in flying if not timeout or frame + timeout >= now]
            waiting = [*waiting, now][-max(queue, 1) :]
            if not flying:
                flying.append(waiting.pop(0))
                ready.append((now + work, flying[-1]))
            waiting = waiting[-queue:] if queue else []
    return settled(*made)


def same_true(*timestamps: int) -> list[list[Any]]:
    return [[at, True] for at in timestamps]


def kept(*frames: int) -> list[list[Any]]:
    return [[frame * FRAME, frame * FRAME] for frame in frames]


_LOOPS = [
    case("A frame that is finished at once holds none back", TEST, loop(), settled(*steps("in@0 in@1 in@2")),
         packets={"out": same(0, 1, 2)}),
    case("A frame whose processing gives nothing is finished by its bound", TEST,
         graph("in", node("FlowLimiterCalculator", "in FINISHED:out", "free",
         input_stream_info=back_edge("FINISHED")),
               node("PassThroughCalculator", "free free", "x out")),
         settled(*steps("in@0 in@10 in@20")), packets={"x": same(0, 10, 20)}),
]  # fmt: skip

_LIMITS = [
    case("While a frame is in flight others are dropped", TEST, limiter(),
         steps("in@0 | in@1 | in@2 | done@0 | in@3 |"),
         packets={"out": same(0, 3)}),
    case("One frame may wait in the queue, the newest", TEST, limiter(max_in_queue=1),
         steps("in@0 | in@1 | in@2 | done@0 | in@3 |"), packets={"out": same(0, 2, 3)}),
    case("Two frames may wait in the queue, the newest two", TEST, limiter(max_in_queue=2),
         steps("in@0 | in@1 | in@2 | in@3 | done@0 | done@2 | done@3 |"), packets={"out": same(0, 2, 3)}),
    case("Two frames may be in flight", TEST, limiter(max_in_flight=2),
         steps("in@0 | in@1 | in@2 | done@0 | in@3 |"),
         packets={"out": same(0, 1, 3)}),
    case("Two in flight and one in the queue", TEST, limiter(max_in_flight=2, max_in_queue=1),
         steps("in@0 | in@1 | in@2 | in@3 | done@0 | in@4 | done@1 | done@3 |"), packets={"out": same(0, 1, 3,
         4)}),
    case("A bound past a frame finishes it", TEST, limiter(), steps("in@0 | in@1 | done<1 | in@2 |"),
         packets={"out": same(0, 2)}),
    case("A bound at the frame's own timestamp does not finish it", TEST, limiter(),
         steps("in@5 | done<5 | in@6 |"),
         packets={"out": same(5)}),
    case("A finished packet later than the frame finishes it too", TEST, limiter(),
         steps("in@5 | done@6 | in@7 |"), packets={"out": same(5, 7)}),
    case("One bound finishes all frames below it", TEST, limiter(max_in_flight=3),
         steps("in@0 | in@1 | in@2 | in@3 | done<3 | in@4 | in@5 | in@6 | in@7 |"),
         packets={"out": same(0, 1, 2, 4, 5, 6)}),
    case("The end of FINISHED releases the frame that waits", RUN, limiter(max_in_queue=1),
         steps("in@0 | in@1 | in. | done. |"),
         packets={"out": same(0, 1)}),
    case("A dropped frame's timestamp is settled downstream", TEST,
         graph("in done", node("FlowLimiterCalculator", "in FINISHED:done", "out"),
               node("PassThroughCalculator", "out in", "x y")), steps("in@0 | in@1 | in@2 | in@3 |"),
         packets={"x": same(0), "y": same(0, 1, 2, 3)}),
    case("A dropped frame is observed as a bound", RUN, limiter(), steps("in@0 | in@1 | in@2 |"),
         packets={"out": same(0)}, bounds={"out": [1, 2]}),
]  # fmt: skip

_TIMES = [
    case("A frame in flight for longer than the timeout is given up", TEST, limiter(in_flight_timeout=100),
         steps("in@0 | in@50 | in@99 | in@100 | in@101 | in@150 |"), packets={"out": same(0, 101)}),
    case("Without a timeout a lost frame stops the stream", TEST, limiter(),
         steps("in@0 | in@1000000 | in@90000000 |"),
         packets={"out": same(0)}),
    case("With a queue, a timeout releases the newest that waits", TEST,
         limiter(max_in_queue=1, in_flight_timeout=100), steps("in@0 | in@50 | in@100 | in@150 | in@210 |"),
         packets={"out": same(0, 100, 150, 210)}),
]  # fmt: skip

_ALLOW = [
    case("ALLOW tells of each frame whether it passed", TEST, limiter(outputs="out ALLOW:allow"),
         steps("in@0 | in@1 | in@2 | done@0 | in@3 |"),
         packets={"out": same(0, 3), "allow": [[0, True], [1, False], [2, False], [3, True]]}),
    case("ALLOW tells of a frame in the queue when its turn has come", TEST,
         limiter(outputs="out ALLOW:allow", max_in_queue=1), steps("in@0 | in@1 | in@2 | done@0 | in@3 |"),
         packets={"out": same(0, 2, 3), "allow": [[0, True], [1, False], [2, True], [3, True]]}),
]  # fmt: skip

_ALLOW += [
    case("While a frame waits, ALLOW is settled no further than the frame before", RUN,
         graph("in done",
               node("FlowLimiterCalculator", "in FINISHED:done", "out ALLOW:allow", {"max_in_queue": 1}),
               node("PacketPresenceCalculator", "PACKET:allow", "PRESENCE:told")),
         steps("in@2 | in@5 | in. | done. |"),
         packets={"out": same(2, 5), "allow": same_true(2, 5), "told": same_true(2, 5)},
         bounds={"allow": [], "out": [4]}),
]  # fmt: skip

_AUXILIARY = [
    case("Auxiliary streams pass at the released timestamps, no others", TEST, limiter("in aux", "out extra"),
         steps("in@0 aux@0 | in@1 aux@1 | done@0 | in@2 aux@2 |"), packets={"out": same(0, 2), "extra": same(0,
         2)}),
    case("An auxiliary packet that comes after its frame was released passes", TEST, limiter("in aux",
         "out extra"),
         steps("in@0 | aux@0 | in@1 | aux@1 | done@0 | in@2 | aux@2 |"),
         packets={"out": same(0, 2), "extra": same(0, 2)}),
    case("An auxiliary packet between frames passes as the frame before it did", RUN, limiter("in aux",
         "out extra"),
         steps("in@0 aux@0 | aux@5 | in@10 aux@10 | aux@15 | done@0 | in@20 aux@20 |"),
         packets={"out": same(0, 20), "extra": same(0, 5, 20)}),
    case("An auxiliary packet before the first frame passes", RUN, limiter("in aux", "out extra"),
         steps("aux@-5 | in@0 aux@0 |"), packets={"out": same(0), "extra": same(-5, 0)}),
    case("An auxiliary packet waits until its frame is decided", RUN, limiter("in aux", "out extra",
         max_in_queue=1),
         steps("in@0 aux@0 | in@1 aux@1 | in@2 aux@2 | done@0 |"), packets={"out": same(0, 2), "extra": same(0,
         2)}),
]  # fmt: skip

_SIDE = [
    case("The side packet MAX_IN_FLIGHT goes before the option", RUN,
         {**graph("in done", node("FlowLimiterCalculator", "in FINISHED:done", "out", {"max_in_flight": 1},
                                  input_side_packet=["MAX_IN_FLIGHT:many"])), "input_side_packet": ["many"]},
         steps("in@0 | in@1 | in@2 | in@3 |"), side_packets={"many": 3}, packets={"out": same(0, 1, 2)}),
]  # fmt: skip

_WORKED = [
    case("22 ms of work a frame, one lost with its bound kept: every other frame passes", TEST,
         limiter(max_in_flight=1, max_in_queue=1), worked(9, 22_000, {4}, False, 1, 0),
         packets={"out": kept(0, 2, 4, 6, 8)}),
    case("22 ms of work a frame, one lost with its bound: the timeout goes on after 100 ms", TEST,
         limiter(max_in_flight=1, max_in_queue=1, in_flight_timeout=100_000), worked(21, 22_000, {4}, True, 1,
         100_000),
         packets={"out": kept(0, 2, 4, 14, 17, 19, 20)}),
    case("12 ms of work a frame without a queue, one lost: frames pass as ALLOW says", TEST,
         limiter(outputs="out ALLOW:allow", max_in_flight=1, max_in_queue=0, in_flight_timeout=100_000),
         worked(20, 12_000, {4}, True, 0, 100_000),
         packets={"out": kept(0, 2, 4, 15, 17, 19),
                  "allow": [[at * FRAME, at in (0, 2, 4, 15, 17, 19)] for at in range(20)]}),
]  # fmt: skip


def _warmed_up() -> list[Json]:
    """Frames every 10 ms; the worker takes 500 ms for its first one, then 22 ms each, and loses its third."""
    worked = [0, 10, 20, 30, 40, 50, 60, 63, 65, 67, 69, 70]
    ends = [
        bound("done", 20 * FRAME + 1) if frame == 20 else packet("done", frame * FRAME, frame) for frame in worked
    ]
    # What ends and what comes at one time: the end is first.
    events = [(500_000 + 22_000 * place, 0, one) for place, one in enumerate(ends)]
    events += [(frame * FRAME, 1, packet("in", frame * FRAME, frame * FRAME)) for frame in range(71)]
    return settled(*(step for _, _, step in sorted(events, key=lambda event: event[:2])))


_WARM_UP = [
    case("500 ms of warm-up, then 22 ms of work a frame: timeouts release frames until the backlog is done", TEST,
         limiter(max_in_flight=1, max_in_queue=1, in_flight_timeout=100_000), _warmed_up(),
         packets={"out": kept(0, 10, 20, 30, 40, 50, 60, 63, 65, 67, 69, 70)}),
]  # fmt: skip

LIMITED_LOOP = node("FlowLimiterCalculator", "in FINISHED:out", "free", input_stream_info=back_edge("FINISHED"))

_ENDS = [
    case("The end of a limited loop's input lets a merge after the loop go on", RUN,
         graph("in other", LIMITED_LOOP, node("PassThroughCalculator", "free", "out"),
               node("MergeCalculator", "out other", "merged")), steps("other@7 | other. | in. |"),
         packets={"merged": same(7)}),
    case("The end of a limited loop's input lets a join of its released frames go on", RUN,
         graph("in other", LIMITED_LOOP, node("PassThroughCalculator", "free", "out"),
               node("PassThroughCalculator", "free other", "x y")),
               steps("in@1 | other@1 other@9 | other. | in. |"),
         packets={"x": same(1), "y": same(1, 9)}),
    case("The end of a limited loop's input ends what follows the loop", RUN,
         graph("in", LIMITED_LOOP, node("PassThroughCalculator", "free", "out"),
               node("LifeTestCalculator", "out", "life")), steps("in@1 | in. |"),
         packets={"life": [[0, "open"], [1, ["process", 1]], [2, "close"]]}),
]  # fmt: skip

CASES = [*_LOOPS, *_LIMITS, *_TIMES, *_ALLOW, *_AUXILIARY, *_SIDE, *_WORKED, *_WARM_UP, *_ENDS]
