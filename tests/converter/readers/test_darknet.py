"""Darknet's models agree with OpenCV's reading of them, and what is wrong with a file is said with its line."""

import contextlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pyweb_ml.converter import environment
from pyweb_ml.converter.readers.darknet import CONFIG_METADATA, INPUT, layer_table, read_darknet
from pyweb_ml.converter.readers.darknet.network import Network
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.errors import ConversionError
from tests.converter import zoo
from tests.converter.readers import darknet_models as small
from tests.converter.running import farthest, run_litert

OPENCV = Path(__file__).parent / "run_opencv.py"
BLOCKS = {
    "grouped": small.net() + small.conv(8) + small.conv(16, more="groups=4"),
    "depthwise": small.net() + small.conv(8) + small.conv(16, 3, 2, more="groups=8"),
    "one odd side": small.net(63) + small.conv(8, 3, 2) + small.pool() + small.conv(4, 5, 3),
    "unpadded": small.net() + small.conv(8).replace("pad=1", "pad=0") + small.conv(4, 1, 2),
    "a pool that overlaps": small.net(62) + small.conv(8) + small.pool(3, 2) + small.conv(4),
    "swish and logistic": small.net() + small.conv(8, activation="swish") + small.conv(4, activation="logistic"),
}
NETWORKS = {name: getattr(small, name) for name in ("V2_TINY", "V2", "V3_TINY", "V3", "V3_SPP", "V4_TINY", "V4")}


def opencv(config: Path, given: NDArray[Any], layers: list[str], folder: Path) -> list[NDArray[Any]]:
    """What OpenCV gives for the layers, in our layout."""
    np.save(folder / "input.npy", given)
    files = [config, config.with_suffix(".weights"), folder / "input.npy", folder / "outputs.npz"]
    environment.run("opencv", OPENCV, [*files, *layers])
    with np.load(folder / "outputs.npz") as outputs:
        wanted = [outputs[layer] for layer in layers]
    return [one.transpose(0, 2, 3, 1) if one.ndim == 4 else one for one in wanted]


def yolov3_tiny(folder: Path) -> Path:
    """The `.cfg`, with the `.weights` beside it."""
    files = [
        Path(shutil.copy(zoo.fetch(name), folder / name)) for name in ("yolov3-tiny.cfg", "yolov3-tiny.weights")
    ]
    return files[0]


def picture(config: Path) -> NDArray[np.float32]:
    size = Network(config).size
    return np.random.default_rng(1).random((1, size.height, size.width, size.channels), np.float32)


@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS)
def test_every_head_of_a_network_agrees_with_opencv(config: str, tmp_path: Path) -> None:
    path = small.make(tmp_path, config)
    heads = [f"conv_{layer.sources[0]}" for layer in Network(path).outputs]
    given = picture(path)
    for got, wanted in zip(
        run_litert(read_darknet(path), given), opencv(path, given, heads, tmp_path), strict=True
    ):
        assert farthest(got, wanted) < 1e-4


@pytest.mark.parametrize("config", BLOCKS.values(), ids=BLOCKS)
def test_a_convolution_pads_and_groups_as_in_opencv(config: str, tmp_path: Path) -> None:
    path = small.make(
        tmp_path, config + small.plain(7) + "[region]\nclasses=2\ncoords=4\nnum=1\nanchors=1,1\nsoftmax=1\n"
    )
    given, layer = picture(path), Network(path).layers[-2]
    (got,) = run_litert(read_darknet(path), given)
    (wanted,) = opencv(path, given, [f"conv_{layer.index}"], tmp_path)
    assert farthest(got, wanted) < 1e-4


def test_a_connected_layer_agrees_with_opencv(tmp_path: Path) -> None:
    path = small.make(tmp_path, small.V1_TINY.partition("[detection]")[0])
    (got,) = run_litert(read_darknet(path), picture(path))
    (wanted,) = opencv(path, picture(path), ["fullyConnected_4"], tmp_path)
    assert farthest(got, wanted) < 1e-4


def test_yolov3_tiny_agrees_with_opencv(tmp_path: Path) -> None:
    config = yolov3_tiny(tmp_path)
    given = picture(config)
    heads = run_litert(read_darknet(config), given)
    assert [head.shape for head in heads] == [(1, 13, 13, 255), (1, 26, 26, 255)]
    for got, wanted in zip(heads, opencv(config, given, ["conv_15", "conv_22"], tmp_path), strict=True):
        assert farthest(got, wanted) < 1e-4


