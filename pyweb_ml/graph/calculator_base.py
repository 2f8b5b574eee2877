"""The low-level calculator, as in MediaPipe: it sees timestamps, and moves its outputs' bounds itself.

Most calculators need less: see `pyweb_ml.graph.authoring.calculator`. Source of the terms and rules:
mediapipe/framework/calculator_base.h, calculator_contract.h, calculator_context.h.
"""

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.config import split_entries
from pyweb_ml.graph.timestamp import MAX, MIN

T = TypeVar("T")


class Status(enum.Enum):
    """What `process` may return in place of None."""

    STOP = "stop"


STOP: Final = Status.STOP
"""From a source: it has nothing more. From another calculator: all sources and graph inputs close."""


class Clock(Protocol):
    """Time in microseconds, from an origin of its own."""

    def now(self) -> int: ...


class Ports(Generic[T]):
    """One side of a node, by tag and index: `ports("TAG", 1)`, or `ports()` for the first without a tag.

    Iterating gives them in MediaPipe's order: by tag, then by index.

    Attributes:
        keys: tag and index of each port, in that order.
        all: the ports in that order.
    """

    def __init__(self, ports: Mapping[tuple[str, int], T]) -> None:
        self._ports = dict(sorted(ports.items()))
        self.keys: list[tuple[str, int]] = list(self._ports)
        self.all: list[T] = list(self._ports.values())

    def __call__(self, tag: str = "", index: int = 0) -> T:
        try:
            return self._ports[tag, index]
        except KeyError:
            known = ", ".join(f"'{name}:{place}'" for name, place in self._ports) or "none"
            raise KeyError(f"no port '{tag}:{index}'; the node has {known}") from None

    def __iter__(self) -> Iterator[T]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def has(self, tag: str, index: int = 0) -> bool:
        """Whether the node's config names the port."""
        return (tag, index) in self._ports

    def count(self, tag: str) -> int:
        """How many ports have the tag ("" for none)."""
        return sum(one == tag for one, _ in self._ports)


def named_ports(entries: Sequence[str]) -> Ports[str]:
    """The streams, or side packets, that a config's entries name."""
    return Ports({(tag, index): name for tag, index, name in split_entries(list(entries))})


class CalculatorContract:
    """What a calculator's `get_contract` sees, and says.

    Attributes:
        inputs, outputs, input_side_packets, output_side_packets: names in the graph, by tag and index.
        options: field values by name, as the config states them.
    """

    def __init__(
        self,
        inputs: Ports[str],
        outputs: Ports[str],
        input_side_packets: Ports[str],
        output_side_packets: Ports[str],
        options: Mapping[str, Any],
    ) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.input_side_packets = input_side_packets
        self.output_side_packets = output_side_packets
        self.options = options
        self.timestamp_offset: int | None = None
        self.process_timestamp_bounds = False
        self.input_stream_handler = ""
        self.input_stream_handler_options: Mapping[str, Any] = {}

    def set_timestamp_offset(self, offset: int | None) -> None:
        """Promises outputs at the input timestamp + `offset` (µs) or later; None, as without it: no promise."""
        self.timestamp_offset = offset

    def set_process_timestamp_bounds(self, value: bool) -> None:
        """With True, Process runs for each newly settled timestamp, though no input has a packet there."""
        self.process_timestamp_bounds = value

    def set_input_stream_handler(self, name: str, options: Mapping[str, Any] | None = None) -> None:
        """Which input policy the node has where neither its config nor the graph's says one."""
        self.input_stream_handler = name
        self.input_stream_handler_options = options or {}


class Input:
    """One input in one call of Process.

    Attributes:
        timestamp: of the packet; of an empty one the last settled timestamp of the stream.
        is_done: the stream is closed, and this was its last packet.
    """

    __slots__ = ("is_done", "is_empty", "name", "timestamp", "value")

    def __init__(self, name: str) -> None:
        self.name = name
        self.clear()

    def clear(self) -> None:
        self.is_empty = True
        self.value: Any = None
        self.timestamp = timestamp.UNSET
        self.is_done = False


