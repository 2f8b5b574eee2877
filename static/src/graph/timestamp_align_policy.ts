/** TimestampAlignInputStreamHandler: inputs whose clocks differ, moved so that their first packets meet. */

import type { InputPolicy, PolicyInputs } from "./input_policy";
import type { InputQueue } from "./input_queue";
import type { InputSet } from "./sync_set";
import { Readiness } from "./sync_set";
import * as Timestamp from "./timestamp";

/**
 * Gives the packets of `timestamp_base_tag_index` alone until every input has had one, then is as the default, in the
 * time of that input.
 */
export class TimestampAlignPolicy implements InputPolicy {
  timestamp = Timestamp.PRE_STREAM;
  private readonly queues: readonly InputQueue[];
  private readonly base: number;
  /** Microseconds from each input's time to the base's. */
  private readonly offsets: number[];
  private isAligned = false;

  constructor({ queues, tags, options }: PolicyInputs) {
    this.queues = queues;
    this.offsets = queues.map(() => 0);
    this.base = tags.require((options["timestamp_base_tag_index"] as string | undefined) ?? "");
  }

  readiness(): Readiness {
    if (this.queues.every((queue) => queue.isDone)) {
      this.timestamp = Timestamp.DONE;
      return Readiness.ForClose;
    }
    if (!this.isAligned) return this.align();
    const [packet, bound] = this.least();
    this.timestamp = Math.min(packet, bound);
    return bound > packet ? Readiness.ForProcess : Readiness.NotReady;
  }

  private align(): Readiness {
    const base = this.queues[this.base]!;
    this.timestamp = base.timestampOrBound;
    if (base.isEmpty) return Readiness.NotReady;
    for (const [place, queue] of this.queues.entries()) {
      if (!queue.isEmpty) this.offsets[place] = this.timestamp - queue.timestampOrBound;
    }
    this.isAligned = this.queues.every((queue) => !queue.isEmpty);
    return Readiness.ForProcess;
  }

  private least(): [packet: number, bound: number] {
    const least: [number, number] = [Timestamp.DONE, Timestamp.DONE];
    for (const [place, queue] of this.queues.entries()) {
      const kind = queue.isEmpty ? 1 : 0;
      least[kind] = Math.min(least[kind], Timestamp.plus(queue.timestampOrBound, this.offsets[place]!));
    }
    return least;
  }

  fill(inputs: InputSet): number {
    for (const [place, queue] of this.queues.entries()) {
      const isGiven = this.isAligned || place === this.base;
      inputs.packets[place] = isGiven ? queue.take(Timestamp.plus(this.timestamp, -this.offsets[place]!)) : undefined;
      inputs.settled[place] = this.timestamp;
    }
    return this.timestamp;
  }
}