def test_the_table_of_yolov3_tiny_is_darknets(tmp_path: Path) -> None:
    config = yolov3_tiny(tmp_path)
    lines = layer_table(config).splitlines()
    assert lines[0] == "layer     filters    size              input                output"
    assert lines[1] == "    0 conv     16  3 x 3 / 1   416 x 416 x   3   ->   416 x 416 x  16  0.150 BFLOPs"
    assert lines[12] == "   11 max          2 x 2 / 1    13 x  13 x 512   ->    13 x  13 x 512"
    assert lines[17:22] == [
        "   16 yolo",
        "   17 route  13",
        "   18 conv    128  1 x 1 / 1    13 x  13 x 256   ->    13 x  13 x 128  0.011 BFLOPs",
        "   19 upsample            2x    13 x  13 x 128   ->    26 x  26 x 128",
        "   20 route  19 8",
    ]
    # 5.56 BFLOPs is what Darknet's own page states of this model.
    assert sum(float(line.split()[-2]) for line in lines if "BFLOPs" in line) == pytest.approx(5.56, abs=0.02)


def test_a_local_layer_has_weights_of_its_own_at_every_place(tmp_path: Path) -> None:
    config = small.net(6, 2) + "[local]\nfilters=4\nsize=3\nstride=2\npad=1\nactivation=linear\n"
    path = small.make(tmp_path, config)
    values = np.frombuffer(path.with_suffix(".weights").read_bytes()[20:], "<f4")
    biases, weights = values[:36].reshape(4, 3, 3), values[36:].reshape(3, 3, 4, 2, 3, 3)
    given = picture(path)
    padded = np.pad(given[0], [(1, 1), (1, 1), (0, 0)])
    windows = [[padded[2 * y : 2 * y + 3, 2 * x : 2 * x + 3] for x in range(3)] for y in range(3)]
    wanted = np.einsum("yxabc,yxfcab->yxf", windows, weights) + biases.transpose(1, 2, 0)
    (got,) = run_litert(read_darknet(path), given)
    assert farthest(got[0], wanted) < 1e-5


def test_scaled_channels_are_multiplied(tmp_path: Path) -> None:
    squeeze = "[avgpool]\n" + small.plain(8).replace("linear", "logistic")
    config = small.net(16) + small.conv(8) + squeeze + "[scale_channels]\nfrom=-3\n[sam]\nfrom=-1\n"
    path = small.make(tmp_path, config)
    model = read_darknet(path)
    made = {op.op: op.outputs[0] for op in model.graph.operators}
    features, factors = made["LEAKY_RELU"], made["LOGISTIC"]
    model.graph.outputs[:0] = [features, factors]
    model.signatures = []
    before, times, squared = run_litert(model, picture(path))
    assert farthest(squared, (before * times) ** 2) < 1e-5


@pytest.mark.parametrize(("version", "seen"), [((0, 1), 4), ((0, 2), 8), ((1, 0), 8)])
def test_pictures_seen_take_four_or_eight_bytes_by_the_version(
    version: tuple[int, int], seen: int, tmp_path: Path
) -> None:
    path = small.make(tmp_path, small.V2_TINY, version=version)
    assert path.with_suffix(".weights").stat().st_size == 12 + seen + 4 * Network(path).weights
    read_darknet(path)


def test_the_model_has_named_outputs_and_carries_its_config(tmp_path: Path) -> None:
    path = small.make(tmp_path, small.V3_TINY)
    model = read_darknet(path.with_suffix(".weights"))
    (signature,) = model.signatures
    assert list(signature.inputs) == [INPUT]
    assert list(signature.outputs) == ["yolo_10", "yolo_17"]
    assert model.metadata[CONFIG_METADATA] == path.read_bytes()


def test_the_weights_may_lie_elsewhere_and_the_picture_be_of_another_size(tmp_path: Path) -> None:
    path = small.make(tmp_path, small.V3_TINY)
    moved = path.with_suffix(".weights").rename(tmp_path / "other")
    model = read_darknet(path, ReadOptions({INPUT: (1, 3, 32, 96)}, moved))
    assert [tensor.shape for tensor in model.graph.outputs] == [(1, 8, 24, 24), (1, 16, 48, 24)]


