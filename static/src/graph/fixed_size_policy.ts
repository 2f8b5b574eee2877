/** FixedSizeInputStreamHandler: short queues, so that a slow calculator gets the newest packets. */

import type { InputPolicy, PolicyInputs } from "./input_policy";
import type { InputQueue } from "./input_queue";
import type { InputSet } from "./sync_set";
import { Readiness, SyncSet } from "./sync_set";
import * as Timestamp from "./timestamp";

/** A timestamp that is dropped on one input is dropped on all. */
export class FixedSizePolicy implements InputPolicy {
  readonly fillsLate = true;
  private readonly queues: readonly InputQueue[];
  private readonly set: SyncSet;
  private readonly trigger: number;
  private readonly target: number;
  private readonly fixedMinSize: boolean;
  /** Ready, and not taken yet: until then one timestamp is kept. */
  private isPending = false;
  /** Every packet before is dropped. */
  private kept = Timestamp.UNSET;

  constructor({ queues, options, processBounds }: PolicyInputs) {
    this.queues = queues;
    this.set = new SyncSet(queues, [...queues.keys()], processBounds);
    // mediapipe/framework/stream_handler/fixed_size_input_stream_handler.proto
    this.trigger = (options["trigger_queue_size"] as number | undefined) ?? 2;
    this.target = (options["target_queue_size"] as number | undefined) ?? 1;
    this.fixedMinSize = (options["fixed_min_size"] as boolean | undefined) ?? false;
  }

  get timestamp(): number {
    return this.set.timestamp;
  }

  arrived(): void {
    if (!this.isPending) this.dropSurplus(false);
  }

  readiness(): Readiness {
    const readiness = this.set.readiness();
    this.isPending = readiness === Readiness.ForProcess;
    return readiness;
  }

  fill(inputs: InputSet): number {
    this.isPending = false;
    this.dropSurplus(true);
    const timestamp = this.leastToProcess();
    this.set.fill(timestamp, inputs);
    return timestamp;
  }

  private dropSurplus(keepOne: boolean): void {
    const before = this.fixedMinSize ? this.surplusOfAll() : this.surplusOfAny(keepOne);
    for (const queue of this.queues) queue.dropBefore(before);
  }

  /** With fixed_min_size, nothing is dropped before all queues are long. */
  private surplusOfAll(): number {
    if (this.queues.some((queue) => queue.length < this.trigger)) return Timestamp.UNSET;
    return Math.min(...this.queues.map((queue) => queue.at(queue.length - this.target)!.timestamp));
  }

  private surplusOfAny(keepOne: boolean): number {
    for (const queue of this.queues) {
      if (queue.length < this.trigger) continue;
      const dropped = queue.at(queue.length - this.target - 1);
      if (dropped) this.kept = Math.max(this.kept, Timestamp.nextAllowedInStream(dropped.timestamp));
    }
    // Not past what the slowest input may still bring: one timestamp must stay complete.
    if (keepOne) this.kept = Math.min(this.kept, before(this.leastNextBound()));
    return this.kept;
  }

  private leastNextBound(): number {
    return Math.min(...this.queues.map((queue) => queue.bound));
  }

  private leastToProcess(): number {
    const ends = this.queues.map((queue) => (queue.isEmpty ? before(queue.bound) : queue.timestampOrBound));
    return Math.min(...ends);
  }
}

function before(bound: number): number {
  return Timestamp.isRangeValue(bound) ? bound - 1 : bound;
}
