"""A node while its graph runs: its calculator, its queues, and the contexts that its calls see."""

import enum
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from pyweb_ml.errors import CalculatorError, ConfigError, ModelError
from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import (
    CalculatorBase,
    CalculatorContext,
    Input,
    Output,
    OutputSidePacket,
    Ports,
    Status,
)
from pyweb_ml.graph.config import HandlerConfig, NodeConfig
from pyweb_ml.graph.timestamp import Timestamp
from pyweb_ml.runner import untimely_policy  # noqa: F401  # its classes enter InputPolicy.POLICIES
from pyweb_ml.runner.clock import Clock
from pyweb_ml.runner.function_calculator import MismatchError
from pyweb_ml.runner.input_policy import InputPolicy
from pyweb_ml.runner.input_queue import InputQueue
from pyweb_ml.runner.kind import Kind
from pyweb_ml.runner.profiler import ProfiledCalculator, ProfiledQueue, ProfiledStream, Profiler, Recorder
from pyweb_ml.runner.stream import Stream


class State(enum.Enum):
    """Where in its life a node is."""

    PREPARED = "prepared"
    OPENED = "opened"
    CLOSED = "closed"


class NodeContext(CalculatorContext):
    """A context that knows where its outputs go.

    Attributes:
        sends: each output with its stream.
    """

    sends: tuple[tuple[Output, Stream], ...] = ()


class Node:
    """One node in one run.

    Attributes:
        id: its place in topological order; smaller is nearer to the inputs.
        queues: by tag and index, in MediaPipe's order.
        streams: its outputs, in the same order as a context's `outputs`.
        in_flight: how many prepared tasks of it are not finished yet.
        look: looks at its inputs, and prepares what can run on them; the loop's while the node is open.
    """

    def __init__(
        self,
        id: int,
        config: NodeConfig,
        name: str,
        kind: Kind,
        handler: HandlerConfig | None,
        clock: Clock,
        profiler: Profiler | None = None,
    ) -> None:
        self.id = id
        self.config = config
        self.name = name
        self.clock = clock
        self.kind = kind
        self._recorder = Recorder(profiler, name, config.calculator) if profiler else None
        self.queues = Ports({key: self._queue(stream) for key, stream in _named(kind.contract.inputs)})
        self.streams: list[Stream] = [self._stream(stream) for stream in kind.contract.outputs]
        self.state = State.PREPARED
        self.in_flight = 0
        self.max_in_flight = max(1, config.max_in_flight)
        self.batch: list[NodeContext] = []
        self.closing = False
        self.touched = False
        self.on_touch: Callable[[Node], None] = _nothing
        self.look: Callable[[], None] = _nothing
        self.offset: int | None = kind.contract.timestamp_offset
        self.side: Mapping[tuple[str, int], Any] = {}
        self.made = Ports({key: OutputSidePacket(name) for key, name in _named(kind.contract.output_side_packets)})
        self.policy = self._make_policy(handler)
        self._free: list[NodeContext] = []
        self._calculator: CalculatorBase | None = None

    @property
    def is_source(self) -> bool:
        """It has no inputs to wait for."""
        return not len(self.queues)

    def _queue(self, stream: str) -> InputQueue:
        return ProfiledQueue(stream, self, self._recorder) if self._recorder else InputQueue(stream, self)

    def _stream(self, name: str) -> Stream:
        return ProfiledStream(name, self._recorder) if self._recorder else Stream(name)

    def _make_policy(self, handler: HandlerConfig | None) -> InputPolicy | None:
        if not len(self.queues):
            return None
        contract = self.kind.contract
        name, options = contract.input_stream_handler, contract.input_stream_handler_options
        if handler is not None and handler.input_stream_handler:
            name, options = handler.input_stream_handler, handler.options
        name = name or "DefaultInputStreamHandler"
        if name not in InputPolicy.POLICIES:
            known = ", ".join(sorted(InputPolicy.POLICIES))
            raise ConfigError(f"the node '{self.name}' has an unknown input policy '{name}'; known are {known}")
        queues = dict(zip(self.queues.keys, self.queues.all, strict=True))
        try:
            return InputPolicy.POLICIES[name](queues, options, contract.process_timestamp_bounds)
        except ConfigError as error:
            raise ConfigError(f"the node '{self.name}', {name}: {error}") from error

    def touch(self) -> None:
        """Says that one of its queues has changed."""
        if not self.touched:
            self.touched = True
            self.on_touch(self)

    def context(self) -> NodeContext:
        """A context with empty inputs, and outputs at the bounds of the streams."""
        context = self._free.pop() if self._free else self._new_context()
        for output, stream in context.sends:
            output.next_timestamp_bound = stream.bound
            output.is_closed = stream.closed
        return context

    def _new_context(self) -> NodeContext:
        contract = self.kind.contract
        inputs = Ports({key: Input(name) for key, name in _named(contract.inputs)})
        outputs = Ports({key: Output(name) for key, name in _named(contract.outputs)})
        side = Ports(self.side)
        context = NodeContext(self.name, contract.options, inputs, outputs, side, self.made, self.clock)
        context.sends = tuple(zip(outputs.all, self.streams, strict=True))
        return context

    def give_back(self, context: NodeContext) -> None:
        """Keeps a context for a later call; empties it, so that no payload outlives its call."""
        for one in context.inputs.all:
            one.clear()
        self._free.append(context)

    def open(self, context: CalculatorContext) -> None:
        """Makes the calculator and opens it."""
        context.input_timestamp = timestamp.UNSTARTED
        made: CalculatorBase = self._guard(timestamp.UNSTARTED, self.kind.make)
        self._calculator = ProfiledCalculator(made, self._recorder) if self._recorder else made
        self._guard(timestamp.UNSTARTED, lambda: self.calculator.open(context))
        if context.timestamp_offset is not None:
            self.offset = context.timestamp_offset

    def process(self, context: CalculatorContext) -> Status | None:
        """Runs Process on one input set."""
        try:
            return self.calculator.process(context)
        except Exception as error:
            raise self.failure(context.input_timestamp, error) from error

    def close(self, context: CalculatorContext) -> None:
        """Closes the calculator; what it emits is in the context."""
        context.input_timestamp = timestamp.DONE
        self.state = State.CLOSED
        self.look = _nothing
        self._guard(timestamp.DONE, lambda: self.calculator.close(context))

    @property
    def calculator(self) -> CalculatorBase:
        """The calculator of an opened node."""
        assert self._calculator is not None
        return self._calculator

    def _guard(self, at: int, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as error:
            raise self.failure(at, error) from error

    def failure(self, at: int, error: Exception) -> Exception:
        """What a failure of the calculator at a timestamp is to the user."""
        if isinstance(error, ModelError | CalculatorError):
            return error
        if isinstance(error, MismatchError | ConfigError):
            return CalculatorError(self.name, Timestamp(at), str(error))
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
        message = error.args[0] if isinstance(error, KeyError) and error.args else error
        return CalculatorError(self.name, Timestamp(at), f"{type(error).__name__}: {message} ({where})")


def _nothing(*_: object) -> None:
    pass


def _named(ports: Ports[str]) -> list[tuple[tuple[str, int], str]]:
    return list(zip(ports.keys, ports.all, strict=True))