BAD_CONFIGS = {
    "[net]\nwidth=8\nheight=8\nchannels=3\n[conv]\nfilters\n": "line 6: 'filters' is neither",
    "[convolutional]\nfilters=3\n": "its first section must be [net]",
    small.net() + "[lstm]\noutput=3\n": "line 6, [lstm]: this layer is not known",
    small.net() + "[conv]\nfilters=many\n": "line 7, [conv]: 'filters' must be a whole number, not 'many'",
    small.net() + "[conv]\nfilters=0\n": "line 7, [conv]: 'filters' must be from 1 to",
    small.net() + "[conv]\nactivation=stair\n": "line 7, [conv]: the activation 'stair' is not known",
    small.net() + "[conv]\ndilation=2\n": "line 7, [conv]: 'dilation' must be '1', the only value",
    small.net() + "[conv]\ngroups=2\n": "line 7, [conv]: 3 channels and 1 filters are no 2 groups",
    small.net() + "[conv]\nsize=99\n": "line 6, [conv]: nothing would be left of its input of 64x64x3",
    small.net() + "[conv]\n" + small.route(-5): "there is no layer -5 before layer 1",
    small.net() + small.conv(4) + small.pool() + small.route(0, 1): "its layers differ in size: 64x64 and 32x32",
    small.net() + small.conv(4) + small.conv(5) + small.shortcut(0): "they must be alike",
    small.net() + small.plain(7) + small.yolo(): "gives 7 channels, but 3 boxes of 8 values are 24",
    small.net() + small.plain(24) + small.yolo() + small.conv(4): "layer 1 is a head of the model",
    small.net() + small.upsample(64) * 3: "has more than 268435456 values",
    "[net]\nwidth=8\nheight=8\n[conv]\n": "line 1, [net]: it lacks 'channels='",
    small.net(): "line 1, [net]: it has 0 layers",
}


@pytest.mark.parametrize(("config", "reason"), BAD_CONFIGS.items(), ids=BAD_CONFIGS.values())
def test_a_wrong_config_is_refused_with_the_line(config: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "model.cfg").write_text(config)
    (tmp_path / "model.weights").write_bytes(bytes(20))
    with pytest.raises(ConversionError) as refused:
        read_darknet(tmp_path / "model.cfg")
    assert reason in str(refused.value)
    assert "'model.cfg'" in str(refused.value)


def test_weights_of_another_number_are_refused_with_both_numbers(tmp_path: Path) -> None:
    path = small.make(tmp_path, small.V2_TINY)
    weights, needed = path.with_suffix(".weights"), Network(path).weights
    whole = weights.read_bytes()
    weights.write_bytes(whole + bytes(4))
    with pytest.raises(
        ConversionError, match=rf"holds {needed + 1} float32 values, but 'model.cfg' needs {needed};"
    ):
        read_darknet(path)
    weights.write_bytes(whole[:-8])
    with pytest.raises(ConversionError, match=r"they end within layer 7, \[convolutional\], which needs 2 more"):
        read_darknet(path)
    weights.write_bytes(whole[:-1])
    with pytest.raises(ConversionError, match="not a whole number of float32 values"):
        read_darknet(path)
    for size in (0, 11, 15, 19):
        weights.write_bytes(whole[:size])
        with pytest.raises(ConversionError, match=r"model\.weights"):
            read_darknet(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = small.make(tmp_path, small.V2_TINY)
    path.with_suffix(".weights").unlink()
    with pytest.raises(ConversionError, match=r"'model\.cfg' needs 'model\.weights' beside it"):
        read_darknet(path)


def test_a_variance_below_zero_is_damage(tmp_path: Path) -> None:
    path = small.make(tmp_path, small.V2_TINY)
    weights = path.with_suffix(".weights")
    data = bytearray(weights.read_bytes())
    data[20 + 4 * 31 : 20 + 4 * 32] = np.float32(-1).tobytes()  # the last of 8 biases, scales, means, variances
    weights.write_bytes(data)
    with pytest.raises(ConversionError, match=r"\[convolutional\]: 'model\.weights' is damaged: a variance"):
        read_darknet(path)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_config_gives_a_model_or_one_error(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    text = small.make(tmp_path, list(NETWORKS.values())[seed % len(NETWORKS)]).read_bytes()
    for _ in range(10):
        (tmp_path / "model.cfg").write_bytes(_damaged(text, random))
        with contextlib.suppress(ConversionError):
            read_darknet(tmp_path / "model.cfg")


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_weights_file_gives_a_model_or_one_error(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    path = small.make(tmp_path, small.V3_TINY)
    weights = path.with_suffix(".weights")
    data = weights.read_bytes()
    for _ in range(5):
        header = random.bytes(int(random.integers(0, 24)))
        weights.write_bytes(header + data[len(header) : int(random.integers(0, len(data) + 1))])
        with contextlib.suppress(ConversionError):
            read_darknet(path)


def _damaged(data: bytes, random: np.random.Generator) -> bytes:
    """A byte changed, a piece cut out, a piece repeated, or a number put in."""
    first, second = sorted(random.integers(0, len(data), 2))
    ways = [
        data[:first] + bytes([random.integers(0, 256)]) + data[first + 1 :],
        data[:first] + data[second:],
        data[:second] + data[first:],
        data[:first] + str(random.choice([-1, 0, 7, 2**31, 10**12])).encode() + data[first:],
    ]
    return ways[random.integers(0, len(ways))]
