"""A graph for scripts: `CalculatorGraph`, by the names of MediaPipe's Python class (mediapipe 0.10.21)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeGuard

from pyweb_ml.errors import ConfigError, PyWebMLError
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.config import GraphConfig, from_json, parse_json
from pyweb_ml.graph.contract import Contract
from pyweb_ml.graph.name_rules import node_names
from pyweb_ml.graph.standard_form import standardise
from pyweb_ml.graph.subgraph import expand
from pyweb_ml.graph.text_place import Outline
from pyweb_ml.graph.timestamp import Timestamp
from pyweb_ml.packet import Packet
from pyweb_ml.runner.clock import Clock
from pyweb_ml.runner.kind import known_calculators
from pyweb_ml.runner.node_status import NodeStatus
from pyweb_ml.runner.pool import thread_count
from pyweb_ml.runner.profiler import Profiler
from pyweb_ml.runner.scheduler import Scheduler
from pyweb_ml.runner.stream import EMPTY
from pyweb_ml.subgraphs import MODELS, find

PacketCallback = Callable[[str, Packet], None]
Stated = str | Mapping[str, Any] | GraphConfig


class CancelledError(PyWebMLError):
    """The graph was cancelled by its script."""


@dataclass
class _Runnable:
    config: GraphConfig
    models: dict[str, Model] = field(default_factory=lambda: dict(MODELS))
    contracts: dict[str, Contract] = field(default_factory=dict)


class CalculatorGraph:
    """A graph that a script feeds with packets and observes.

    The graph runs within the calls that wait; an added packet lies in its queue until then. Calculators that take
    long and can run at once do, on as many threads as the config says (`num_threads`, or the option of that name
    of the executor without a name) or else the machine has cores. Each stream has the same packets in the same
    order whatever the number, and observers are called on the thread that calls; 1 keeps all on that thread, and
    in one order over all streams. After the end the graph may be started again.

    Args:
        graph_config: a text in protobuf's text format or in JSON, a JSON value, or a `GraphConfig`.
        clock: what calculators that measure time ask; the machine's own without it.
        subgraphs: graphs in the same forms, which nodes may name by their `type`; beside those that are shipped.
        profiler: who hears what happens in each run; see `pyweb_ml.runner.profiler`.

    Raises:
        ConfigError: the config breaks a rule; all problems are named.
    """

    def __init__(
        self,
        graph_config: Stated,
        *,
        clock: Clock | None = None,
        subgraphs: Iterable[Stated] = (),
        profiler: Profiler | None = None,
    ) -> None:
        self._config = _read(graph_config)
        self._text = graph_config if _is_text(graph_config) else ""
        self._subgraphs = {one.type: one for one in map(_subgraph, subgraphs)}
        self._clock = clock
        self._profiler = profiler
        self._observers: list[tuple[str, PacketCallback, bool]] = []
        with self._placing():
            self._prepared: Scheduler | None = self._prepare({})
        self._run: Scheduler | None = None
        self._seen = 0

    def __enter__(self) -> "CalculatorGraph":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()

    @contextmanager
    def _placing(self) -> Iterator[None]:
        """Has what is wrong with the graph told with its lines, where the graph is given as text."""
        try:
            yield
        except ConfigError as error:
            if not self._text:
                raise
            placed = Outline(self._text).placed(node_names(self._config), str(error))
            raise ConfigError("\n".join(_told(*one) for one in placed)) from error

    def _prepare(self, side_packets: Mapping[str, Any]) -> Scheduler:
        known = known_calculators({})
        config = expand(self._config, lambda name: self._subgraphs.get(name) or find(name), side_packets)
        standardise(config, known)
        return Scheduler(
            _Runnable(config),
            side_packets,
            clock=self._clock,
            threads=thread_count(config),
            profiler=self._profiler,
        )

    def has_input_stream(self, stream: str) -> bool:
        return stream in self._any_run().input_names()

    def observe_output_stream(
        self, stream_name: str, callback_fn: PacketCallback, observe_timestamp_bounds: bool = False
    ) -> None:
        """Calls `callback_fn(stream_name, packet)` for each packet of a stream, in this run and in later ones.

        With `observe_timestamp_bounds` also with an empty packet for each timestamp settled without one.

        Raises:
            ConfigError: there is no such stream, or the graph runs already.
        """
        if self._run is not None and not self._run.done:
            raise ConfigError(f"observe the stream '{stream_name}' before the graph starts")
        self._any_run().check_stream(stream_name)
        self._observers.append((stream_name, callback_fn, observe_timestamp_bounds))

    def start_run(self, input_side_packets: Mapping[str, Any] | None = None) -> None:
        """Opens the calculators.

        Args:
            input_side_packets: packets, or plain values, by name.

        Raises:
            ConfigError: a side packet is missing, or set twice; or the graph runs already.
            CalculatorError: a calculator failed.
        """
        if self._run is not None and not self._run.done:
            raise ConfigError("the graph runs already; wait until it is done")
        side = {name: _side_value(name, one) for name, one in (input_side_packets or {}).items()}
        with self._placing():
            self._run = self._prepare(side)
        self._prepared = None
        for name, callback, bounds in self._observers:
            self._run.observe(name, partial(self._observe, name, callback), bounds=bounds)
        with self._placing():
            self._run.open()

    def _observe(self, name: str, callback: PacketCallback, at: int, payload: Any) -> None:
        self._seen += 1
        empty = payload is EMPTY
        callback(name, Packet(timestamp=Timestamp(at)) if empty else Packet(payload, Timestamp(at)))

    def add_packet_to_input_stream(self, stream: str, packet: Packet, timestamp: int | None = None) -> None:
        """Adds a packet to a graph input stream, at `timestamp` (µs) if that is given.

        Raises:
            ConfigError: no such stream, it is closed, or the timestamp is not later than the last one.
            CalculatorError: a calculator failed before.
        """
        at = packet.timestamp if timestamp is None else timestamp
        if packet.is_empty():
            raise ConfigError(f"an empty packet cannot be added to the stream '{stream}'; set its bound instead")
        self._running().add_packet(stream, int(at), packet.value)

    def set_input_stream_timestamp_bound(self, stream: str, timestamp: int) -> None:
        """Promises that no further packet of a graph input stream is earlier than `timestamp` (µs)."""
        self._running().set_bound(stream, int(timestamp))

    def close_input_stream(self, stream: str) -> None:
        self._running().close_input(stream)

    def close_all_packet_sources(self) -> None:
        """Closes all graph input streams and all source calculators."""
        self._running().close_all_sources()

    def wait_until_idle(self) -> None:
        """Runs until nothing is left to do.

        Raises:
            CalculatorError: a calculator failed.
        """
        self._running().run_until_idle()

    def wait_until_done(self) -> None:
        """Runs to the end; the graph's input streams must be closed.

        Raises:
            ConfigError: an input stream is open.
            CalculatorError: a calculator failed.
        """
        self._running().run_until_done()

    def wait_for_observed_output(self) -> None:
        """Runs until an observed stream gives something.

        Raises:
            ConfigError: nothing is left to do, and it gave nothing.
        """
        seen = self._seen
        self._running().run_while(lambda: self._seen == seen)
        if self._seen == seen:
            raise ConfigError("no observed stream gave anything, and nothing is left to do")

    def close(self) -> None:
        """Closes all packet sources and runs to the end."""
        if self._run is not None and not self._run.done:
            self._run.close()

    def cancel(self) -> None:
        """Ends the run with a `CancelledError`."""
        self._running().cancel(CancelledError("the graph was cancelled"))

    def has_error(self) -> bool:
        return self._run is not None and self._run.error is not None

    def get_combined_error_message(self) -> str:
        """What ended the run; "" if nothing has gone wrong."""
        return str(self._run.error) if self._run is not None and self._run.error is not None else ""

    def get_output_side_packet(self, packet_name: str) -> Packet:
        """A side packet of the graph, once it is made.

        Raises:
            ConfigError: the run has not made it.
        """
        made = self._any_run().side_packets
        if packet_name not in made:
            known = ", ".join(f"'{name}'" for name in made) or "none"
            raise ConfigError(f"the side packet '{packet_name}' is not made; those made are {known}")
        return Packet(made[packet_name])

    def node_status(self) -> list[NodeStatus]:
        """What each node does, or waits for: for a graph that gives less than it should."""
        return self._any_run().node_status()

    def _any_run(self) -> Scheduler:
        run = self._run or self._prepared
        assert run is not None
        return run

    def _running(self) -> Scheduler:
        if self._run is None:
            raise ConfigError("the graph is not started; call start_run() first")
        return self._run


def _told(lines: Sequence[int], problem: str) -> str:
    where = f"{'lines' if len(lines) > 1 else 'line'} {', '.join(map(str, lines))}: " if lines else ""
    return where + problem


def _is_text(given: Stated) -> TypeGuard[str]:
    """Whether a graph is given in protobuf's text format."""
    return isinstance(given, str) and not given.lstrip().startswith("{")


def _subgraph(given: Stated) -> GraphConfig:
    config = _read(given)
    if not config.type:
        raise ConfigError("a subgraph has no 'type', by which nodes name it; give it one")
    return config


def _read(given: Stated) -> GraphConfig:
    if isinstance(given, GraphConfig):
        return given
    if not isinstance(given, str):
        return from_json(dict(given))
    if not _is_text(given):
        return parse_json(given)
    from pyweb_ml.graph.pbtxt import from_text  # it needs protobuf, which the others do not

    return from_text(given)


def _side_value(name: str, given: Any) -> Any:
    if not isinstance(given, Packet):
        return given
    if given.timestamp != Timestamp.UNSET:
        raise ConfigError(f"the side packet '{name}' has the timestamp {given.timestamp}; a side packet has none")
    return given.value
