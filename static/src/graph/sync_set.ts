/** Inputs that are synchronised with each other: MediaPipe's SyncSet (mediapipe/framework/input_stream_handler.h). */

import type { InputQueue } from "./input_queue";
import type { Packet } from "./stream";
import * as Timestamp from "./timestamp";

export enum Readiness {
  NotReady,
  ForProcess,
  ForClose,
}

/** What a calculator is given in one call, by its inputs' places. */
export interface InputSet {
  readonly packets: (Packet | undefined)[];
  /** The greatest timestamp that is settled on each. */
  readonly settled: number[];
}

/** The last timestamp that can be settled, once an input is done. */
export const LAST = Timestamp.previousAllowedInStream(Timestamp.DONE);

export class SyncSet {
  /** What {@link readiness} found: the timestamp to process; if it is not ready, the least that may come. */
  timestamp = Timestamp.PRE_STREAM;
  lastProcessed = Timestamp.UNSTARTED;
  private leastPacket = Timestamp.DONE;
  private leastBound = Timestamp.DONE;

  /** `places` are the inputs of this set; with `processBounds`, settled timestamps without packets count too. */
  constructor(
    private readonly queues: readonly InputQueue[],
    private readonly places: readonly number[],
    private readonly processBounds: boolean,
  ) {}

  readiness(): Readiness {
    this.measure();
    this.timestamp = Math.min(this.leastPacket, this.leastBound);
    // As in MediaPipe: where nothing can come any more, closed or not, there is nothing to wait for.
    if (this.timestamp >= Timestamp.ONE_OVER_POST_STREAM) {
      this.timestamp = Timestamp.DONE;
      this.lastProcessed = LAST;
      return Readiness.ForClose;
    }
    return this.processBounds ? this.boundReadiness() : this.packetReadiness();
  }

  private measure(): void {
    this.leastPacket = this.leastBound = Timestamp.DONE;
    for (const place of this.places) {
      const queue = this.queues[place]!;
      const timestamp = queue.timestampOrBound;
      if (queue.isEmpty) this.leastBound = Math.min(this.leastBound, timestamp);
      else this.leastPacket = Math.min(this.leastPacket, timestamp);
    }
  }

  private packetReadiness(): Readiness {
    if (this.leastBound <= this.leastPacket) return Readiness.NotReady;
    this.lastProcessed = this.timestamp;
    return Readiness.ForProcess;
  }

  private boundReadiness(): Readiness {
    const settled = Math.min(this.leastPacket, Timestamp.previousAllowedInStream(this.leastBound));
    if (settled <= this.lastProcessed) return Readiness.NotReady;
    this.lastProcessed = this.timestamp = settled;
    return Readiness.ForProcess;
  }

  /** Takes the packets of this set at a timestamp. */
  fill(timestamp: number, inputs: InputSet): void {
    for (const place of this.places) {
      const queue = this.queues[place]!;
      const packet = queue.take(timestamp);
      inputs.packets[place] = packet;
      inputs.settled[place] = packet ? timestamp : Timestamp.previousAllowedInStream(queue.timestampOrBound);
    }
  }

  /** Says how far this set is settled, where another one is processed. */
  fillBounds(inputs: InputSet): void {
    for (const place of this.places) {
      inputs.packets[place] = undefined;
      inputs.settled[place] = Timestamp.previousAllowedInStream(this.queues[place]!.timestampOrBound);
    }
  }
}
