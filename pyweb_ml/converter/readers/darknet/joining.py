"""Layers that join or move: [route], [shortcut], [sam], [scale_channels], [upsample], [reorg]."""

from collections.abc import Sequence

import numpy as np

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.darknet.activations import activate, read_activation
from pyweb_ml.converter.readers.darknet.config import MAX_NUMBER, Section
from pyweb_ml.converter.readers.darknet.layer import Layer, Size, as_picture
from pyweb_ml.converter.readers.darknet.weights import Weights


class Route(Layer):
    """Outputs of earlier layers behind one another; of each, only one of `groups` groups of channels."""

    def read_sources(self, section: Section, index: int) -> tuple[int, ...]:
        layers = section.numbers("layers")
        if not layers:
            section.fail("it names no layers", "layers")
        return tuple(self.absolute(layer, "layers") for layer in layers)

    def read(self, section: Section, size: Size) -> Size:
        self.groups = section.number("groups", 1, 1)
        self.group = section.number("group_id", 0, 0, self.groups - 1)
        for one in self.inputs:
            if (one.height, one.width) != (size.height, size.width):
                section.fail(f"its layers differ in size: {size.width}x{size.height} and {one.width}x{one.height}")
            if one.channels % self.groups:
                section.fail(f"{one.channels} channels are no {self.groups} groups", "groups")
        return Size(size.height, size.width, sum(one.channels for one in self.inputs) // self.groups)

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        pictures = [as_picture(builder, one, size) for one, size in zip(inputs, self.inputs, strict=True)]
        parts = [self._group(builder, picture) for picture in pictures]
        return builder.add("CONCATENATION", parts, name=self.name, axis=3) if len(parts) > 1 else parts[0]

    def row(self) -> str:
        return "route " + "".join(f" {source}" for source in self.sources)

    def _group(self, builder: GraphBuilder, picture: Tensor) -> Tensor:
        if self.groups == 1:
            return picture
        size = picture.shape[3] // self.groups
        begin = builder.integers(f"{self.name}/begin", [0, 0, 0, self.group * size])
        shape = builder.integers(f"{self.name}/size", [*picture.shape[:3], size])
        return builder.add("SLICE", [picture, begin, shape], name=self.name)


class Shortcut(Layer):
    """The sum of the layer before and those of `from`."""

    def read_sources(self, section: Section, index: int) -> tuple[int, ...]:
        return (index - 1, *(self.absolute(layer, "from") for layer in section.numbers("from")))

    def read(self, section: Section, size: Size) -> Size:
        section.require(weights_type="none", alpha="1", beta="1")
        self.activation = read_activation(section, "linear")
        for source, one in zip(self.sources, self.inputs, strict=True):
            if one != size:
                section.fail(
                    f"layer {source} gives{one}, not{size} as the layer before; they must be alike", "from"
                )
        return size

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        total, *others = (as_picture(builder, one, self.output) for one in inputs)
        for other in others:
            total = builder.add("ADD", [total, other], name=self.name)
        return activate(builder, total, self.activation)

    def row(self) -> str:
        return f"res  {self.sources[-1]:3}                {self.inputs[-1]}   ->  {self.output}"


class Scaling(Layer):
    """[sam]: two layers multiplied; [scale_channels]: each channel of `from` times its own number."""

    def read_sources(self, section: Section, index: int) -> tuple[int, ...]:
        return index - 1, self.absolute(section.number("from", low=-MAX_NUMBER), "from")

    def read(self, section: Section, size: Size) -> Size:
        section.require(scale_wh="0")
        self.activation = read_activation(section, "linear")
        scaled = self.inputs[1]
        wanted = scaled if section.kind == "sam" else Size(1, 1, scaled.channels)
        if size != wanted:
            section.fail(f"the layer before gives{size}, not{wanted} to go with layer {self.sources[1]}", "from")
        return scaled

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        scale, picture = (as_picture(builder, one, size) for one, size in zip(inputs, self.inputs, strict=True))
        return activate(builder, builder.add("MUL", [picture, scale], name=self.name), self.activation)

    def row(self) -> str:
        return f"{self.section.kind:14} {self.sources[1]:3}      {self.inputs[1]}   ->  {self.output}"


class Upsample(Layer):
    """Every pixel `stride` times in both directions, times `scale`."""

    def read(self, section: Section, size: Size) -> Size:
        self.stride = section.number("stride", 2, 1, 64)
        self.scale = section.real("scale", 1)
        return Size(size.height * self.stride, size.width * self.stride, size.channels)

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        size = builder.integers(f"{self.name}/size", [self.output.height, self.output.width])
        picture = as_picture(builder, inputs[0], self.inputs[0])
        larger = builder.add("RESIZE_NEAREST_NEIGHBOR", [picture, size], name=self.name)
        if self.scale == 1:
            return larger
        return builder.add(
            "MUL", [larger, builder.constant(f"{self.name}/scale", np.array([self.scale], np.float32))]
        )

    def row(self) -> str:
        return f"upsample           {self.stride:2}x  {self.inputs[0]}   ->  {self.output}"


class Reorg(Layer):
    """Blocks of pixels become channels, in Darknet's own way.

    Darknet reads its memory of (channels, height, width) as if it held a picture of channels / stride² and
    `stride` times the height and width, and takes the blocks of that one.
    """

    def read(self, section: Section, size: Size) -> Size:
        section.require(reverse="0", flatten="0", extra="0")
        self.stride = stride = section.number("stride", 1, 1)
        if size.height % stride or size.width % stride or size.channels % stride**2:
            section.fail(f"'stride' {stride} does not divide its input of {self._input_text()}", "stride")
        return Size(size.height // stride, size.width // stride, size.channels * stride**2)

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        size, step = self.inputs[0], self.stride
        picture = as_picture(builder, inputs[0], size)
        memory = builder.transpose(picture, [0, 3, 1, 2])
        blocks = builder.reshape(memory, [size.channels // step**2, size.height, step, size.width, step])
        apart = builder.transpose(blocks, [2, 4, 0, 1, 3])
        out = self.output
        channels = builder.reshape(apart, [1, out.channels, out.height, out.width])
        return builder.transpose(channels, [0, 2, 3, 1], self.name)

    def row(self) -> str:
        return f"reorg              /{self.stride:2}  {self.inputs[0]}   ->  {self.output}"
