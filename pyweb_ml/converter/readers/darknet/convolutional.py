"""[convolutional]: BatchNorm folded into the weights, padded as Darknet pads."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.converter.readers.darknet.activations import activate, read_activation
from pyweb_ml.converter.readers.darknet.config import Section
from pyweb_ml.converter.readers.darknet.layer import Layer, Size, as_picture
from pyweb_ml.converter.readers.darknet.weights import Weights
from pyweb_ml.converter.shapes import same_padding

EPSILON = 1e-6
"""What Darknet adds to the standard deviation (not to the variance) when it normalises."""


def batch_norm(
    section: Section, weights: Weights, channels: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Takes scales, means and variances: what to multiply by, and what to subtract after that.

    Raises:
        ConversionError: a variance is none.
    """
    scales, means, variances = weights.take(3, channels)
    if not (variances >= 0).all():
        section.fail(f"'{weights.name}' is damaged: a variance of its BatchNorm is below 0 or no number")
    factor = scales / (np.sqrt(variances) + np.float32(EPSILON))
    return factor, means * factor


class Convolutional(Layer):
    """In the file: biases, then scales, means and variances if normalised, then weights (filters, depth, y, x)."""

    def read(self, section: Section, size: Size) -> Size:
        section.require(dilation="1", binary="0", xnor="0", antialiasing="0", flipped="0", deform="0")
        self.filters = section.number("filters", 1, 1)
        self.size = section.number("size", 1, 1)
        self.stride = section.number("stride", 1, 1)
        if section.options.keys() & {"stride_x", "stride_y", "share_index"}:
            section.fail("'stride_x', 'stride_y' and 'share_index' are not supported; write 'stride'")
        self.groups = section.number("groups", 1, 1)
        self.padding = self.size // 2 if section.number("pad", 0) else section.number("padding", 0)
        self.normalised = bool(section.number("batch_normalize", 0))
        self.activation = read_activation(section, "logistic")
        if size.channels % self.groups or self.filters % self.groups:
            section.fail(
                f"{size.channels} channels and {self.filters} filters are no {self.groups} groups", "groups"
            )
        self.depth = size.channels // self.groups
        self.weights = self.filters * (1 + 3 * self.normalised + self.depth * self.size**2)
        return Size(self._places(size.height), self._places(size.width), self.filters)

    @property
    def operations(self) -> float:
        """Multiplications and additions, as Darknet counts them."""
        return 2.0 * self.filters * self.size**2 * self.depth * self.output.height * self.output.width

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        kernel, biases = self._take(weights)
        picture, padding = self._padded(builder, as_picture(builder, inputs[0], self.inputs[0]))
        operands = [picture, *self._constants(builder, kernel, biases)]
        shared: dict[str, Option] = {"padding": padding, "stride_w": self.stride, "stride_h": self.stride}
        if self._is_depthwise:
            shared["depth_multiplier"] = self.filters // self.groups
            made = builder.add("DEPTHWISE_CONV_2D", operands, name=self.name, **shared)
        else:
            made = builder.add("CONV_2D", operands, name=self.name, **shared)
        return activate(builder, made, self.activation)

    def row(self) -> str:
        size = f"{self.size:2} x{self.size:2} /{self.stride:2}"
        giga = self.operations / 1e9
        return f"conv  {self.filters:5} {size}  {self.inputs[0]}   ->  {self.output}  {giga:5.3f} BFLOPs"

    @property
    def _is_depthwise(self) -> bool:
        return self.groups > 1 and self.depth == 1

    def _places(self, side: int) -> int:
        return (side + 2 * self.padding - self.size) // self.stride + 1

    def _take(self, weights: Weights) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        biases = weights.take(self.filters)
        shape = (self.filters, self.depth, self.size, self.size)
        if not self.normalised:
            return weights.take(*shape), biases
        factor, shift = batch_norm(self.section, weights, self.filters)
        return weights.take(*shape) * factor[:, None, None, None], biases - shift

    def _constants(
        self, builder: GraphBuilder, kernel: NDArray[np.float32], biases: NDArray[np.float32]
    ) -> list[Tensor]:
        """Weights as OHWI or, depthwise, 1HWC."""
        order = (1, 2, 3, 0) if self._is_depthwise else (0, 2, 3, 1)
        laid_out = np.ascontiguousarray(kernel.transpose(order))
        return [
            builder.constant(f"{self.name}/weights", laid_out),
            builder.constant(f"{self.name}/biases", biases),
        ]

    def _padded(self, builder: GraphBuilder, picture: Tensor) -> tuple[Tensor, str]:
        """Darknet pads both ends alike, which TFLite's "SAME" does only sometimes."""
        wanted = (self.padding, self.padding)
        if not self.padding:
            return picture, "VALID"
        if all(self._is_same(side) for side in picture.shape[1:3]):
            return picture, "SAME"
        amounts = builder.integers(f"{self.name}/padding", [(0, 0), wanted, wanted, (0, 0)])
        return builder.add("PAD", [picture, amounts]), "VALID"

    def _is_same(self, side: int) -> bool:
        """Whether "SAME" sees the same pixels: as many before, and as many places of the window."""
        before, _ = same_padding(side, self.size, self.stride)
        return before == self.padding and self._places(side) == -(-side // self.stride)
