"""Frames of videos as arrays."""

import av
import numpy as np
import pytest

from pyweb_ml.runner.video import images

COLOUR = (90, 160, 40)


@pytest.mark.parametrize("width", range(1, 35))
@pytest.mark.parametrize("layout", ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "nv12", "rgb24", "gray"])
def test_every_column_of_a_frame_is_read_whatever_its_width(layout: str, width: int) -> None:
    plain = np.full((32, width, 3), COLOUR, np.uint8)
    frame = av.VideoFrame.from_ndarray(plain, format="rgb24").reformat(format=layout)
    ((_, read),) = images(iter([frame]))
    wanted = read[:, :1, :3] if layout == "gray" else plain
    assert read.shape == (32, width, 4)
    # As coarse as 8 bits of luma and chroma are.
    np.testing.assert_allclose(read[..., :3].astype(int) - wanted, 0, atol=3)
    assert (read[..., 3] == 255).all()


def test_a_frame_with_alpha_keeps_it() -> None:
    clear = np.full((8, 8, 4), (*COLOUR, 128), np.uint8)
    ((_, read),) = images(iter([av.VideoFrame.from_ndarray(clear, format="rgba")]))
    np.testing.assert_array_equal(read, clear)
