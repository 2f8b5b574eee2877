"""[connected] and [local]: a weight for every pair of values, and a convolution whose weights differ by place."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.darknet.activations import activate, read_activation
from pyweb_ml.converter.readers.darknet.config import Section
from pyweb_ml.converter.readers.darknet.convolutional import batch_norm
from pyweb_ml.converter.readers.darknet.layer import Layer, Size, as_picture
from pyweb_ml.converter.readers.darknet.weights import Weights


class Connected(Layer):
    """In the file: biases, weights (outputs, inputs), then scales, means and variances if normalised."""

    def read(self, section: Section, size: Size) -> Size:
        self.outputs = section.number("output", 1, 1)
        self.normalised = bool(section.number("batch_normalize", 0))
        self.activation = read_activation(section, "logistic")
        self.weights = self.outputs * (1 + 3 * self.normalised + size.count)
        return Size(1, 1, self.outputs)

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        matrix, biases = self._take(weights)
        operands = [
            builder.reshape(inputs[0], (1, self.inputs[0].count)),
            builder.constant(f"{self.name}/weights", matrix),
            builder.constant(f"{self.name}/biases", biases),
        ]
        return activate(builder, builder.add("FULLY_CONNECTED", operands, name=self.name), self.activation)

    def row(self) -> str:
        return f"connected                            {self.inputs[0].count:4}  ->  {self.outputs:4}"

    def _take(self, weights: Weights) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        biases, count = weights.take(self.outputs), self.inputs[0].count
        matrix = weights.take(count, self.outputs).T if weights.transposed else weights.take(self.outputs, count)
        if self.normalised:
            factor, shift = batch_norm(self.section, weights, self.outputs)
            matrix, biases = matrix * factor[:, None], biases - shift
        return self._by_picture(matrix), biases

    def _by_picture(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Darknet counts the inputs by channel, row and column; a TFLite picture by row, column and channel."""
        size = self.inputs[0]
        split = matrix.reshape(self.outputs, size.channels, size.height, size.width)
        return np.ascontiguousarray(split.transpose(0, 2, 3, 1)).reshape(self.outputs, size.count)


class Local(Layer):
    """In the file: biases (filters, y, x), then weights (y, x, filters, depth, window's y, window's x)."""

    def read(self, section: Section, size: Size) -> Size:
        self.filters = section.number("filters", 1, 1)
        self.size = section.number("size", 1, 1)
        self.stride = section.number("stride", 1, 1)
        self.padding = 1 if section.number("pad", 0) else 0
        self.activation = read_activation(section, "logistic")
        output = Size(self._places(size.height), self._places(size.width), self.filters)
        self.weights = output.count * (1 + size.channels * self.size**2)
        if self.padding and self.size > 3:
            section.fail("with 'pad' its windows of more than 3 would leave the picture", "size")
        return output

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        out = self.output
        places, depth = out.height * out.width, self.size**2 * self.inputs[0].channels
        biases, kernels = self._take(weights)
        windows = self._windows(builder, as_picture(builder, inputs[0], self.inputs[0]))
        rows = builder.reshape(windows, (places, 1, depth))
        kernel = builder.constant(f"{self.name}/weights", kernels)
        product = builder.add("BATCH_MATMUL", [rows, kernel], name=self.name)
        picture = as_picture(builder, product, out)
        shifted = builder.add("ADD", [picture, builder.constant(f"{self.name}/biases", biases)])
        return activate(builder, shifted, self.activation)

    def row(self) -> str:
        size, out = self.inputs[0], self.output
        return (
            f"Local Layer: {size.height} x {size.width} x {size.channels} image, {self.filters} filters "
            f"-> {out.height} x {out.width} x {self.filters} image"
        )

    def _places(self, side: int) -> int:
        return (side - (1 if self.padding else self.size)) // self.stride + 1

    def _take(self, weights: Weights) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Biases (1, y, x, filters) and kernels (places, window's y * window's x * depth, filters)."""
        out, depth = self.output, self.inputs[0].channels
        biases = weights.take(1, self.filters, out.height, out.width).transpose(0, 2, 3, 1)
        kernels = weights.take(out.height * out.width, self.filters, depth, self.size, self.size)
        flat = kernels.transpose(0, 3, 4, 2, 1).reshape(out.height * out.width, -1, self.filters)
        return np.ascontiguousarray(biases), np.ascontiguousarray(flat)

    def _windows(self, builder: GraphBuilder, picture: Tensor) -> Tensor:
        """(1, y, x, window's y * window's x * depth): a slice of the padded picture for each of its places."""
        out, step = self.output, self.stride
        after_y = max(0, (out.height - 1) * step + self.size - self.inputs[0].height - self.padding)
        after_x = max(0, (out.width - 1) * step + self.size - self.inputs[0].width - self.padding)
        pairs = [(0, 0), (self.padding, after_y), (self.padding, after_x), (0, 0)]
        padded = builder.add("PAD", [picture, builder.integers(f"{self.name}/padding", pairs)])
        parts = [self._part(builder, padded, y, x) for y in range(self.size) for x in range(self.size)]
        return builder.add("CONCATENATION", parts, axis=3) if len(parts) > 1 else parts[0]

    def _part(self, builder: GraphBuilder, padded: Tensor, y: int, x: int) -> Tensor:
        out, step = self.output, self.stride
        end = [1, y + (out.height - 1) * step + 1, x + (out.width - 1) * step + 1, padded.shape[3]]
        limits = [builder.integers("limits", one) for one in ([0, y, x, 0], end, [1, step, step, 1])]
        return builder.add("STRIDED_SLICE", [padded, *limits])
