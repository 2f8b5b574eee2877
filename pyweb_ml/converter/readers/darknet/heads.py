"""The ends of a model: [yolo], [region], [detection], [softmax] and [cost]; and [dropout]."""

from collections.abc import Sequence

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.darknet.config import Section
from pyweb_ml.converter.readers.darknet.layer import Layer, Size
from pyweb_ml.converter.readers.darknet.weights import Weights


class Passing(Layer):
    """[dropout] and [cost]: of use only in training, they pass on what they get."""

    def read(self, section: Section, size: Size) -> Size:
        return size

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        return inputs[0]

    def row(self) -> str:
        count = self.output.count
        if self.section.kind == "cost":
            return f"cost                                           {count:4}"
        return (
            f"dropout       p = {self.section.real('probability', 0.5):.2f}               {count:4}  ->  {count:4}"
        )


class Softmax(Layer):
    """Over all values together."""

    def read(self, section: Section, size: Size) -> Size:
        section.require(groups="1", spatial="0", noloss="0")
        if "tree" in section.options:
            section.fail("a softmax by a tree is not supported", "tree")
        self.temperature = section.real("temperature", 1)
        if self.temperature <= 0:
            section.fail("'temperature' must be above 0", "temperature")
        if size.height * size.width > 1:
            section.fail(f"a softmax over a picture of {self._input_text()} is not supported; only of 1x1")
        return size

    def emit(self, builder: GraphBuilder, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
        flat = builder.reshape(inputs[0], (1, self.output.count))
        return builder.add("SOFTMAX", [flat], name=self.name, beta=1 / self.temperature)

    def row(self) -> str:
        return f"softmax                                        {self.output.count:4}"


class Head(Passing):
    """A detector's head, left as the layer before gives it: the logistics and the boxes are for what comes after.

    Of [yolo] and [region] the tensor is (1, height, width, boxes * (4 + 1 + classes)): for every box the logits of
    x and y within the cell, the logarithms of width and height over the anchor's, the logit of there being
    something, and the logits of the classes. Of [detection] it is (1, values), Darknet's own.
    """

    is_head = True

    def row(self) -> str:
        return "detection" if self.section.kind == "region" else self.section.kind

    def require_channels(self, boxes: int, values: int) -> None:
        """Refuses an input that is not that many values for every box."""
        if self.inputs[0].channels != boxes * values:
            self.section.fail(
                f"layer {self.sources[0]} gives {self.inputs[0].channels} channels, "
                f"but {boxes} boxes of {values} values are {boxes * values}"
            )


class Yolo(Head):
    def read(self, section: Section, size: Size) -> Size:
        anchors = section.number("num", 1, 1)
        boxes = len(section.numbers("mask", 0, anchors - 1)) if "mask" in section.options else anchors
        self.require_channels(boxes, 5 + section.number("classes", 20))
        return size


class Region(Head):
    def read(self, section: Section, size: Size) -> Size:
        values = section.number("coords", 4) + 1 + section.number("classes", 20)
        self.require_channels(section.number("num", 1, 1), values)
        return size


class Detection(Head):
    def read(self, section: Section, size: Size) -> Size:
        cells = section.number("side", 7, 1) ** 2
        boxes = section.number("num", 1, 1) * (1 + section.number("coords", 1))
        wanted = cells * (boxes + section.number("classes", 1))
        if wanted != size.count:
            section.fail(f"layer {self.sources[0]} gives {size.count} values, not {wanted}")
        return size
