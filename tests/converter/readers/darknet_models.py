"""Small models in Darknet's format: the layers and joints of YOLO v1 to v4, narrower, with random weights."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pyweb_ml.converter.readers.darknet.convolutional import Convolutional
from pyweb_ml.converter.readers.darknet.network import Network

CLASSES = 3
_YOLO = 3 * (5 + CLASSES)


def net(side: int = 64, channels: int = 3) -> str:
    return f"[net]\nbatch=1\nheight={side}\nwidth={side}\nchannels={channels}\n"


def conv(filters: int, size: int = 3, stride: int = 1, activation: str = "leaky", more: str = "") -> str:
    return (
        f"[convolutional]\nbatch_normalize=1\nfilters={filters}\nsize={size}\nstride={stride}\npad=1\n"
        f"activation={activation}\n{more}\n"
    )


def plain(filters: int) -> str:
    """The convolution before a head: without BatchNorm or activation."""
    return f"[convolutional]\nsize=1\nstride=1\npad=1\nfilters={filters}\nactivation=linear\n"


def pool(size: int = 2, stride: int = 2) -> str:
    return f"[maxpool]\nsize={size}\nstride={stride}\n"


def route(*layers: int, more: str = "") -> str:
    return f"[route]\nlayers={', '.join(map(str, layers))}\n{more}\n"


def shortcut(layer: int) -> str:
    return f"[shortcut]\nfrom={layer}\nactivation=linear\n"


def upsample(stride: int = 2) -> str:
    return f"[upsample]\nstride={stride}\n"


def yolo(mask: str = "0,1,2") -> str:
    return f"[yolo]\nmask={mask}\nanchors=10,14, 23,27, 37,58, 81,82, 135,169, 344,319\nclasses={CLASSES}\nnum=6\n"


def region(boxes: int = 5) -> str:
    anchors = ",".join(["1.5"] * 2 * boxes)
    return f"[region]\nanchors={anchors}\nclasses={CLASSES}\ncoords=4\nnum={boxes}\nsoftmax=1\n"


V1_TINY = (
    net() + conv(8) + pool() + conv(16) + pool() + "[connected]\noutput=588\nactivation=linear\n"
    + f"[detection]\nclasses={CLASSES - 1}\ncoords=4\nside=7\nnum=2\nrescore=1\n"
)  # fmt: skip
V2_TINY = net() + conv(8) + pool() + conv(16) + pool() + conv(16) + pool(2, 1) + conv(16) + plain(40) + region()
V2 = (
    net() + conv(8) + pool() + conv(16) + conv(8, 1) + conv(16) + pool() + conv(32) + conv(32)
    + route(-6) + conv(8, 1) + "[reorg]\nstride=2\n" + route(-1, -4) + conv(16) + plain(40) + region()
)  # fmt: skip
V3_TINY = (
    net() + conv(8) + pool() + conv(16) + pool() + conv(16) + pool(2, 1) + conv(32) + conv(8, 1) + conv(16)
    + plain(_YOLO) + yolo("3,4,5") + route(-4) + conv(8, 1) + upsample() + route(-1, 2) + conv(16) + plain(_YOLO)
    + yolo()
)  # fmt: skip
V3 = (
    net() + conv(8) + conv(16, 3, 2) + conv(8, 1) + conv(16) + shortcut(-3) + conv(32, 3, 2) + conv(16, 1)
    + conv(32) + shortcut(-3) + conv(16, 1) + plain(_YOLO) + yolo("3,4,5") + route(-3) + conv(8, 1) + upsample()
    + route(-1, 4) + conv(8, 1) + plain(_YOLO) + yolo()
)  # fmt: skip
_SPP = pool(5, 1) + route(-2) + pool(9, 1) + route(-4) + pool(13, 1) + route(-1, -3, -5, -6)
V3_SPP = net(96) + conv(8) + conv(16, 3, 2) + conv(8, 1) + _SPP + conv(8, 1) + plain(_YOLO) + yolo()
V4_TINY = (
    net() + conv(8, 3, 2) + conv(16, 3, 2) + conv(16) + route(-1, more="groups=2\ngroup_id=1") + conv(8) + conv(8)
    + route(-1, -2) + conv(16, 1) + route(-6, -1) + pool() + conv(16) + conv(8, 1) + plain(_YOLO)
    + yolo("3,4,5") + route(-3) + conv(8, 1) + upsample() + route(-1, 7) + conv(8) + plain(_YOLO) + yolo()
)  # fmt: skip


def _mish(filters: int, size: int = 3, stride: int = 1) -> str:
    return conv(filters, size, stride, "mish")


V4 = (
    net(96) + _mish(8) + _mish(16, 3, 2) + _mish(8, 1) + route(-2) + _mish(8, 1) + _mish(4, 1) + _mish(8)
    + shortcut(-3) + _mish(8, 1) + route(-1, -7) + _mish(16, 1) + conv(8, 1) + _SPP + conv(16, 1)
    + conv(16, 3, 2) + conv(8, 1) + upsample() + route(17) + conv(8, 1) + route(-1, -3) + conv(8, 1)
    + conv(16) + plain(_YOLO) + yolo() + route(-4) + conv(16, 3, 2) + route(-1, -11) + conv(8, 1) + plain(_YOLO)
    + yolo("3,4,5")
)  # fmt: skip


def make(folder: Path, config: str, seed: int = 0, version: tuple[int, int] = (0, 2)) -> Path:
    """Writes `model.cfg` and `model.weights` with random weights; gives the first."""
    path = folder / "model.cfg"
    path.write_text(config)
    header = np.array([*version, 5], "<i4").tobytes() + bytes(8 if version >= (0, 2) else 4)
    parts = list(_random_weights(Network(path), np.random.default_rng(seed)))
    values = np.concatenate(parts) if parts else np.empty(0)
    path.with_suffix(".weights").write_bytes(header + values.astype("<f4").tobytes())
    return path


def _random_weights(network: Network, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Of a size that neither fades nor explodes from layer to layer."""
    for layer in network.layers:
        if isinstance(layer, Convolutional):
            yield random.normal(0, 0.1, layer.filters)
            if layer.normalised:
                yield random.uniform(0.5, 1.5, layer.filters)
                yield random.normal(0, 0.2, layer.filters)
                yield random.uniform(0.5, 1.5, layer.filters)
            fan_in = layer.depth * layer.size**2
            yield random.normal(0, fan_in**-0.5, layer.filters * fan_in)
        elif layer.weights:
            yield random.normal(0, layer.inputs[0].count ** -0.5, layer.weights)
