"""[maxpool] and [avgpool]."""

from collections.abc import Sequence

import numpy as np

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.darknet.config import Section
from pyweb_ml.converter.readers.darknet.layer import Layer, Size, as_picture
from pyweb_ml.converter.readers.darknet.weights import Weights
from pyweb_ml.converter.shapes import same_padding


class MaxPool(Layer):
    """Pads `padding` in all, its smaller half before; beyond the picture nothing is ever the largest."""

    def read(self, section: Section, size: Size) -> Size:
        section.require(maxpool_depth="0", antialiasing="0")
        if section.options.keys() & {"stride_x", "stride_y"}:
            section.fail("'stride_x' and 'stride_y' are not supported; write 'stride'")
        self.stride = section.number("stride", 1, 1)
        self.size = section.number("size", self.stride, 1)
        self.padding = section.number("padding", self.size - 1)
        if self.padding // 2 >= self.size:
            section.fail(f"'padding' must be below twice the size, {2 * self.size}", "padding")
        return Size(self._places(size.height), self._places(size.width), size.channels)

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        picture, padding = self._padded(builder, as_picture(builder, inputs[0], self.inputs[0]))
        return builder.add(
            "MAX_POOL_2D",
            [picture],
            name=self.name,
            padding=padding,
            stride_w=self.stride,
            stride_h=self.stride,
            filter_width=self.size,
            filter_height=self.size,
        )

    def row(self) -> str:
        return f"max          {self.size} x {self.size} / {self.stride}  {self.inputs[0]}   ->  {self.output}"

    def _places(self, side: int) -> int:
        return (side + self.padding - self.size) // self.stride + 1

    def _padded(self, builder: GraphBuilder, picture: Tensor) -> tuple[Tensor, str]:
        pairs = [self._padding_of(side) for side in picture.shape[1:3]]
        if not any(map(any, pairs)):
            return picture, "VALID"
        if pairs == [same_padding(side, self.size, self.stride) for side in picture.shape[1:3]]:
            return picture, "SAME"
        amounts = builder.integers(f"{self.name}/padding", [(0, 0), *pairs, (0, 0)])
        lowest = builder.constant(f"{self.name}/lowest", np.array([np.finfo(np.float32).min], np.float32))
        return builder.add("PADV2", [picture, amounts, lowest]), "VALID"

    def _padding_of(self, side: int) -> tuple[int, int]:
        before = self.padding // 2
        reach = (self._places(side) - 1) * self.stride + self.size
        return before, max(0, reach - side - before)


class AvgPool(Layer):
    """The mean of the whole picture."""

    def read(self, section: Section, size: Size) -> Size:
        return Size(1, 1, size.channels)

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        axes = builder.integers(f"{self.name}/axes", [1, 2])
        picture = as_picture(builder, inputs[0], self.inputs[0])
        return builder.add("MEAN", [picture, axes], name=self.name, keep_dims=True)

    def row(self) -> str:
        return f"avg                     {self.inputs[0]}   ->  {self.output.channels:4}"
