/** A stream: where its packets go, and the bound below which no further packet can come. */

import { retained } from "./calculator";
import type { InputQueue } from "./input_queue";
import * as Timestamp from "./timestamp";

export interface Packet {
  readonly timestamp: number;
  readonly payload: unknown;
}

/** Sees every packet of a stream; a shared payload that it keeps, it must retain. */
export type Observer = (payload: unknown, timestamp: number) => void;

/** Told of every packet of a stream, while somebody profiles the graph. */
export interface StreamWatcher {
  created(stream: string, timestamp: number): void;
}

/** A packet or a bound that a stream cannot take. */
export class StreamError extends Error {
  override name = "StreamError";
}

/** The error of a bound that takes back what another promised. */
export function lowerBound(stream: Stream, bound: number, present: number): StreamError {
  const [asked, promised] = [Timestamp.toDebugString(bound), Timestamp.toDebugString(present)];
  return new StreamError(`the bound ${asked} of the stream '${stream.name}' is below the present one, ${promised}`);
}

export class Stream {
  /** The least timestamp that a further packet may have; Done once the stream is closed. */
  bound = Timestamp.PRE_STREAM;
  readonly readers: InputQueue[] = [];
  watcher: StreamWatcher | undefined;
  private readonly observers: Observer[] = [];
  private readonly boundObservers: ((timestamp: number) => void)[] = [];
  private lastSeen = Timestamp.UNSTARTED;
  private hasPackets = false;

  constructor(readonly name: string) {}

  get isClosed(): boolean {
    return this.bound === Timestamp.DONE;
  }

  get isWanted(): boolean {
    return this.readers.length + this.observers.length > 0;
  }

  /** `onBound`, if given, sees the timestamps that are settled without a packet. */
  observe(observer: Observer, onBound?: (timestamp: number) => void): void {
    this.observers.push(observer);
    if (onBound) this.boundObservers.push(onBound);
  }

  /** Gives a packet to everyone who reads here; each takes a reference of its own to a shared payload. */
  add(timestamp: number, payload: unknown): void {
    this.check(timestamp);
    this.lastSeen = timestamp;
    this.hasPackets = true;
    this.bound = Timestamp.nextAllowedInStream(timestamp);
    this.watcher?.created(this.name, timestamp);
    for (const observer of this.observers) observer(payload, timestamp);
    if (!this.readers.length) return;
    const packet = { timestamp, payload };
    for (const queue of this.readers) {
      retained(payload);
      queue.add(packet, this.bound);
    }
  }

  private check(timestamp: number): void {
    const isAlone = timestamp !== Timestamp.POST_STREAM || !this.hasPackets;
    if (timestamp >= this.bound && Timestamp.isAllowedInStream(timestamp) && isAlone) return;
    const at = `a packet at timestamp ${Timestamp.toDebugString(timestamp)} on the stream '${this.name}'`;
    if (this.isClosed) throw new StreamError(`${at} comes after the stream was closed`);
    if (!Timestamp.isAllowedInStream(timestamp)) {
      throw new StreamError(`${at} has a timestamp that no packet may have; give a whole number of microseconds`);
    }
    if (!isAlone) throw new StreamError(`${at} must be the only packet of its stream`);
    const bound = Timestamp.toDebugString(this.bound);
    throw new StreamError(`${at} comes too late: the next may be at ${bound} at the earliest; timestamps must rise`);
  }

  /** Settles every timestamp below `bound`; a bound that has been passed already changes nothing. */
  advance(bound: number): void {
    if (bound <= this.bound) return;
    this.bound = bound;
    for (const queue of this.readers) queue.advance(bound);
    const settled = Timestamp.previousAllowedInStream(bound);
    // The end of a stream is no timestamp: MediaPipe's observers do not see it either.
    if (settled <= this.lastSeen || bound === Timestamp.DONE) return;
    this.lastSeen = settled;
    for (const observer of this.boundObservers) observer(settled);
  }

  close(): void {
    this.advance(Timestamp.DONE);
  }

  /** Forgets the bound, for a new run. */
  reset(): void {
    this.bound = Timestamp.PRE_STREAM;
    this.lastSeen = Timestamp.UNSTARTED;
    this.hasPackets = false;
  }
}
