"""When a node runs, and on which packets: MediaPipe's input stream handlers, each a class of its name.

Source of the rules: mediapipe/framework/stream_handler/ and input_stream_handler.h.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.calculator_base import Input
from pyweb_ml.graph.timestamp import DONE, next_allowed_in_stream
from pyweb_ml.runner.input_queue import InputQueue
from pyweb_ml.runner.sync_set import Readiness, Ready, SyncSet, fill


class InputPolicy:
    """One node's policy for one run.

    Attributes:
        queues: of the node's inputs by tag and index, in MediaPipe's order.
        batch_size: input sets that are gathered before Process runs on each of them.
    """

    determinate: ClassVar[bool] = False
    """What Process sees depends on what the input streams bring alone, not on which of them is first."""
    POLICIES: ClassVar[dict[str, type["InputPolicy"]]] = {}
    """Every policy, by MediaPipe's name."""

    def __init_subclass__(cls) -> None:
        InputPolicy.POLICIES[cls.__name__] = cls

    def __init__(
        self, queues: Mapping[tuple[str, int], InputQueue], options: Mapping[str, Any], process_bounds: bool
    ) -> None:
        self.queues = list(queues.values())
        self.keys = list(queues)
        self.process_bounds = process_bounds
        self.batch_size = int(options.get("batch_size", 1))
        self.prepare(options)

    def prepare(self, options: Mapping[str, Any]) -> None:
        """What a policy sets up for a run; raises ConfigError for options that cannot be."""

    def readiness(self) -> Ready:
        raise NotImplementedError

    def missing(self) -> list[InputQueue]:
        """What a node that cannot run waits for: the empty inputs that are settled least far."""
        empty = [queue for queue in self.queues if not queue.packets and not queue.done]
        return [queue for queue in empty if queue.bound == min(one.bound for one in empty)]

    def take(self, at: int, inputs: Sequence[Input]) -> None:
        """Moves the packets of the input set at `at`, just found ready, into `inputs`."""
        raise NotImplementedError

    def place(self, tag_index: str) -> int:
        """The position of the input that "TAG", "TAG:1", ":2" or "" names."""
        tag, _, index = tag_index.partition(":")
        try:
            return self.keys.index((tag, int(index or 0)))
        except ValueError:
            known = ", ".join(f"'{one}:{number}'" for one, number in self.keys)
            raise ConfigError(f"there is no input '{tag_index}'; the inputs are {known}") from None


class DefaultInputStreamHandler(InputPolicy):
    """All packets of a timestamp, once it is settled on every input and one has a packet there."""

    determinate = True

    def prepare(self, options: Mapping[str, Any]) -> None:
        self._all = SyncSet(dict(enumerate(self.queues)), self.process_bounds)

    def readiness(self) -> Ready:
        return self._all.readiness()

    def take(self, at: int, inputs: Sequence[Input]) -> None:
        self._all.take(at, inputs)


class EarlyCloseInputStreamHandler(DefaultInputStreamHandler):
    """As the default, but the node closes as soon as any input is done: for cycles."""

    determinate = False

    def readiness(self) -> Ready:
        if any(queue.done for queue in self.queues):
            return Readiness.CLOSE, DONE
        return super().readiness()


class BarrierInputStreamHandler(InputPolicy):
    """One packet of every input, in their order; timestamps do not matter. Closes when any input is done."""

    determinate = True

    def prepare(self, options: Mapping[str, Any]) -> None:
        for queue in self.queues:
            queue.ignore_timestamps()

    def readiness(self) -> Ready:
        if any(queue.done for queue in self.queues):
            return Readiness.CLOSE, DONE
        least = min(queue.settled() for queue in self.queues)
        whole = all(queue.packets for queue in self.queues)
        return (Readiness.PROCESS if whole else Readiness.WAIT), least

    def missing(self) -> list[InputQueue]:
        return [queue for queue in self.queues if not queue.packets]

    def take(self, at: int, inputs: Sequence[Input]) -> None:
        for target, queue in zip(inputs, self.queues, strict=True):
            fill(target, queue.pop(), queue)


class SyncSetInputStreamHandler(InputPolicy):
    """Several sets of inputs, each of which is ready by itself; Process runs on one set at a time."""

    def prepare(self, options: Mapping[str, Any]) -> None:
        left = dict(enumerate(self.queues))
        self._sets: list[SyncSet] = []
        for entry in options.get("sync_set", ()):
            self._sets.append(SyncSet(self._members(entry["tag_index"], left), self.process_bounds))
        if left:
            self._sets.append(SyncSet(left, self.process_bounds))
        self._chosen: tuple[int, SyncSet] | None = None

    def _members(self, names: Sequence[str], left: dict[int, InputQueue]) -> dict[int, InputQueue]:
        places = [self.place(name) for name in names]
        for name, place in zip(names, places, strict=True):
            if place not in left:
                raise ConfigError(f"the input '{name}' is in more than one sync set; name it in one")
        return {place: left.pop(place) for place in places}

    def readiness(self) -> Ready:
        found = [(one, *one.readiness()) for one in self._sets]
        self._sets = [one for one, readiness, _ in found if readiness is not Readiness.CLOSE]
        ready = [(at, place) for place, (_, state, at) in enumerate(found) if state is Readiness.PROCESS]
        if ready:
            at, place = min(ready)
            self._chosen = at, found[place][0]
            return Readiness.PROCESS, at
        if not self._sets:
            return Readiness.CLOSE, DONE
        return Readiness.WAIT, min(at for _, state, at in found if state is Readiness.WAIT)

    def take(self, at: int, inputs: Sequence[Input]) -> None:
        assert self._chosen is not None
        for one in self._sets:
            if one is self._chosen[1]:
                one.take(at, inputs)
            else:
                one.take_bounds(inputs)


class MuxInputStreamHandler(InputPolicy):
    """The packet on the last input, "SELECT", says which of the others it waits for; the rest drop theirs."""

    determinate = True

    def readiness(self) -> Ready:
        control = self.queues[-1]
        at = control.settled()
        self._drop_before(at)
        if not control.packets:
            return (Readiness.CLOSE if at == DONE else Readiness.WAIT), at
        chosen = self._chosen(control.packets[0][1])
        waits = not chosen.packets and chosen.bound <= at
        return (Readiness.WAIT if waits else Readiness.PROCESS), at

    def missing(self) -> list[InputQueue]:
        control = self.queues[-1]
        return [self._chosen(control.packets[0][1]) if control.packets else control]

    def _chosen(self, select: Any) -> InputQueue:
        if not isinstance(select, int) or not 0 <= select < len(self.queues) - 1:
            known = f"0 to {len(self.queues) - 2}"
            raise ConfigError(f"the stream '{self.queues[-1].name}' selects {select!r}; the inputs are {known}")
        return self.queues[select]

    def take(self, at: int, inputs: Sequence[Input]) -> None:
        for one in inputs:
            one.clear()
        packet = self.queues[-1].take(at)
        assert packet is not None
        fill(inputs[-1], packet, self.queues[-1])
        chosen = self._chosen(packet[1])
        fill(inputs[packet[1]], chosen.take(at), chosen)
        self._drop_before(next_allowed_in_stream(at))

    def _drop_before(self, at: int) -> None:
        for queue in self.queues[:-1]:
            queue.drop_before(at)
