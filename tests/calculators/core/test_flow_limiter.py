"""FlowLimiterCalculator against the runs of mediapipe/calculators/core/flow_limiter_calculator_test.cc."""

import heapq
from typing import Any

import pyweb_ml as pw

FRAME = 10_000
"""µs from frame to frame."""


class Work:
    """A part of the graph that takes its time for a frame, one at a time, on a clock of the test's own.

    Attributes:
        passed, allowed: numbers of the frames that came out of it; ALLOW by frame.
    """

    def __init__(self, options: dict[str, int], takes: int, lost: int, keeps_bound: bool) -> None:
        self.takes, self.lost, self.keeps_bound = takes, lost, keeps_bound
        self.passed: list[int] = []
        self.allowed: dict[int, bool] = {}
        self.followed: list[int] = []
        self._now = self._free = 0
        self._due: list[tuple[int, int]] = []
        self._graph = pw.CalculatorGraph(_config(options))
        self._graph.observe_output_stream("out", lambda _, packet: self._begin(packet))
        self._graph.observe_output_stream("allow", lambda _, packet: self._allow(packet))
        self._graph.observe_output_stream("aux_out", lambda _, packet: self.followed.append(packet.value))
        self._graph.start_run()

    def _begin(self, packet: pw.Packet) -> None:
        self._free = max(self._free, self._now) + self.takes
        heapq.heappush(self._due, (self._free, packet.value))

    def _allow(self, packet: pw.Packet) -> None:
        self.allowed[packet.timestamp // FRAME] = packet.value

    def run(self, frames: int) -> None:
        for frame in range(frames):
            self._finish_until(frame * FRAME)
            self._now = frame * FRAME
            self._add("in", frame)
            self._add("aux", frame)
            self._graph.wait_until_idle()
        self._finish_until(10**9)
        self._graph.close()

    def _finish_until(self, end: int) -> None:
        while self._due and self._due[0][0] <= end:
            self._now, frame = heapq.heappop(self._due)
            if frame != self.lost:
                self.passed.append(frame)
                self._add("done", frame)
            elif self.keeps_bound:
                self._graph.set_input_stream_timestamp_bound("done", frame * FRAME + 1)
            self._graph.wait_until_idle()

    def _add(self, stream: str, frame: int) -> None:
        self._graph.add_packet_to_input_stream(stream, pw.packet_creator.create_int(frame).at(frame * FRAME))


def _config(options: dict[str, int]) -> dict[str, Any]:
    node = {
        "calculator": "FlowLimiterCalculator",
        "input_stream": ["in", "aux", "FINISHED:done"],
        "output_stream": ["out", "aux_out", "ALLOW:allow"],
        "node_options": [{"@type": "type.googleapis.com/mediapipe.FlowLimiterCalculatorOptions", **options}],
    }
    return {"input_stream": ["in", "aux", "done"], "node": [node]}


def worked(frames: int, takes: int, lost: int = -1, keeps_bound: bool = True, **options: int) -> Work:
    work = Work(options, takes, lost, keeps_bound)
    work.run(frames)
    return work


def test_a_frame_dropped_on_the_way_with_its_bound_kept_does_not_stop_the_flow() -> None:
    work = worked(9, 22_000, lost=4, max_in_flight=1, max_in_queue=1)
    assert work.passed == [0, 2, 6, 8]


def test_a_frame_lost_with_its_bound_is_given_up_after_the_timeout() -> None:
    options = {"max_in_flight": 1, "max_in_queue": 1, "in_flight_timeout": 100_000}
    work = worked(21, 22_000, lost=4, keeps_bound=False, **options)
    assert work.passed == [0, 2, 14, 17, 19, 20]


def test_without_a_queue_allow_tells_which_frames_pass() -> None:
    work = worked(21, 12_000, lost=4, keeps_bound=False, max_in_flight=1, in_flight_timeout=100_000)
    assert work.passed == [0, 2, 15, 17, 19]
    assert [frame for frame, allow in work.allowed.items() if allow] == [0, 2, 4, 15, 17, 19]
    assert len(work.allowed) == 21


def test_the_auxiliary_stream_follows_the_main_one() -> None:
    work = worked(21, 12_000, max_in_flight=1)
    assert work.followed == [frame for frame, allow in work.allowed.items() if allow]
    assert work.followed == list(range(0, 21, 2))


def test_without_a_timeout_a_lost_frame_stops_the_flow() -> None:
    work = worked(21, 12_000, lost=4, keeps_bound=False, max_in_flight=1)
    assert work.passed == [0, 2]


def test_the_graphs_input_policy_goes_before_the_calculators_own() -> None:
    # As MediaPipe 0.10.21 does when it is run: the first frame has left the queue before FINISHED lets it go.
    config = _config({})
    config["input_stream_handler"] = {"input_stream_handler": "FixedSizeInputStreamHandler"}
    config["node"][0].update(input_stream=["in", "FINISHED:done"], output_stream=["out"])
    graph = pw.CalculatorGraph({**config, "input_stream": ["in", "done"]})
    passed: list[int] = []
    graph.observe_output_stream("out", lambda _, packet: passed.append(packet.timestamp))
    graph.start_run()
    for at in (1, 2):
        graph.add_packet_to_input_stream("in", pw.packet_creator.create_int(at).at(at))
        graph.wait_until_idle()
    graph.close()
    assert passed == [2]
