"""Reading pictures: the same pixels as the browser's own conversion gives, whatever a picture's format is."""

import itertools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.serving import serve

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HTML = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="pixels.js"></script>'
PACKED = ("BGRA", "BGRX", "RGBA", "RGBX")
PLANAR = ("I420", "NV12")
MATRICES = ("bt709", "smpte170m", "bt470bg")
PRIMARIES = ("bt709", "smpte170m")
TRANSFERS = ("bt709", "smpte170m", "iec61966-2-1")
SIZES = ((1, 1), (2, 2), (3, 5), (17, 3), (33, 18), (66, 34), (641, 35))

Compare = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(scope="module", params=["drawn by the CPU", "drawn by a GPU"])
def compare(
    request: pytest.FixtureRequest, browser: Browser, gpu: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Compare]:
    """Reads pictures of random content, and compares them with what the browser makes of them."""
    drawing = browser if request.param == "drawn by the CPU" else gpu
    folder = tmp_path_factory.mktemp("pixels")
    command = [str(ROOT / "static/node_modules/.bin/esbuild"), str(HERE / "pixels_page.mjs"), "--bundle"]
    options = ["--format=esm", "--log-level=error", f"--outfile={folder / 'pixels.js'}"]
    subprocess.run([*command, *options], check=True)
    (folder / "kernels.wasm").write_bytes((ROOT / "pyweb_ml/web/kernels.wasm").read_bytes())
    (folder / "index.html").write_text(HTML)
    with serve(folder) as address:
        page = drawing.new_page()
        page.goto(address)
        page.wait_for_function("!!window.compareAll")
        yield lambda pictures: page.evaluate("list => window.compareAll(list)", pictures)
        page.close()


def test_opaque_rgb_is_read_in_its_own_order_exactly(compare: Compare) -> None:
    pictures = [{"format": one, "size": size} for one in (*PACKED, "ImageBitmap") for size in SIZES]
    assert [one for one in compare(pictures) if not one["own"] or one["difference"] != 0] == []


def test_red_stays_red(compare: Compare) -> None:
    (read,) = compare([{"format": "ImageBitmap", "size": [9, 7], "pixel": [255, 128, 1, 255]}])
    assert read["first"] == [255, 128, 1, 255]


def test_yuv_is_read_from_its_planes_within_one_level(compare: Compare) -> None:
    spaces = itertools.product(MATRICES, (True, False), PRIMARIES, TRANSFERS)
    colors = [dict(zip(("matrix", "fullRange", "primaries", "transfer"), one, strict=True)) for one in spaces]
    pictures = [
        {"format": one, "size": size, "colors": color} for one in PLANAR for size in SIZES for color in colors
    ]
    assert [one for one in compare(pictures) if not one["own"] or not one["difference"] <= 1] == []


def test_only_what_is_visible_of_a_frame_is_read(compare: Compare) -> None:
    rectangles = [(2, 4, 60, 20), (0, 0, 65, 33), (4, 2, 31, 17)]
    pictures = [
        {"format": one, "size": (66, 34), "visibleRect": dict(zip(("x", "y", "width", "height"), at, strict=True))}
        for one in (*PACKED, *PLANAR)
        for at in rectangles
    ]
    read = compare(pictures)
    assert [tuple(one["size"]) for one in read] == [(width, height) for *_, width, height in rectangles] * 6
    assert [one for one in read if not one["own"] or not one["difference"] <= 1] == []


def test_a_picture_with_alpha_is_read_as_the_browser_does(compare: Compare) -> None:
    pictures = [{"format": one, "size": (33, 18), "alpha": 100} for one in (*PACKED, "ImageBitmap")]
    assert [(one["own"], one["difference"]) for one in compare(pictures)] == [(False, 0)] * 5


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (3, 1), (5, 1), (8, 4)])
def test_one_pixel_with_alpha_is_enough(compare: Compare, size: tuple[int, int]) -> None:
    (read,) = compare([{"format": "ImageBitmap", "size": size, "alpha": 254}])
    assert (read["own"], read["difference"]) == (False, 0)


@pytest.mark.parametrize(
    "colors", [{"primaries": "smpte432"}, {"primaries": "bt2020", "transfer": "pq"}, {"transfer": "linear"}]
)
def test_colours_that_are_not_srgbs_are_left_to_the_browser(compare: Compare, colors: dict[str, str]) -> None:
    pictures = [{"format": one, "size": (33, 18), "colors": colors} for one in (*PACKED, *PLANAR)]
    assert [(one["own"], one["difference"]) for one in compare(pictures)] == [(False, 0)] * 6


@pytest.mark.parametrize("pixel_format", ["I420A", "I422", "I444", "I420P10"])
def test_other_formats_are_left_to_the_browser(compare: Compare, pixel_format: str) -> None:
    (read,) = compare([{"format": pixel_format, "size": (33, 18)}])
    assert (read["own"], read["difference"]) == (False, 0)


@pytest.mark.parametrize(
    ("turned", "size"),
    [
        ({"rotation": 90}, (18, 34)),
        ({"rotation": 180}, (34, 18)),
        ({"flip": True}, (34, 18)),
        ({"displayWidth": 50, "displayHeight": 20}, (50, 20)),
    ],
)
def test_a_frame_is_read_as_it_is_shown(compare: Compare, turned: dict[str, Any], size: tuple[int, int]) -> None:
    pictures = [{"format": one, "size": (34, 18), "canvas": True, **turned} for one in (*PACKED, *PLANAR)]
    read = compare(pictures)
    assert [tuple(one["size"]) for one in read] == [size] * 6
    assert [one["difference"] for one in read] == [0] * 6


def test_no_memory_is_kept(compare: Compare) -> None:
    pictures = [{"format": one, "size": (66, 34)} for one in (*PACKED, *PLANAR, "ImageBitmap", "I444")] * 20
    assert {one["used"] for one in compare(pictures)} == {0}
