"""Windows that slide over pictures: ONNX's padding, strides and dilations, and how TFLite is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pyweb_ml.converter.model import Option, Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter
from pyweb_ml.converter.readers.onnx.node import Node
from pyweb_ml.converter.shapes import same_padding

Pair = tuple[int, int]


@dataclass(frozen=True)
class Windows:
    """How a window slides, by axis: one for signals, two for pictures.

    Attributes:
        sides: how long the axes are.
        padding: before and after, as the node says; `None` for "SAME" as TFLite has it.
        ceil: whether a last window that leaves the padded picture counts.
    """

    sides: tuple[int, ...]
    window: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    padding: tuple[Pair, ...]
    ceil: bool = False

    @property
    def places(self) -> list[int]:
        """How many places the window has along each axis."""
        return [self._places_along(at) for at in range(len(self.sides))]

    @property
    def overhang(self) -> tuple[Pair, ...]:
        """The padding that the windows really touch."""
        return tuple(
            (before, max(0, (places - 1) * stride + (window - 1) * dilation + 1 - side - before))
            for places, side, window, stride, dilation, (before, _) in zip(
                self.places, self.sides, self.window, self.strides, self.dilations, self.padding, strict=True
            )
        )

    @property
    def is_same(self) -> bool:
        """Whether TFLite's "SAME" is what is wanted."""
        sides = zip(self.sides, self.window, self.strides, self.dilations, strict=True)
        same = tuple(same_padding(*side) for side in sides)
        whole = [-(-side // stride) for side, stride in zip(self.sides, self.strides, strict=True)]
        return self.overhang == same and self.places == whole

    def strides_as_options(self) -> dict[str, Option]:
        """For operators over (batch, height, width, channels); a signal is a picture of one row."""
        height, width = (1, *self.strides)[-2:]
        return {"stride_h": height, "stride_w": width}

    def dilations_as_options(self) -> dict[str, Option]:
        height, width = (1, *self.dilations)[-2:]
        return {"dilation_h_factor": height, "dilation_w_factor": width}

    def padded(self, to: Emitter, picture: Tensor, value: float = 0) -> tuple[Tensor, str]:
        """The picture (batch, height, width, channels), padded where TFLite cannot, and what to tell TFLite."""
        pairs = self.overhang
        if not any(map(any, pairs)):
            return picture, "VALID"
        if self.is_same:
            return picture, "SAME"
        amounts = to.integers("padding", [(0, 0), *([(0, 0)] * (2 - len(pairs))), *pairs, (0, 0)])
        if value:
            return to.add(
                "PADV2", [picture, amounts, to.constant("value", np.array([value], np.float32))]
            ), "VALID"
        return to.add("PAD", [picture, amounts]), "VALID"

    def _places_along(self, at: int) -> int:
        room = self.sides[at] + sum(self.padding[at]) - (self.window[at] - 1) * self.dilations[at] - 1
        places = (-(-room // self.strides[at]) if self.ceil else room // self.strides[at]) + 1
        # A window that would begin in the padding after the picture does not count.
        if self.ceil and (places - 1) * self.strides[at] >= self.sides[at] + self.padding[at][0]:
            places -= 1
        return places


def read_windows(node: Node, sides: Sequence[int], window: Sequence[int]) -> Windows:
    """What the node's attributes say of windows over axes of these sizes."""
    rank = len(sides)
    node.require(rank in (1, 2), f"a window over {rank} axes")
    given = [node.integers(name, [1] * rank) for name in ("strides", "dilations")]
    pads = node.integers("pads", [0] * 2 * rank)
    if any(len(one) != rank for one in (window, *given)) or len(pads) != 2 * rank:
        node.fail(f"its window, strides, dilations and pads do not fit an input of {rank + 2} axes")
    strides, dilations = map(tuple, given)
    if min(*window, *strides, *dilations) < 1 or min(pads) < 0:
        node.fail("a size of its window or a stride is below 1, or its padding below 0")
    padding = _padding(node, list(zip(sides, window, strides, dilations, strict=True)), pads)
    ceil = bool(node.integer("ceil_mode", 0))
    return Windows(tuple(sides), tuple(window), strides, dilations, padding, ceil)


def _padding(node: Node, sides: Sequence[tuple[int, int, int, int]], pads: Sequence[int]) -> tuple[Pair, ...]:
    auto = node.text("auto_pad", "NOTSET")
    if auto == "NOTSET":
        return tuple(zip(pads[: len(sides)], pads[len(sides) :], strict=True))
    if auto == "VALID":
        return ((0, 0),) * len(sides)
    node.require(auto in ("SAME_UPPER", "SAME_LOWER"), f"auto_pad '{auto}'")
    pairs = [same_padding(*side) for side in sides]
    return tuple(pair if auto == "SAME_UPPER" else (pair[1], pair[0]) for pair in pairs)
