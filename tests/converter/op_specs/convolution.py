"""Convolutions, products and pooling."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from tests.converter.op_specs.case import After, Case, Step, const, flow, numbers, spec

PADDINGS = ("SAME", "VALID")
ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")

FOLLOWERS = ("RELU", "RELU6", "ELU", "LOGISTIC", "LEAKY_RELU", "PRELU")


def _options(stride: tuple[int, int], dilation: int, padding: str, activation: str) -> dict[str, int | str]:
    return {
        "padding": padding,
        "stride_h": stride[0],
        "stride_w": stride[1],
        "dilation_h_factor": dilation,
        "dilation_w_factor": dilation,
        "fused_activation_function": activation,
    }


def conv(
    batch: int = 1,
    size: tuple[int, int] = (7, 8),
    kernel: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (1, 1),
    dilation: int = 1,
    padding: str = "SAME",
    activation: str = "NONE",
    groups: int = 1,
    channels: int = 4,
    out: int = 6,
) -> Step:
    inputs = [flow(batch, *size, channels), const(out, *kernel, channels // groups), const(out)]
    return Step(inputs, _options(stride, dilation, padding, activation))


def depthwise(
    batch: int = 1,
    size: tuple[int, int] = (7, 8),
    kernel: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (1, 1),
    dilation: int = 1,
    padding: str = "SAME",
    activation: str = "NONE",
    channels: int = 4,
    multiplier: int = 1,
) -> Step:
    made = channels * multiplier
    options = {**_options(stride, dilation, padding, activation), "depth_multiplier": multiplier}
    return Step([flow(batch, *size, channels), const(1, *kernel, made), const(made)], options)


def transposed(
    batch: int = 1,
    kernel: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (2, 2),
    padding: str = "SAME",
    bias: bool = False,
    activation: str = "NONE",
) -> Step:
    height, width = (
        (size * step if padding == "SAME" else (size - 1) * step + taps)
        for size, step, taps in zip((5, 4), stride, kernel, strict=True)
    )
    inputs = [numbers([batch, height, width, 3]), const(3, *kernel, 5), flow(batch, 5, 4, 5)]
    options = {"padding": padding, "stride_h": stride[0], "stride_w": stride[1]}
    return Step([*inputs, *([const(3)] if bias else [])], {**options, "fused_activation_function": activation})


def connected(shape: tuple[int, ...], bias: bool, activation: str, keep: bool = False, fixed: bool = True) -> Step:
    weights = const(5, 6) if fixed else flow(5, 6, seed=3)
    options = {"fused_activation_function": activation, "keep_num_dims": keep}
    return Step([flow(*shape), weights, const(5) if bias else None], options)


def product(a: tuple[int, ...], b: tuple[int, ...], adj_x: bool, adj_y: bool) -> Step:
    left = (*a[:-2], a[-1], a[-2]) if adj_x else a
    right = (*b[:-2], b[-1], b[-2]) if adj_y else b
    return Step([flow(*left), flow(*right, seed=2)], {"adj_x": adj_x, "adj_y": adj_y})


def pool(
    batch: int, size: tuple[int, int], stride: tuple[int, int], padding: str, activation: str = "NONE"
) -> Step:
    options = {
        "padding": padding,
        "filter_height": size[0],
        "filter_width": size[1],
        "stride_h": stride[0],
        "stride_w": stride[1],
        "fused_activation_function": activation,
    }
    return Step([flow(batch, 7, 8, 4)], options)


def followed(step: Step, slopes: tuple[int, ...], by: str, bias: bool) -> Step:
    """An activation of its own after it, which TF.js runs inside the same node."""
    given = [const(*slopes, low=0, high=0.5)] if by == "PRELU" else []
    after = After(by, given, {"alpha": 0.3} if by == "LEAKY_RELU" else {})
    return replace(step, inputs=step.inputs[: 3 if bias else 2], after=after)


def _followed_cases() -> Iterator[Case]:
    hosts = {
        "CONV_2D": partial(followed, conv(), (1, 1, 6)),
        "DEPTHWISE_CONV_2D": partial(followed, depthwise(), (1, 1, 4)),
        "FULLY_CONNECTED": partial(followed, connected((3, 6), True, "NONE"), (5,)),
    }
    for op, make in hosts.items():
        # LiteRT's convolutions want a bias.
        biases = (True, False) if op == "FULLY_CONNECTED" else (True,)
        yield from spec(op, make, by=FOLLOWERS, bias=biases)


def cases() -> Iterator[Case]:
    yield from _followed_cases()
    strides = ((1, 1), (2, 2), (2, 1))
    kernels = ((1, 1), (3, 3), (2, 3))
    yield from spec("CONV_2D", conv, kernel=kernels, stride=strides, padding=PADDINGS, batch=(1, 2))
    yield from spec("CONV_2D", conv, dilation=(2, 3), padding=PADDINGS, stride=((1, 1), (2, 2)))
    yield from spec("CONV_2D", conv, activation=ACTIVATIONS[1:], size=((5, 5), (1, 1)))
    yield from spec("CONV_2D", conv, groups=(2, 4), channels=(4, 8), out=(8,), activation=("NONE", "RELU"))
    yield from spec("CONV_2D", conv, channels=(1, 3, 16), out=(1, 5, 16))
    yield from spec("DEPTHWISE_CONV_2D", depthwise, kernel=kernels, stride=strides, padding=PADDINGS)
    yield from spec("DEPTHWISE_CONV_2D", depthwise, dilation=(2, 3), padding=PADDINGS, stride=((1, 1), (2, 2)))
    yield from spec("DEPTHWISE_CONV_2D", depthwise, multiplier=(1, 2, 3), channels=(1, 4), batch=(1, 2))
    yield from spec("DEPTHWISE_CONV_2D", depthwise, activation=ACTIVATIONS[1:], kernel=((5, 5), (1, 3)))
    yield from spec("TRANSPOSE_CONV", transposed, kernel=kernels, stride=strides, padding=PADDINGS)
    yield from spec("TRANSPOSE_CONV", transposed, bias=(True,), activation=("NONE", "RELU"), batch=(1, 2))
    shapes = ((1, 6), (3, 6), (2, 3, 6), (1, 2, 3, 6))
    yield from spec("FULLY_CONNECTED", connected, shape=shapes, bias=(True, False), activation=ACTIVATIONS)
    yield from spec(
        "FULLY_CONNECTED", connected, shape=shapes[1:], bias=(True,), activation=("RELU",), keep=(True,)
    )
    yield from spec(
        "FULLY_CONNECTED", connected, shape=shapes[:2], bias=(True,), activation=("NONE",), fixed=(False,)
    )
    for a, b in (((3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((2, 3, 4), (1, 4, 5)), ((2, 2, 3, 4), (2, 2, 4, 5))):
        yield from spec("BATCH_MATMUL", product, a=(a,), b=(b,), adj_x=(False, True), adj_y=(False, True))
    for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
        yield from spec(op, pool, batch=(1, 2), size=((2, 2), (3, 2)), stride=strides, padding=PADDINGS)
        yield from spec(
            op, pool, batch=(1,), size=((3, 3),), stride=((2, 2),), padding=("SAME",), activation=ACTIVATIONS[1:]
        )
