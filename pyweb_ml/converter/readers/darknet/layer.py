"""What Darknet's layers have in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.darknet.config import Section
from pyweb_ml.converter.readers.darknet.weights import Weights

MAX_VALUES = 2**28
"""The most values of one layer's output: 1 GiB of float32; YOLOv4 at 608x608 has 12 million."""


@dataclass(frozen=True)
class Size:
    """How large a picture between layers is."""

    height: int
    width: int
    channels: int

    @property
    def count(self) -> int:
        return self.height * self.width * self.channels

    def __str__(self) -> str:
        """As Darknet prints it: width, height, channels."""
        return f"{self.width:4} x{self.height:4} x{self.channels:4}"


class Layer(ABC):
    """One section of a `.cfg`, understood.

    Attributes:
        index: from 0, as other layers refer to it.
        sources: the layers whose outputs it takes; -1 is the picture.
        inputs: the sizes of these.
        output: the size of what it gives.
        weights: how many float32 values it has in the `.weights`.
    """

    is_head: ClassVar[bool] = False
    """Whether what it is given is one of the model's outputs, with nothing after it."""

    def __init__(self, section: Section, index: int, sizes: Mapping[int, Size]) -> None:
        """Reads the options.

        Args:
            sizes: what the layers before it give, by index.

        Raises:
            ConversionError: an option is missing or wrong, with its line.
        """
        self.section = section
        self.index = index
        self.sources = self.read_sources(section, index)
        self.inputs = [self._size_of(sizes, source) for source in self.sources]
        self.weights = 0
        self.output = self.read(section, self.inputs[0])
        if min(self.output.height, self.output.width, self.output.channels) < 1:
            section.fail(f"nothing would be left of its input of {self._input_text()}")
        if self.output.count > MAX_VALUES:
            section.fail(f"its output of{self.output} has more than {MAX_VALUES} values")

    @property
    def name(self) -> str:
        """Unique in its model, such as "yolo_16"."""
        return f"{self.section.kind}_{self.index}"

    def read_sources(self, section: Section, index: int) -> tuple[int, ...]:
        """The layers it takes its inputs from: by default the one before."""
        return (index - 1,)

    @abstractmethod
    def read(self, section: Section, size: Size) -> Size:
        """Reads the options and gives the output's size, for a first input of `size`."""

    @abstractmethod
    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        """Appends the layer's operators; a picture is (1, height, width, channels) or, if connected, (1, n)."""

    @abstractmethod
    def row(self) -> str:
        """What Darknet prints of it, after its number."""

    def absolute(self, layer: int, key: str) -> int:
        """The index of a layer that is named from here (below 0) or from the beginning."""
        index = layer + self.index if layer < 0 else layer
        if not 0 <= index < self.index:
            self.section.fail(f"there is no layer {layer} before layer {self.index}", key)
        return index

    def _size_of(self, sizes: Mapping[int, Size], source: int) -> Size:
        if source not in sizes:
            self.section.fail(f"layer {source} is a head of the model, and gives nothing to layer {self.index}")
        return sizes[source]

    def _input_text(self) -> str:
        return "x".join(str(one) for one in (self.inputs[0].height, self.inputs[0].width, self.inputs[0].channels))


def as_picture(builder: GraphBuilder, tensor: Tensor, size: Size) -> Tensor:
    """The tensor as (1, height, width, channels)."""
    return builder.reshape(tensor, (1, size.height, size.width, size.channels))
