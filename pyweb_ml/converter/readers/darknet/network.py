"""A whole `.cfg` as layers, and the table that Darknet prints of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pyweb_ml.converter.readers.darknet.config import Section, read_config
from pyweb_ml.converter.readers.darknet.connected import Connected, Local
from pyweb_ml.converter.readers.darknet.convolutional import Convolutional
from pyweb_ml.converter.readers.darknet.heads import Detection, Passing, Region, Softmax, Yolo
from pyweb_ml.converter.readers.darknet.joining import Reorg, Route, Scaling, Shortcut, Upsample
from pyweb_ml.converter.readers.darknet.layer import Layer, Size
from pyweb_ml.converter.readers.darknet.pooling import AvgPool, MaxPool

LAYERS: Final[dict[str, type[Layer]]] = {
    "avg": AvgPool,
    "avgpool": AvgPool,
    "conn": Connected,
    "connected": Connected,
    "conv": Convolutional,
    "convolutional": Convolutional,
    "cost": Passing,
    "detection": Detection,
    "dropout": Passing,
    "local": Local,
    "max": MaxPool,
    "maxpool": MaxPool,
    "region": Region,
    "reorg": Reorg,
    "route": Route,
    "sam": Scaling,
    "scale_channels": Scaling,
    "shortcut": Shortcut,
    "soft": Softmax,
    "softmax": Softmax,
    "upsample": Upsample,
    "yolo": Yolo,
}
MAX_LAYERS: Final = 4096
_HEADING = "layer     filters    size              input                output"


class Network:
    """The layers of a `.cfg`.

    Attributes:
        size: of the picture that it takes.
        layers: in their order.
    """

    def __init__(self, path: Path, shape: tuple[int, ...] | None = None) -> None:
        """Reads a `.cfg`.

        Args:
            shape: (1, channels, height, width) in place of what [net] says.

        Raises:
            ConversionError: with the line at which it is wrong.
        """
        net, *sections = read_config(path)
        self.size = _picture_size(net, shape)
        if not 0 < len(sections) <= MAX_LAYERS:
            net.fail(f"it has {len(sections)} layers; from 1 to {MAX_LAYERS} can be read")
        sizes = {-1: self.size}
        self.layers = [_layer(section, index, sizes) for index, section in enumerate(sections)]

    @property
    def outputs(self) -> list[Layer]:
        """The heads, or where there are none the last layer."""
        return [layer for layer in self.layers if layer.is_head] or self.layers[-1:]

    @property
    def weights(self) -> int:
        """How many float32 values the `.weights` must hold."""
        return sum(layer.weights for layer in self.layers)


def layer_table(path: Path) -> str:
    """The layers of a `.cfg` as Darknet prints them when it loads a model, a line for each.

    Raises:
        ConversionError: with the line at which the file is wrong.
    """
    return "\n".join([_HEADING, *(f"{layer.index:5} {layer.row()}" for layer in Network(path).layers)])


def _layer(section: Section, index: int, sizes: dict[int, Size]) -> Layer:
    kind = LAYERS.get(section.kind)
    if kind is None:
        section.fail(f"this layer is not known; known are {', '.join(LAYERS)}")
    layer = kind(section, index, sizes)
    if not layer.is_head:
        sizes[index] = layer.output
    return layer


def _picture_size(net: Section, shape: Sequence[int] | None) -> Size:
    if shape is None:
        sides = [net.number(key, low=1, high=2**14) for key in ("height", "width", "channels")]
        return Size(*sides)
    if len(shape) != 4 or shape[0] != 1 or min(shape) < 1 or max(shape) > 2**14:
        net.fail(f"the shape of its input must be (1, channels, height, width), not {tuple(shape)}")
    return Size(shape[2], shape[3], shape[1])
