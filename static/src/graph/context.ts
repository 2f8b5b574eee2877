/** A node's ports as its calculator sees them while it runs. */

import type { CalculatorContext, Port } from "./calculator";
import { release } from "./calculator";
import type { Clock } from "./clock";
import type { NodeConfig } from "./config";
import type { Recorder } from "./profiler";
import type { Stream } from "./stream";
import { lowerBound, StreamError } from "./stream";
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
  /** Told what happens here, while somebody profiles the graph. */
  recorder: Recorder | undefined;
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
  /** The bounds that this call of the calculator has set: they are told when it is over, with its offset's. */
  private readonly bounds: number[];
  private hasBounds = false;

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
    this.bounds = this.streams.map(() => Timestamp.UNSET);
  }

  get ports(): readonly Port[] {
    return this.inputs.entries;
  }

  get sidePorts(): readonly Port[] {
    return this.sideInputs.entries;
  }

  get sideOutputPorts(): readonly Port[] {
    return this.sideOutputs.entries;
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

  onDrop(tag: string, index: number, timestamp: number): void {
    const place = this.inputs.place(tag, index);
    if (place !== undefined) this.recorder?.dropped(this.inputs.entries[place]!.name, timestamp);
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
    const place = this.output(tag, 0);
    return place !== undefined && this.streams[place]!.isWanted;
  }

  emit(tag: string, value: unknown): void {
    this.give(this.output(tag, 0), this.timestamp, value);
  }

  emitAt(tag: string, index: number, timestamp: number, value: unknown): void {
    this.give(this.output(tag, index), timestamp, value);
  }

  protected give(place: number | undefined, timestamp: number, value: unknown): void {
    try {
      if (place !== undefined && !this.run.isHalted) {
        if (this.offset !== null || this.hasBounds) this.keepPromises(place, timestamp);
        this.streams[place]!.add(timestamp, value);
      }
    } finally {
      release(value);
    }
  }

  private keepPromises(place: number, timestamp: number): void {
    const isPromised = this.offset !== null && this.timestamp !== Timestamp.DONE;
    const least = isPromised ? Timestamp.plus(this.timestamp, this.offset) : Timestamp.UNSET;
    if (timestamp >= least && timestamp >= this.bounds[place]!) return;
    const at = `a packet at timestamp ${Timestamp.toDebugString(timestamp)} on the stream '${this.streams[place]!.name}'`;
    if (timestamp < least) throw new StreamError(`${at} comes too late: the timestamp offset is ${this.offset!}`);
    throw new StreamError(`${at} comes too late: the bound was set to ${Timestamp.toDebugString(this.bounds[place]!)}`);
  }

  setNextTimestampBound(tag: string, index: number, timestamp: number): void {
    const place = this.output(tag, index);
    if (place === undefined || this.run.isHalted) return;
    const present = this.nextTimestampBound(tag, index);
    // With an offset, how far the bound has come depends on what has arrived: the greater of both counts.
    if (timestamp < present && this.offset !== null) return;
    if (timestamp < present) throw lowerBound(this.streams[place]!, timestamp, present);
    this.bounds[place] = timestamp;
    this.hasBounds = true;
  }

  nextTimestampBound(tag: string, index: number): number {
    const place = this.output(tag, index);
    return place === undefined ? Timestamp.DONE : Math.max(this.streams[place]!.bound, this.bounds[place]!);
  }

  closeOutput(tag: string, index: number): void {
    const place = this.output(tag, index);
    if (place !== undefined && !this.run.isHalted) this.streams[place]!.close();
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

  /** Settles every timestamp below on all outputs, and what the calculator's own bounds say. */
  advanceOutputs(bound: number): void {
    if (this.hasBounds) {
      this.advanceFurther(bound);
      return;
    }
    if (!this.run.isHalted) for (const stream of this.streams) stream.advance(bound);
  }

  private advanceFurther(bound: number): void {
    this.hasBounds = false;
    for (const [place, stream] of this.streams.entries()) {
      const own = this.bounds[place]!;
      this.bounds[place] = Timestamp.UNSET;
      if (!this.run.isHalted) stream.advance(Math.max(own, bound));
    }
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
  private output(tag: string, index: number): number | undefined {
    return this.outputs.place(tag, index) ?? (/^\d+$/.test(tag) ? this.outputs.place("", Number(tag)) : undefined);
  }

  /** Forgets a run that has ended, for a new one. */
  reset(): void {
    this.timestamp = Timestamp.UNSTARTED;
    this.isStopped = this.hasFailed = this.hasBounds = false;
    this.bounds.fill(Timestamp.UNSET);
  }
}
