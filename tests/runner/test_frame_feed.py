"""What a feed of frames tells its graph, and hands on of what comes out."""

from typing import Any

import numpy as np

from pyweb_ml.graph.authoring import Graph
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContext
from pyweb_ml.graph.config import from_json
from pyweb_ml.runner.frame_feed import FrameFeed
from pyweb_ml.runner.frames import Frames
from tests.runner.graphs import node

CLOSED_AT = 1_000_000


class TellsTheTime(CalculatorBase):
    """Gives the clock's time at each packet, and in Close."""

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs().add(cc.input_timestamp, cc.clock.now())

    def close(self, cc: CalculatorContext) -> None:
        cc.outputs().add(CLOSED_AT, cc.clock.now())


class KeepsAll:
    """A sink."""

    def __init__(self) -> None:
        self.streams = ["time"]
        self.taken: list[tuple[int, Any]] = []

    def take(self, stream: str, at: int, payload: Any) -> None:
        self.taken.append((at, payload))

    def close(self) -> None:
        pass


def run(*, live: bool) -> list[tuple[int, Any]]:
    config = {"input_stream": ["frame"], "node": [node("TellsTheTime", ["frame"], ["time"])]}
    graph = Graph(from_json(config), {"frame": "Image"}, {"time": "Number"}, {}, {}, {})
    sink, image = KeepsAll(), np.zeros((2, 2, 4), np.uint8)
    frames = Frames(iter([(at, image) for at in (0, 40_000, 120_000)]), 3, live)
    FrameFeed(graph, sink, None, live=live).run(frames, None, lambda *_: None)
    return sink.taken


def test_the_time_in_a_file_is_that_of_the_frame_however_fast_the_machine_is() -> None:
    assert run(live=False)[:-1] == [(0, 0), (40_000, 40_000), (120_000, 120_000)]


def test_the_time_with_a_camera_is_the_machines() -> None:
    told = [time for _, time in run(live=True)]
    assert told == sorted(told)
    assert told[0] > 0


def test_what_a_calculator_gives_when_it_closes_comes_out_too() -> None:
    assert run(live=False)[-1] == (CLOSED_AT, 120_000)
