/** The frames that are in the graph: what each of them has brought so far, and when it is done. */

import { Deferred } from "./deferred";
import { isShared } from "./graph/calculator";

/** A frame from its entrance into the graph until its result has been told. */
export class FrameInFlight {
  /** By output stream, the packet that came last; a shared payload is held until {@link release}. */
  readonly outputs = new Map<string, unknown>();
  /** Nodes that were left out. */
  readonly pending: string[] = [];
  /** Resolves when nothing more comes of the frame; rejects with the error that ended the run. */
  readonly done = new Deferred<void>();

  constructor(readonly timestamp: number) {}

  keep(name: string, payload: unknown): void {
    if (isShared(payload)) payload.retain();
    // A stream may bring several packets for one frame: the last one is shown.
    const former = this.outputs.get(name);
    if (isShared(former)) former.release();
    this.outputs.set(name, payload);
  }

  release(): void {
    for (const payload of this.outputs.values()) if (isShared(payload)) payload.release();
    this.outputs.clear();
  }
}

export class FramesInFlight {
  /** By rising timestamps. */
  private frames: FrameInFlight[] = [];
  /** By output stream, the last timestamp for which nothing more comes. */
  private readonly settled: Map<string, number>;

  constructor(outputs: readonly string[]) {
    this.settled = new Map(outputs.map((name) => [name, -Infinity]));
  }

  get size(): number {
    return this.frames.length;
  }

  begin(timestamp: number): FrameInFlight {
    const frame = new FrameInFlight(timestamp);
    this.frames.push(frame);
    return frame;
  }

  /** The frame that something at this timestamp belongs to: the first that is not before it, else the newest. */
  at(timestamp: number): FrameInFlight | undefined {
    return this.frames.find((frame) => frame.timestamp >= timestamp) ?? this.frames.at(-1);
  }

  /** A packet of an output stream. */
  packet(name: string, payload: unknown, timestamp: number): void {
    this.at(timestamp)?.keep(name, payload);
    this.settle(name, timestamp);
  }

  /** An output stream gives nothing more up to this timestamp. */
  settle(name: string, timestamp: number): void {
    this.settled.set(name, timestamp);
    this.finish(Math.min(...this.settled.values()));
  }

  /** What has entered up to this timestamp is done. */
  finish(timestamp: number): void {
    while (this.frames.length > 0 && this.frames[0]!.timestamp <= timestamp) this.frames.shift()!.done.resolve();
  }

  /** The run has ended with an error. */
  fail(error: Error): void {
    for (const frame of this.frames.splice(0)) frame.done.reject(error);
  }

  /** For a new run, whose timestamps may begin anywhere. */
  reset(): void {
    for (const name of this.settled.keys()) this.settled.set(name, -Infinity);
  }
}
