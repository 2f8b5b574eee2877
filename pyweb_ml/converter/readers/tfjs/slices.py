"""StridedSlice, with its masks, by TensorFlow's rules."""

from dataclasses import dataclass, field

from pyweb_ml.converter.builder import GraphBuilder
from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.tfjs.node import Node


@dataclass
class _Plain:
    """A slice of every axis, and the shape that is made of it then; masks are bits by axis."""

    begins: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    strides: list[int] = field(default_factory=list)
    from_first: int = 0
    to_last: int = 0
    removed: set[int] = field(default_factory=set)
    added: list[int] = field(default_factory=list)

    def add(self, begin: int, end: int, stride: int, *, first: bool = False, last: bool = False) -> None:
        axis = len(self.begins)
        self.from_first |= first << axis
        self.to_last |= last << axis
        self.begins.append(begin)
        self.ends.append(end)
        self.strides.append(stride)

    def whole(self) -> None:
        """An axis that is taken whole."""
        self.add(0, 0, 1, first=True, last=True)


def strided_slice(builder: GraphBuilder, node: Node) -> Tensor:
    """The slice, then its shape: TFLite's own masks that change the rank are not used."""
    given = node.take(0)
    plain = _plain(node, len(given.shape))
    limits = [
        builder.integers(f"{node.name}/{end}", numbers)
        for end, numbers in (("begin", plain.begins), ("end", plain.ends), ("strides", plain.strides))
    ]
    masks = {"begin_mask": plain.from_first, "end_mask": plain.to_last}
    sliced = builder.add("STRIDED_SLICE", [given, *limits], name=node.name, **masks)
    shape: list[int] = []
    for axis, size in enumerate(sliced.shape):
        shape += [1] * plain.added.count(axis)
        shape += [] if axis in plain.removed else [size]
    shape += [1] * plain.added.count(len(sliced.shape))
    if sliced.data is not None:
        return builder.constant(f"{node.name}/shaped", sliced.data.reshape(shape))
    return builder.reshape(sliced, shape)


def _plain(node: Node, rank: int) -> _Plain:
    """What each entry of begin, end and strides means: an axis, a new one, or all that are left (the ellipsis)."""
    begins, ends, strides = node.numbers(1), node.numbers(2), node.numbers(3)
    masks = {
        name: node.integer(f"{name}_mask") for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    }
    new = sum(masks["new_axis"] >> at & 1 for at in range(len(begins)))
    plain = _Plain()
    for at, (begin, end, stride) in enumerate(zip(begins, ends, strides, strict=True)):
        has = {name: bool(mask >> at & 1) for name, mask in masks.items()}
        if has["ellipsis"]:
            for _ in range(rank - (len(begins) - new - 1)):
                plain.whole()
        elif has["new_axis"]:
            plain.added.append(len(plain.begins))
        elif has["shrink_axis"]:
            plain.removed.add(len(plain.begins))
            plain.add(begin, begin + 1, 1, last=begin == -1)
        else:
            plain.add(begin, end, stride, first=has["begin"], last=has["end"])
    while len(plain.begins) < rank:
        plain.whole()
    return plain