class Output:
    """One output; what is added leaves the node when the call of Open, Process or Close returns."""

    __slots__ = ("added", "asked_to_close", "is_closed", "moved", "name", "next_timestamp_bound")

    def __init__(self, name: str) -> None:
        self.name = name
        self.added: list[tuple[int, Any]] = []
        self.next_timestamp_bound = timestamp.PRE_STREAM
        self.moved = False
        self.asked_to_close = False
        self.is_closed = False

    def add(self, at: int, value: Any) -> None:
        """Adds a packet at a timestamp (µs).

        Raises:
            ValueError: the stream is closed, or the timestamp is none that a packet may have.
        """
        if MIN <= at < MAX and not self.is_closed and not self.asked_to_close:
            self.added.append((at, value))
            self.next_timestamp_bound = at + 1
        else:
            self._add_special(at, value)

    def _add_special(self, at: int, value: Any) -> None:
        if self.is_closed or self.asked_to_close:
            raise ValueError(f"the stream '{self.name}' is closed: it takes no packet at {timestamp.describe(at)}")
        if not timestamp.PRE_STREAM <= at <= timestamp.POST_STREAM:
            wrong = f"a packet in the stream '{self.name}' cannot have the timestamp {timestamp.describe(at)}"
            raise ValueError(f"{wrong}; give it one from Timestamp::PreStream() to Timestamp::PostStream()")
        self.added.append((at, value))
        self.next_timestamp_bound = timestamp.next_allowed_in_stream(at)

    def set_next_timestamp_bound(self, bound: int) -> None:
        """Promises that no further packet is earlier than `bound` (µs).

        Raises:
            ValueError: `bound` is no timestamp that a packet may have, nor OneOverPostStream.
        """
        if not timestamp.PRE_STREAM <= bound <= timestamp.ONE_OVER_POST_STREAM:
            raise ValueError(f"the stream '{self.name}' cannot have the bound {timestamp.describe(bound)}")
        if self.is_closed or self.asked_to_close:
            return
        self.next_timestamp_bound = bound
        self.moved = True

    def close(self) -> None:
        """Ends the stream."""
        self.asked_to_close = True
        self.next_timestamp_bound = timestamp.DONE


class OutputSidePacket:
    """One side packet that the node makes; set once a run."""

    __slots__ = ("announced", "is_set", "name", "value")

    def __init__(self, name: str) -> None:
        self.name = name
        self.value: Any = None
        self.is_set = False
        self.announced = False

    def set(self, value: Any) -> None:
        """Gives the side packet its value.

        Raises:
            ValueError: it has one already.
        """
        if self.is_set:
            raise ValueError(f"the side packet '{self.name}' was set twice; set it once a run")
        self.value, self.is_set = value, True


def _nobody_listens(_stream: str, _at: int) -> None:
    pass


class CalculatorContext:
    """What Open, Process and Close see.

    Attributes:
        node_name: the node's name in the graph.
        input_timestamp: `UNSTARTED` in Open, `DONE` in Close, 0 in a source.
        input_side_packets: values by tag and index.
        clock: for what measures time; simulated in tests and replays.
        graph_failed: in Close, whether the run ended with an error.
        on_drop: called with the input stream's name and the timestamp (µs) of a packet that the calculator drops
            for want of time; a profiler listens there.
    """

    def __init__(
        self,
        node_name: str,
        options: Mapping[str, Any],
        inputs: Ports[Input],
        outputs: Ports[Output],
        input_side_packets: Ports[Any],
        output_side_packets: Ports[OutputSidePacket],
        clock: Clock,
    ) -> None:
        self.clock = clock
        self.node_name = node_name
        self.options = options
        self.inputs = inputs
        self.outputs = outputs
        self.input_side_packets = input_side_packets
        self.output_side_packets = output_side_packets
        self.input_timestamp = timestamp.UNSTARTED
        self.timestamp_offset: int | None = None
        self.graph_failed = False
        self.on_drop: Callable[[str, int], None] = _nobody_listens

    def set_offset(self, offset: int) -> None:
        """In Open: as `CalculatorContract.set_timestamp_offset`."""
        self.timestamp_offset = offset


class CalculatorBase:
    """A calculator: subclass it, and name it in a config by its class name; made anew for each run.

    What `open`, `process` or `close` raises ends the run, with an error that names the node and the timestamp.
    """

    CALCULATORS: ClassVar[dict[str, type["CalculatorBase"]]] = {}
    """Every low-level calculator, by name."""

    def __init_subclass__(cls, *, register: bool = True) -> None:
        super().__init_subclass__()
        if register:
            CalculatorBase.CALCULATORS[cls.__name__] = cls

    @staticmethod
    def get_contract(contract: CalculatorContract) -> None:
        """Says what the calculator needs of its node; raises ValueError for a node that it cannot be."""

    def open(self, cc: CalculatorContext) -> None:
        """Begins a run, once all input side packets are there; may emit."""

    def process(self, cc: CalculatorContext) -> Status | None:
        """Runs on one input set; a source runs again and again until it returns `STOP`."""
        raise NotImplementedError(f"{type(self).__name__} has no method 'process'")

    def close(self, cc: CalculatorContext) -> None:
        """Ends the run; called whenever `open` succeeded, after an error too. There are no inputs."""
