"""The input stream handlers that do not wait, drop, or move timestamps; see `pyweb_ml.runner.input_policy`."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyweb_ml.graph import timestamp
from pyweb_ml.graph.calculator_base import Input
from pyweb_ml.graph.timestamp import DONE, next_allowed_in_stream, previous_allowed_in_stream
from pyweb_ml.runner.input_policy import DefaultInputStreamHandler, InputPolicy
from pyweb_ml.runner.input_queue import InputQueue
from pyweb_ml.runner.sync_set import Readiness, Ready, SyncSet, fill


class ImmediateInputStreamHandler(InputPolicy):
    """Each input by itself, as soon as it has a packet; Process also runs when an input becomes done.

    Inputs that are ready at the same timestamp go together; input timestamps may go back.
    """

    def prepare(self, options: Mapping[str, Any]) -> None:
        self._sets = [SyncSet({place: queue}, self.process_bounds) for place, queue in enumerate(self.queues)]
        self._ready = [timestamp.UNSET] * len(self._sets)

    def readiness(self) -> Ready:
        bound = at = DONE
        became_done = False
        for place, one in enumerate(self._sets):
            if self._ready[place] == timestamp.UNSET:
                least, done = self._look(place, one)
                became_done = became_done or done
                bound = min(bound, least)
            else:
                bound = min(bound, self._ready[place])
            if self._ready[place] != timestamp.UNSET:
                at = min(at, self._ready[place])
        if min(bound, at) == DONE:
            return Readiness.CLOSE, DONE
        if at < DONE:
            return Readiness.PROCESS, at
        return (Readiness.PROCESS if became_done else Readiness.WAIT), bound

    def missing(self) -> list[InputQueue]:
        return [queue for queue in self.queues if not queue.packets and not queue.done]

    def _look(self, place: int, one: SyncSet) -> tuple[int, bool]:
        before = one.last
        readiness, at = one.readiness()
        if readiness is Readiness.PROCESS:
            self._ready[place] = at
        elif readiness is Readiness.CLOSE and self.process_bounds:
            # Process sees the end of an input once, as the last timestamp before Done.
            last = previous_allowed_in_stream(DONE)
            at = last if before < last else DONE
            self._ready[place] = at
        elif readiness is Readiness.CLOSE:
            self._ready[place] = DONE
            return at, True
        return at, False

    def take(self, at: int, inputs: Sequence[Input]) -> None:
        for place, one in enumerate(self._sets):
            if self._ready[place] == at:
                one.take(at, inputs)
                self._ready[place] = timestamp.UNSET
            else:
                one.take_bounds(inputs)


class FixedSizeInputStreamHandler(DefaultInputStreamHandler):
    """As the default, but queues that have grown drop their oldest packets.

    Options: `trigger_queue_size` (2) is the length at which a queue is cut down to `target_queue_size` (1); with
    `fixed_min_size` only once every queue is that long. A timestamp dropped on one input is dropped on all.
    """

    determinate = False

    def prepare(self, options: Mapping[str, Any]) -> None:
        super().prepare(options)
        self._trigger = int(options.get("trigger_queue_size", 2))
        self._target = int(options.get("target_queue_size", 1))
        self._all_must_grow = bool(options.get("fixed_min_size", False))
        self._kept = timestamp.UNSET
        for queue in self.queues:
            queue.call_when_added(self._cut)

    def readiness(self) -> Ready:
        self._cut()
        readiness, at = super().readiness()
        while readiness is Readiness.PROCESS and at < self._kept:
            self._cut()
            readiness, at = super().readiness()
        if readiness is not Readiness.PROCESS:
            return readiness, at
        self._cut(keep_one=True)
        return Readiness.PROCESS, min(_processable(queue) for queue in self.queues)

    def _cut(self, keep_one: bool = False) -> None:
        if self._all_must_grow:
            self._cut_all()
            return
        for queue in self.queues:
            size = self._target if len(queue.packets) >= self._trigger else self._trigger - 1
            if len(queue.packets) > size:
                self._kept = max(self._kept, next_allowed_in_stream(queue.packets[-size - 1][0]))
        # One timestamp must stay that the slowest input can still meet.
        if keep_one:
            self._kept = min(self._kept, _before(self._newest()))
        self._drop(self._kept)

    def _newest(self) -> int:
        ends = [next_allowed_in_stream(one.packets[-1][0]) if one.packets else one.bound for one in self.queues]
        return min(ends)

    def _cut_all(self) -> None:
        if all(len(queue.packets) >= self._trigger for queue in self.queues):
            self._drop(min(queue.packets[-self._target][0] for queue in self.queues))

    def _drop(self, before: int) -> None:
        for queue in self.queues:
            queue.drop_before(before)


def _processable(queue: InputQueue) -> int:
    return queue.packets[0][0] if queue.packets else _before(queue.bound)


def _before(bound: int) -> int:
    return bound - 1 if timestamp.is_range_value(bound) else bound


class TimestampAlignInputStreamHandler(InputPolicy):
    """Shifts the timestamps of each input so that first packets meet those of `timestamp_base_tag_index`.

    Until every input has had a packet, packets of the base input are given alone.
    """

    def prepare(self, options: Mapping[str, Any]) -> None:
        self._base = self.place(str(options.get("timestamp_base_tag_index", "")))
        self._offsets = [0] * len(self.queues)
        self._aligned = len(self.queues) == 1

    def readiness(self) -> Ready:
        if self._aligned:
            return self._aligned_readiness()
        base = self.queues[self._base]
        at = base.settled()
        if not base.packets:
            return (Readiness.CLOSE if self._all_done() else Readiness.WAIT), at
        for place, queue in enumerate(self.queues):
            if queue.packets:
                self._offsets[place] = at - queue.packets[0][0]
        self._aligned = all(queue.packets for queue in self.queues)
        return Readiness.PROCESS, at

    def _all_done(self) -> bool:
        return all(queue.done for queue in self.queues)

    def _aligned_readiness(self) -> Ready:
        settled = [(self._shifted(place), not queue.packets) for place, queue in enumerate(self.queues)]
        least = min(at for at, _ in settled)
        if least == DONE:
            return Readiness.CLOSE, DONE
        waits = any(at == least for at, empty in settled if empty)
        return (Readiness.WAIT if waits else Readiness.PROCESS), least

    def _shifted(self, place: int) -> int:
        at = self.queues[place].settled()
        return timestamp.add(at, self._offsets[place]) if timestamp.is_range_value(at) else at

    def take(self, at: int, inputs: Sequence[Input]) -> None:
        for place, (target, queue) in enumerate(zip(inputs, self.queues, strict=True)):
            if not self._aligned and place != self._base:
                target.clear()
                continue
            own = timestamp.add(at, -self._offsets[place]) if timestamp.is_range_value(at) else at
            packet = queue.take(own)
            fill(target, packet and (at, packet[1]), queue)
