"""What leaves a node after a call: its packets, and how far its outputs' bounds move.

Source of the rules: mediapipe/framework/output_stream_manager.cc (ComputeOutputTimestampBound).
"""

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import Output
from pyweb_ml.graph.timestamp import MAX, MIN
from pyweb_ml.runner.node import Node, NodeContext
from pyweb_ml.runner.stream import Stream


def send(node: Node, context: NodeContext) -> None:
    """Sends what a call of Open, Process or Close has emitted.

    Raises:
        CalculatorError: a stream cannot take it, such as a timestamp that does not rise.
    """
    at = context.input_timestamp
    offset = node.offset
    if offset is None or node.policy is None:
        promised = timestamp.UNSET
    else:
        promised = at + 1 if offset == 0 and MIN <= at < MAX else _promised(at, offset)
    try:
        for output, stream in context.sends:
            packets, bound = output.added, output.next_timestamp_bound
            if output.moved or output.asked_to_close or (not packets and promised > bound):
                _send_one(output, stream, promised)
            elif packets:
                output.added = []
                stream.send(packets, promised if promised > bound else bound)
    except ConfigError as error:
        raise node.failure(at, error) from error


def _send_one(output: Output, stream: Stream, promised: int) -> None:
    bound: int | None = promised if promised > output.next_timestamp_bound else None
    if output.moved:
        bound = output.next_timestamp_bound if bound is None else max(bound, output.next_timestamp_bound)
    packets = output.added
    if packets:
        after = timestamp.next_allowed_in_stream(packets[-1][0])
        bound = after if bound is None else max(bound, after)
        output.added = []
    output.moved = False
    if output.asked_to_close:
        output.asked_to_close = False
        stream.close(packets)
    elif bound is not None and not stream.closed and (packets or bound != stream.bound):
        stream.send(packets, bound)


def _promised(at: int, offset: int) -> int:
    """The bound that an offset promises after Process at `at`; Unset if none."""
    if MIN <= at < MAX:
        return max(MIN, min(MAX, at + 1 + offset))
    if not timestamp.is_allowed_in_stream(at):
        return timestamp.UNSET
    if at == timestamp.PRE_STREAM:
        return MIN
    if at == timestamp.POST_STREAM:
        return timestamp.ONE_OVER_POST_STREAM
    if offset >= 0:
        return timestamp.POST_STREAM
    return timestamp.add(at, offset) + 1


def move_bounds(node: Node, bound: int) -> None:
    """Moves the outputs' bounds with the inputs' where the node has an offset, though Process does not run."""
    if node.offset is None or bound >= timestamp.DONE:
        return
    moved = timestamp.add(bound, node.offset) if timestamp.is_range_value(bound) else bound
    for stream in node.streams:
        if not stream.closed and moved > stream.bound:
            stream.send((), moved)
