"""Operators that know height and width: resizing, and moving pixels between space, depth and batch."""

from pyweb_ml.converter.model import Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint, rule
from pyweb_ml.converter.writers.tfjs_ops.options import flag, integer


@rule("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")
def resize(emitter: Emitter, operator: Operator) -> Endpoint:
    node = "ResizeBilinear" if operator.op == "RESIZE_BILINEAR" else "ResizeNearestNeighbor"
    size = emitter.numbers(emitter.values(operator, 1))
    flags = {key: flag(operator, key) for key in ("align_corners", "half_pixel_centers")}
    return emitter.add(node, emitter.input(operator, 0), size, **flags)


@rule("DEPTH_TO_SPACE")
def depth_to_space(emitter: Emitter, operator: Operator) -> Endpoint:
    return emitter.add(
        "DepthToSpace",
        emitter.input(operator, 0),
        block_size=integer(operator, "block_size", 1),
        data_format="NHWC",
    )


@rule("SPACE_TO_DEPTH")
def space_to_depth(emitter: Emitter, operator: Operator) -> Endpoint:
    """TF.js has no such node: rows and columns are cut into blocks, whose pixels go to the end."""
    block, output = integer(operator, "block_size", 1), operator.outputs[0]
    batch, height, width, _ = output.shape
    channels = emitter.tensor(operator, 0).shape[3]
    cut = emitter.reshape(emitter.input(operator, 0), [batch, height, block, width, block, channels])
    turned = emitter.add("Transpose", cut, emitter.numbers([0, 1, 3, 2, 4, 5]))
    return emitter.reshape(turned, output.shape)


@rule("SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND")
def space_and_batch(emitter: Emitter, operator: Operator) -> Endpoint:
    node = "SpaceToBatchND" if operator.op == "SPACE_TO_BATCH_ND" else "BatchToSpaceND"
    numbers = [emitter.numbers(emitter.values(operator, index)) for index in (1, 2)]
    return emitter.add(node, emitter.input(operator, 0), *numbers)
