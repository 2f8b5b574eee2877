"""What a frame goes through on its way into the graph and out of it, in Chromium."""

from pathlib import Path

import numpy as np

from conftest import OpenExample
from tests.visiting import photograph, rgba

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_frames_that_change_size_in_mid_stream_give_the_same_in_any_order(open_example: OpenExample) -> None:
    whole = rgba(photograph())
    frames = {"square": whole, "portrait": whole[:, :75], "odd": whole[:33, :97]}
    app = open_example(EXAMPLES / "background_blur")
    order = ["square", "portrait", "odd", "odd", "square", "portrait"]
    results = [app.process(frames[name], timestamp)["output"] for timestamp, name in enumerate(order)]
    for name in frames:
        one, other = (result for at, result in zip(order, results, strict=True) if at == name)
        assert one.shape == frames[name].shape
        np.testing.assert_array_equal(one, other)
