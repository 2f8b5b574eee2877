/** TimestampAlignInputStreamHandler: inputs whose clocks differ, moved so that their first packets meet. */

import type { InputPolicy, PolicyInputs } from "./input_policy";
import type { InputQueue } from "./input_queue";
import type { InputSet } from "./sync_set";
import { Readiness } from "./sync_set";
import * as Timestamp from "./timestamp";

/** Waits until every input has a packet, then is as the default, in the time of `timestamp_base_tag_index`. */
export class TimestampAlignPolicy implements InputPolicy {
  timestamp = Timestamp.PRE_STREAM;
  private readonly queues: readonly InputQueue[];
  private readonly base: number;
  /** Microseconds from each input's time to the base's; undefined until all are known. */
  private offsets: readonly number[] | undefined;

  constructor({ queues, tags, options }: PolicyInputs) {
    this.queues = queues;
    this.base = tags.require((options["timestamp_base_tag_index"] as string | undefined) ?? "");
  }

  readiness(): Readiness {
    if (this.queues.every((queue) => queue.isDone)) {
      this.timestamp = Timestamp.DONE;
      return Readiness.ForClose;
    }
    this.offsets ??= this.align();
    if (!this.offsets) return Readiness.NotReady;
    const [packet, bound] = this.least(this.offsets);
    this.timestamp = Math.min(packet, bound);
    return bound > packet ? Readiness.ForProcess : Readiness.NotReady;
  }

  /** An input that closed without a packet waits for nobody. */
  private align(): readonly number[] | undefined {
    if (this.queues.some((queue) => queue.isEmpty && !queue.isDone)) return undefined;
    const base = this.queues[this.base]!.at(0)?.timestamp;
    return this.queues.map((queue) => (queue.isDone || base === undefined ? 0 : base - queue.at(0)!.timestamp));
  }

  private least(offsets: readonly number[]): [packet: number, bound: number] {
    const least: [number, number] = [Timestamp.DONE, Timestamp.DONE];
    for (const [place, queue] of this.queues.entries()) {
      const kind = queue.isEmpty ? 1 : 0;
      least[kind] = Math.min(least[kind], Timestamp.plus(queue.timestampOrBound, offsets[place]!));
    }
    return least;
  }

  fill(inputs: InputSet): number {
    for (const [place, queue] of this.queues.entries()) {
      inputs.packets[place] = queue.take(Timestamp.plus(this.timestamp, -this.offsets![place]!));
      inputs.settled[place] = this.timestamp;
    }
    return this.timestamp;
  }
}
