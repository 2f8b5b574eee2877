"""Operators that put the same values into another shape, or beside others."""

from collections.abc import Sequence
from math import prod

import numpy as np

from pyweb_ml.converter.model import Tensor
from pyweb_ml.converter.readers.onnx.emitter import Emitter, Rule, axis_of
from pyweb_ml.converter.readers.onnx.node import Node


def axes_of(node: Node, at: int, since: int) -> list[int] | None:
    """The axes that a node names: by its attribute before opset `since`, by its input `at` from then on."""
    if node.has("axes"):
        return node.integers("axes")
    return node.whole(at, "axes") if node.opset >= since and node.given(at) else None


def _reshape(to: Emitter, node: Node) -> Tensor:
    """A 0 stands for the size that is there, unless `allowzero`."""
    x, wanted = node.input(0), node.whole(1, "shape")
    if not node.integer("allowzero", 0):
        wanted = [x.shape[at] if size == 0 and at < len(x.shape) else size for at, size in enumerate(wanted)]
    return to.reshape(x, _without_unknown(node, x.shape, wanted))


def _without_unknown(node: Node, shape: Sequence[int], wanted: list[int]) -> list[int]:
    if wanted.count(-1) > 1 or min([*wanted, 0]) < -1:
        node.fail(f"there is no shape {wanted}")
    known = prod(size for size in wanted if size != -1)
    if known == 0 and -1 in wanted:
        node.fail(f"the shape {wanted} does not say how large it is")
    return [prod(shape) // known if size == -1 else size for size in wanted]


def _flatten(to: Emitter, node: Node) -> Tensor:
    x, axis = node.input(0), node.integer("axis", 1)
    axis = len(x.shape) if axis == len(x.shape) else axis_of(node, axis, len(x.shape))
    return to.reshape(x, (prod(x.shape[:axis]), prod(x.shape[axis:])))


def _squeeze(to: Emitter, node: Node) -> Tensor:
    x, axes = node.input(0), axes_of(node, 1, 13)
    rank = len(x.shape)
    chosen = [at for at, size in enumerate(x.shape) if size == 1] if axes is None else axes
    gone = {axis_of(node, axis, rank) for axis in chosen}
    if any(x.shape[axis] != 1 for axis in gone):
        node.fail(f"the axes {sorted(gone)} of {list(x.shape)} are not all of size 1")
    return to.reshape(x, [size for at, size in enumerate(x.shape) if at not in gone])


def _unsqueeze(to: Emitter, node: Node) -> Tensor:
    x, axes = node.input(0), axes_of(node, 1, 13) or []
    rank = len(x.shape) + len(axes)
    new = {axis_of(node, axis, rank) for axis in axes}
    if len(new) != len(axes):
        node.fail(f"the axes {axes} name one twice")
    sizes = iter(x.shape)
    return to.reshape(x, [1 if at in new else next(sizes) for at in range(rank)])


def _transpose(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    return to.transpose(x, node.integers("perm", list(range(len(x.shape)))[::-1]))


def _concat(to: Emitter, node: Node) -> Tensor:
    parts = [node.input(at) for at in range(len(node.inputs))]
    if len(parts) == 1:
        return parts[0]
    return to.add("CONCATENATION", parts, axis=axis_of(node, node.integer("axis", 1), len(parts[0].shape)))


def _split(to: Emitter, node: Node) -> list[Tensor]:
    x = node.input(0)
    axis = axis_of(node, node.integer("axis", 0), len(x.shape))
    sizes = _split_sizes(node, x.shape[axis])
    place = to.integers("axis", axis)
    if len(set(sizes)) == 1:
        return to.add_all("SPLIT", [place, x], num_splits=len(sizes))
    return to.add_all("SPLIT_V", [x, to.integers("sizes", sizes), place], num_splits=len(sizes))


def _split_sizes(node: Node, size: int) -> list[int]:
    if node.has("split"):
        return node.integers("split")
    if node.given(1) is not None:
        return node.whole(1, "sizes")
    parts = node.integer("num_outputs", node.outputs)
    if parts < 1:
        node.fail(f"there are no {parts} parts")
    each = -(-size // parts)
    return [each] * (parts - 1) + [size - each * (parts - 1)]


def _expand(to: Emitter, node: Node) -> Tensor:
    """Both shapes broadcast with one another."""
    x, wanted = node.input(0), node.whole(1, "shape")
    try:
        shape = np.broadcast_shapes(x.shape, tuple(wanted))
    except ValueError:
        node.fail(f"{list(x.shape)} does not broadcast with {wanted}")
    return x if shape == x.shape else to.add("BROADCAST_TO", [x, to.integers("shape", shape)])


def _tile(to: Emitter, node: Node) -> Tensor:
    return to.add("TILE", [node.input(0), to.integers("times", node.whole(1, "repeats"))])


def _pad(to: Emitter, node: Node) -> Tensor:
    x = node.input(0)
    rank = len(x.shape)
    pads = node.integers("pads") if node.has("pads") else node.whole(1, "pads")
    axes = node.whole(3, "axes") if node.given(3) else list(range(rank))
    if len(pads) != 2 * len(axes):
        node.fail(f"{len(pads)} paddings do not fit {len(axes)} axes")
    before, after = [0] * rank, [0] * rank
    for at, axis in enumerate(axes):
        place = axis_of(node, axis, rank)
        before[place], after[place] = pads[at], pads[at + len(axes)]
    return _padded(to, node, _cropped(to, x, before, after), before, after)


def _cropped(to: Emitter, x: Tensor, before: list[int], after: list[int]) -> Tensor:
    """Without what negative paddings take away; these become 0."""
    for axis in range(len(before)):
        less_before, less_after = min(before[axis], 0), min(after[axis], 0)
        if less_before or less_after:
            x = to.slice_axis(x, axis, -less_before, x.shape[axis] + less_before + less_after)
            before[axis], after[axis] = before[axis] - less_before, after[axis] - less_after
    return x


def _padded(to: Emitter, node: Node, x: Tensor, before: list[int], after: list[int]) -> Tensor:
    mode = node.text("mode", "constant")
    if not any(before + after):
        return x
    amounts = to.integers("padding", list(zip(before, after, strict=True)))
    if mode == "constant":
        value = node.constant(2, "value").item() if node.given(2) else node.real("value", 0)
        if not value:
            return to.add("PAD", [x, amounts])
        return to.add("PADV2", [x, amounts, to.constant("value", np.array([value], x.dtype))])
    if mode == "reflect":
        return to.add("MIRROR_PAD", [x, amounts], mode="REFLECT")
    node.require(mode == "edge", f"the padding '{mode}'")
    for axis in range(len(before)):
        x = _edge_padded(to, x, axis, before[axis], after[axis])
    return x


def _edge_padded(to: Emitter, x: Tensor, axis: int, before: int, after: int) -> Tensor:
    """The first and the last place along an axis, repeated."""
    places = np.clip(np.arange(-before, x.shape[axis] + after), 0, x.shape[axis] - 1)
    return to.add("GATHER", [x, to.integers("places", places)], axis=axis) if before or after else x


def _depth_to_space(to: Emitter, node: Node) -> Tensor:
    """DCR is TFLite's own order of the channels; CRD has the block's places last."""
    x, block = node.input(0), node.integer("blocksize")
    _require_blocks(node, len(x.shape) == 4 and block > 0 and x.shape[1] % block**2 == 0)
    if node.text("mode", "DCR") == "CRD":
        order = np.arange(x.shape[1]).reshape(-1, block**2).T.reshape(-1)
        x = to.add("GATHER", [x, to.integers("order", order)], axis=1)
    return to.channels_first(to.add("DEPTH_TO_SPACE", [to.channels_last(x)], block_size=block))


def _space_to_depth(to: Emitter, node: Node) -> Tensor:
    x, block = node.input(0), node.integer("blocksize")
    _require_blocks(node, len(x.shape) == 4 and block > 0 and not x.shape[2] % block and not x.shape[3] % block)
    return to.channels_first(to.add("SPACE_TO_DEPTH", [to.channels_last(x)], block_size=block))


def _require_blocks(node: Node, fits: bool) -> None:
    if not fits:
        node.fail(f"blocks of 'blocksize' do not fit its input of {list(node.input(0).shape)}")


OPERATORS: dict[str, Rule] = {
    "Concat": _concat,
    "DepthToSpace": _depth_to_space,
    "Expand": _expand,
    "Flatten": _flatten,
    "Pad": _pad,
    "Reshape": _reshape,
    "SpaceToDepth": _space_to_depth,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
