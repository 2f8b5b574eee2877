/** A stream's queue at one consumer: packets in order, and the bound below which no packet can come. */

import { isShared } from "./calculator";
import { ConfigError } from "./config";
import { MIN, nextAllowedInStream } from "./timestamp";

interface Packet {
  readonly timestamp: number;
  readonly payload: unknown;
}

export class InputQueue {
  readonly packets: Packet[] = [];
  /** The least timestamp that a further packet may have. */
  bound = MIN;

  /** Adds a packet, which takes a reference of its own to a shared payload. */
  add(timestamp: number, payload: unknown): void {
    if (timestamp < this.bound) {
      const passed = nextAllowedInStream(this.bound) - 2;
      throw new ConfigError(`a packet at timestamp ${timestamp} comes too late: the stream has passed ${passed}`);
    }
    if (isShared(payload)) payload.retain();
    this.packets.push({ timestamp, payload });
    this.bound = nextAllowedInStream(timestamp);
  }

  advance(bound: number): void {
    if (bound > this.bound) this.bound = bound;
  }

  /** The timestamp of the first packet; where there is none, the least that one may have. */
  settled(): number {
    return this.packets[0]?.timestamp ?? this.bound;
  }

  /** The payload at a timestamp, which leaves the queue with its reference; undefined if there is none. */
  take(timestamp: number): unknown {
    return this.packets[0]?.timestamp === timestamp ? this.packets.shift()!.payload : undefined;
  }

  /** Drops all packets and forgets the bound, for a new run. */
  clear(): void {
    for (const { payload } of this.packets) if (isShared(payload)) payload.release();
    this.packets.length = 0;
    this.bound = MIN;
  }
}

/** The next timestamp for which every input is settled and one has a packet (DefaultInputStreamHandler). */
export function readyTimestamp(queues: readonly InputQueue[]): number | undefined {
  let first = Infinity;
  for (const queue of queues) if (queue.packets.length) first = Math.min(first, queue.settled());
  if (first === Infinity) return undefined;
  for (const queue of queues) if (!queue.packets.length && queue.bound <= first) return undefined;
  return first;
}
