/** A stream's queue at one consumer: packets in order, and the bound below which no packet can come. */

import { release } from "./calculator";
import type { Packet } from "./stream";
import * as Timestamp from "./timestamp";

/** The node at the end of a queue. */
export interface Consumer {
  /** Called when a packet or a bound has come. */
  arrived(): void;
}

/** Told when a queue reaches its limit, and when it falls below. */
export interface Throttle {
  filled(queue: InputQueue): void;
  drained(queue: InputQueue): void;
}

export type QueueEventType = "PACKET_QUEUED" | "PACKET_TAKEN" | "PACKET_DROPPED" | "THROTTLED" | "UNTHROTTLED";

/** Told of what happens to a queue, while somebody profiles the graph; the timestamp is the packet's. */
export interface QueueWatcher {
  moved(eventType: QueueEventType, queue: InputQueue, timestamp: number): void;
}

export class InputQueue {
  /** The least timestamp that a further packet may have. */
  bound = Timestamp.PRE_STREAM;
  /** How many packets fill the queue; Infinity: no limit. */
  limit = Infinity;
  isFull = false;
  throttle: Throttle | undefined;
  watcher: QueueWatcher | undefined;
  private readonly packets: (Packet | undefined)[] = [];
  // Packets before it are gone: taking the first one does not move the others.
  private head = 0;

  constructor(
    readonly stream: string,
    private readonly consumer: Consumer,
  ) {}

  get length(): number {
    return this.packets.length - this.head;
  }

  get isEmpty(): boolean {
    return this.packets.length === this.head;
  }

  get isDone(): boolean {
    return this.isEmpty && this.bound === Timestamp.DONE;
  }

  /** The packet `index` places behind the first. */
  at(index: number): Packet | undefined {
    return this.packets[this.head + index];
  }

  /** The timestamp of the first packet; where there is none, the least that one may have. */
  get timestampOrBound(): number {
    return this.packets[this.head]?.timestamp ?? this.bound;
  }

  add(packet: Packet, bound: number): void {
    this.packets.push(packet);
    this.bound = bound;
    this.watcher?.moved("PACKET_QUEUED", this, packet.timestamp);
    if (this.length >= this.limit) this.fill();
    this.consumer.arrived();
  }

  advance(bound: number): void {
    this.bound = bound;
    this.consumer.arrived();
  }

  /** The first packet, which leaves the queue with its reference. */
  shift(): Packet | undefined {
    return this.remove("PACKET_TAKEN");
  }

  private remove(eventType: QueueEventType): Packet | undefined {
    const packet = this.packets[this.head];
    if (packet === undefined) return undefined;
    this.packets[this.head++] = undefined;
    this.compact();
    this.watcher?.moved(eventType, this, packet.timestamp);
    if (this.isFull && this.length < this.limit) this.drain();
    return packet;
  }

  /** The packet at a timestamp, which leaves the queue with its reference; earlier ones are dropped. */
  take(timestamp: number): Packet | undefined {
    this.dropBefore(timestamp);
    return this.packets[this.head]?.timestamp === timestamp ? this.shift() : undefined;
  }

  dropBefore(timestamp: number): void {
    for (let first = this.at(0); first && first.timestamp < timestamp; first = this.at(0)) {
      release(this.remove("PACKET_DROPPED")!.payload);
    }
  }

  /** Drops all packets and forgets the bound, for a new run. */
  clear(): void {
    while (!this.isEmpty) release(this.remove("PACKET_DROPPED")!.payload);
    this.bound = Timestamp.PRE_STREAM;
  }

  /** Lets one packet more in than wait now, so that what is stuck can go on. */
  grow(): void {
    this.limit = this.length + 1;
    if (this.isFull) this.drain();
  }

  private fill(): void {
    if (this.isFull) return;
    this.isFull = true;
    this.watcher?.moved("THROTTLED", this, Timestamp.UNSET);
    this.throttle?.filled(this);
  }

  private drain(): void {
    this.isFull = false;
    this.watcher?.moved("UNTHROTTLED", this, Timestamp.UNSET);
    this.throttle?.drained(this);
  }

  private compact(): void {
    if (this.head === this.packets.length) this.packets.length = this.head = 0;
    else if (this.head >= 64 && this.head * 2 >= this.packets.length) {
      this.packets.splice(0, this.head);
      this.head = 0;
    }
  }
}

/** The empty inputs that are settled least far. */
export function leastSettled(queues: readonly InputQueue[]): InputQueue[] {
  const empty = queues.filter((queue) => queue.isEmpty && !queue.isDone);
  const least = Math.min(...empty.map(({ bound }) => bound));
  return empty.filter(({ bound }) => bound === least);
}
