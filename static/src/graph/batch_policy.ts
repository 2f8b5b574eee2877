/** `batch_size`: input sets are gathered, and the calculator is called for each when there are enough. */

import { release } from "./calculator";
import type { InputPolicy } from "./input_policy";
import type { InputSet } from "./sync_set";
import { Readiness } from "./sync_set";

interface Gathered extends InputSet {
  readonly timestamp: number;
}

/** Gathers the input sets of another policy (mediapipe/framework/input_stream_handler.h, SetBatchSize). */
export class BatchPolicy implements InputPolicy {
  private readonly gathered: Gathered[] = [];
  /** Whether the batch is whole: its sets are given one by one. */
  private isWhole = false;

  constructor(
    private readonly policy: InputPolicy,
    private readonly size: number,
  ) {}

  get timestamp(): number {
    return this.gathered[0]?.timestamp ?? this.policy.timestamp;
  }

  readiness(): Readiness {
    if (this.isWhole) return Readiness.ForProcess;
    let readiness = this.policy.readiness();
    for (; readiness === Readiness.ForProcess; readiness = this.policy.readiness()) {
      const set: InputSet = { packets: [], settled: [] };
      this.gathered.push({ ...set, timestamp: this.policy.fill(set) });
      if (this.gathered.length === this.size) break;
    }
    // At the end the calculator is called for what there is.
    this.isWhole = this.gathered.length > 0 && readiness !== Readiness.NotReady;
    return this.isWhole ? Readiness.ForProcess : readiness;
  }

  fill(inputs: InputSet): number {
    const { packets, settled, timestamp } = this.gathered.shift()!;
    inputs.packets.splice(0, Infinity, ...packets);
    inputs.settled.splice(0, Infinity, ...settled);
    this.isWhole = this.gathered.length > 0;
    return timestamp;
  }

  /** Gives back what was gathered for a run that has ended. */
  clear(): void {
    for (const { packets } of this.gathered.splice(0)) for (const packet of packets) release(packet?.payload);
    this.isWhole = false;
  }
}
