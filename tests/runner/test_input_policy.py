"""Input policies, where the order of arrival must not matter; `tests/vectors` has the rest."""

import random

import pyweb_ml as pw
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext

Step = tuple[str, int | None]
"""A packet of a stream at a timestamp; None closes the stream."""

# mediapipe/framework/stream_handler/sync_set_input_stream_handler_test.cc, OrdinaryOperation.
FIRST: list[Step] = [
    *[("a", 0), ("c", 0), ("a", 10), ("e", 0), ("c", 10), ("e", 10), ("e", 20), ("a", 20), ("c", 20), ("c", 30)],
    *[("a", 30), ("a", 40), ("a", 50), ("c", 40), ("a", None), ("e", 40), ("c", 50), ("e", 50), ("c", 60)],
    *[("c", 70), ("c", None), ("e", None)],
]
FIRST_SETS = "0;ace 10;ace 20;ace 30;ac 40;ace 50;ace 60;c 70;c"
SECOND: list[Step] = [
    *[("b", -300), ("b", -200), ("b", -100), ("d", -200), ("d", -20), ("d", -10), ("b", 0), ("d", 0), ("d", 10)],
    *[("b", 10), ("b", 20), ("d", 200), ("b", 100), ("b", 200), ("b", 250), ("b", 300), ("d", None)],
    ("b", None),
]
SECOND_SETS = "-300;b -200;bd -100;b -20;d -10;d 0;bd 10;bd 20;b 100;b 200;bd 250;b 300;b"


class Sets(CalculatorBase):
    """Emits which inputs had a packet, at timestamps of its own."""

    def open(self, cc: CalculatorContext) -> None:
        self.calls = 0

    def process(self, cc: CalculatorContext) -> None:
        present = "".join(one.name for one in cc.inputs if not one.is_empty)
        cc.outputs().add(self.calls, f"{cc.input_timestamp};{present}")
        self.calls += 1


def config() -> dict[str, object]:
    options = {"sync_set": [{"tag_index": [":0", ":2", ":4"]}]}
    node = {
        "calculator": "Sets",
        "input_stream": list("abcde"),
        "output_stream": ["sets"],
        "input_stream_handler": {
            "input_stream_handler": "SyncSetInputStreamHandler",
            "options": {"[mediapipe.SyncSetInputStreamHandlerOptions.ext]": options},
        },
    }
    return {"input_stream": list("abcde"), "node": [node]}


def shuffled(seed: int) -> list[Step]:
    """The two sets' steps, mixed, each in its own order."""
    chooser = random.Random(seed)
    left = [list(FIRST), list(SECOND)]
    mixed = []
    while left[0] or left[1]:
        mixed.append(chooser.choice([steps for steps in left if steps]).pop(0))
    return mixed


def sets(steps: list[Step], seed: int) -> list[str]:
    chooser = random.Random(seed)
    graph = pw.CalculatorGraph(config())
    found: list[str] = []
    graph.observe_output_stream("sets", lambda _, packet: found.append(packet.value))
    graph.start_run()
    for stream, at in steps:
        if at is None:
            graph.close_input_stream(stream)
        else:
            graph.add_packet_to_input_stream(stream, pw.Packet(at), at)
        if chooser.random() < 0.5:
            graph.wait_until_idle()
    graph.close()
    return found


def test_sync_sets_give_the_same_however_they_are_mixed() -> None:
    for seed in range(100):
        found = sets(shuffled(seed), seed)
        first = [one for one in found if set("ace") & set(one)]
        second = [one for one in found if set("bd") & set(one)]
        assert (" ".join(first), " ".join(second)) == (FIRST_SETS, SECOND_SETS), f"seed {seed}"


def aligned(base: str) -> dict[str, object]:
    options = {"timestamp_base_tag_index": base}
    node = {
        "calculator": "PassThroughCalculator",
        "input_stream": ["VIDEO:video", "CAMERA:camera"],
        "output_stream": ["VIDEO:out_video", "CAMERA:out_camera"],
        "input_stream_handler": {
            "input_stream_handler": "TimestampAlignInputStreamHandler",
            "options": {"[mediapipe.TimestampAlignInputStreamHandlerOptions.ext]": options},
        },
    }
    return {"input_stream": ["video", "camera"], "node": [node]}


def test_the_base_stream_passes_at_once_until_the_others_have_a_packet_to_align() -> None:
    """mediapipe/framework/stream_handler/timestamp_align_input_stream_handler_test.cc, Initialization."""
    graph = pw.CalculatorGraph(aligned("CAMERA"))
    video: list[tuple[int, int]] = []
    camera: list[tuple[int, int]] = []
    graph.observe_output_stream("out_video", lambda _, packet: video.append((packet.timestamp, packet.value)))
    graph.observe_output_stream("out_camera", lambda _, packet: camera.append((packet.timestamp, packet.value)))
    graph.start_run()
    seen = []
    for stream, at in [("camera", 101), ("camera", 102), ("video", 1), ("camera", 103), ("camera", 104)]:
        graph.add_packet_to_input_stream(stream, pw.Packet(at), at)
        graph.wait_until_idle()
        seen.append((len(video), len(camera)))
    assert seen == [(0, 1), (0, 2), (0, 2), (1, 3), (1, 3)]
    graph.add_packet_to_input_stream("video", pw.Packet(4), 4)
    graph.wait_until_idle()
    assert camera[-1] == (104, 104)
    graph.close()
    assert video == [(103, 1), (106, 4)]


def immediate(steps: list[Step]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Packets and bounds of a PassThroughCalculator under the immediate policy, waited for after each step."""
    node = {
        "calculator": "PassThroughCalculator",
        "input_stream": ["a", "b"],
        "output_stream": ["aa", "bb"],
        "input_stream_handler": {"input_stream_handler": "ImmediateInputStreamHandler"},
    }
    graph = pw.CalculatorGraph({"input_stream": ["a", "b"], "node": [node]})
    packets: dict[str, list[int]] = {"aa": [], "bb": []}
    bounds: dict[str, list[int]] = {"aa": [], "bb": []}

    def keep(name: str, packet: pw.Packet) -> None:
        (bounds if packet.is_empty() else packets)[name].append(packet.timestamp)

    for name in packets:
        graph.observe_output_stream(name, keep, observe_timestamp_bounds=True)
    graph.start_run()
    for stream, at in steps:
        if at is None:
            graph.close_input_stream(stream)
        else:
            graph.add_packet_to_input_stream(stream, pw.Packet(at), at)
        graph.wait_until_idle()
    graph.close()
    return packets, bounds


def test_under_the_immediate_policy_the_end_of_an_input_is_a_call_at_the_least_bound() -> None:
    """As MediaPipe 0.10.21 gives when it is run: with an offset that call moves the bounds past the timestamp."""
    packets, bounds = immediate([("a", 8), ("b", None), ("a", None)])
    assert packets == {"aa": [8], "bb": []}
    assert bounds == {"aa": [9], "bb": [8, 9]}


def test_under_the_immediate_policy_an_input_that_ends_before_all_packets_holds_nothing_up() -> None:
    """As MediaPipe 0.10.21 gives when it is run."""
    packets, _ = immediate([("a", None), ("b", 3), ("b", None)])
    assert packets == {"aa": [], "bb": [3]}
