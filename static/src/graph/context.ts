/** A node's ports as its calculator sees them while it runs. */

import type { CalculatorContext, Port } from "./calculator";
import { release } from "./calculator";
import type { Clock } from "./clock";
import type { NodeConfig } from "./config";
import type { Stream } from "./stream";
import { StreamError } from "./stream";
import type { InputSet } from "./sync_set";
import { TagMap } from "./tag_map";
import * as Timestamp from "./timestamp";

/** Thrown by `require` for an input without a packet: the calculator emits nothing at this timestamp. */
export const MISSING = Symbol("missing input");

/** The run that a node is part of. */
export interface Run {
  readonly clock: Clock;
  /** Whether the run has failed or was ended: what is still emitted goes nowhere. */
  readonly isHalted: boolean;
  /** The stream of this name, made when it is first asked for. */
  stream(name: string): Stream;
  getSide(name: string): unknown;
  hasSide(name: string): boolean;
  setSide(name: string, value: unknown): void;
}

export class Context implements CalculatorContext {
  timestamp = Timestamp.UNSTARTED;
  /** Set by {@link stop}. */
  isStopped = false;
  /** Whether a call of the calculator has failed. */
  hasFailed = false;
  readonly tags: readonly string[];
  readonly inputs: TagMap;
  readonly streams: readonly Stream[];
  readonly given: InputSet = { packets: [], settled: [] };
  private readonly outputs: TagMap;
  private readonly sideInputs: TagMap;
  private readonly sideOutputs: TagMap;

  constructor(
    config: NodeConfig,
    private readonly run: Run,
    /** What the contract promises of its outputs' timestamps: microseconds from the input's, null for nothing. */
    readonly offset: number | null,
  ) {
    this.inputs = new TagMap(config.inputStream);
    this.outputs = new TagMap(config.outputStream);
    this.sideInputs = new TagMap(config.inputSidePacket);
    this.sideOutputs = new TagMap(config.outputSidePacket);
    this.tags = this.inputs.entries.map(({ tag }) => tag);
    this.streams = this.outputs.entries.map(({ name }) => run.stream(name));
  }

  get ports(): readonly Port[] {
    return this.inputs.entries;
  }

  get sidePorts(): readonly Port[] {
    return this.sideInputs.entries;
  }

  get clock(): Clock {
    return this.run.clock;
  }

  input<T>(tag: string): T | undefined {
    return this.inputAt(tag, 0);
  }

  require<T>(tag: string): T {
    const value = this.inputAt<T>(tag, 0);
    // A symbol has no stack to build: this is the usual way of a frame in which nothing was found.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    if (value === undefined) throw MISSING;
    return value;
  }

  inputAt<T>(tag: string, index: number): T | undefined {
    const place = this.inputs.place(tag, index);
    return place === undefined ? undefined : (this.given.packets[place]?.payload as T | undefined);
  }

  inputCount(tag: string): number {
    return this.inputs.count(tag);
  }

  settled(tag: string, index: number): number {
    const place = this.inputs.place(tag, index);
    return place === undefined ? Timestamp.UNSTARTED : (this.given.settled[place] ?? Timestamp.UNSTARTED);
  }

  hasSide(tag: string): boolean {
    return this.sideInputs.count(tag) > 0;
  }

  side<T>(tag: string, index = 0): T {
    const place = this.sideInputs.place(tag, index);
    const name = place === undefined ? undefined : this.sideInputs.entries[place]!.name;
    if (name === undefined || !this.run.hasSide(name)) throw new Error(`the side packet '${tag}' is missing`);
    return this.run.getSide(name) as T;
  }

  outputCount(tag: string): number {
    return this.outputs.count(tag);
  }

  wanted(tag: string): boolean {
    return this.output(tag, 0)?.isWanted ?? false;
  }

  emit(tag: string, value: unknown): void {
    this.give(this.output(tag, 0), this.timestamp, value);
  }

  emitAt(tag: string, index: number, timestamp: number, value: unknown): void {
    this.give(this.output(tag, index), timestamp, value);
  }

  private give(stream: Stream | undefined, timestamp: number, value: unknown): void {
    try {
      if (stream && !this.run.isHalted) {
        if (this.offset !== null) this.keepPromise(stream, timestamp);
        stream.add(timestamp, value);
      }
    } finally {
      release(value);
    }
  }

  private keepPromise(stream: Stream, timestamp: number): void {
    if (timestamp >= Timestamp.plus(this.timestamp, this.offset!)) return;
    const at = `a packet at timestamp ${Timestamp.toDebugString(timestamp)} on the stream '${stream.name}'`;
    throw new StreamError(`${at} comes too late: the calculator's timestamp offset is ${this.offset!}`);
  }

  setNextTimestampBound(tag: string, index: number, timestamp: number): void {
    if (!this.run.isHalted) this.output(tag, index)?.advance(timestamp);
  }

  closeOutput(tag: string, index: number): void {
    if (!this.run.isHalted) this.output(tag, index)?.close();
  }

  emitSide(tag: string, value: unknown, index = 0): void {
    const place = this.sideOutputs.place(tag, index);
    if (place !== undefined) this.run.setSide(this.sideOutputs.entries[place]!.name, value);
  }

  sideOutputCount(tag: string): number {
    return this.sideOutputs.count(tag);
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Settles every timestamp below on all outputs. */
  advanceOutputs(bound: number): void {
    if (this.run.isHalted) return;
    for (const stream of this.streams) stream.advance(bound);
  }

  /** Gives back what the calculator was given. */
  releaseGiven(): void {
    const { packets } = this.given;
    for (let place = 0; place < packets.length; place++) {
      const packet = packets[place];
      packets[place] = undefined;
      if (packet) release(packet.payload);
    }
  }

  /** A calculator with several untagged outputs may also name them by their index, "1". */
  private output(tag: string, index: number): Stream | undefined {
    const place = this.outputs.place(tag, index) ?? (/^\d+$/.test(tag) ? this.outputs.place("", Number(tag)) : undefined);
    return place === undefined ? undefined : this.streams[place];
  }

  /** Forgets a run that has ended, for a new one. */
  reset(): void {
    this.timestamp = Timestamp.UNSTARTED;
    this.isStopped = this.hasFailed = false;
  }
}
