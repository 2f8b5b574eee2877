/** What a calculator is: made from its options, opened, given packets timestamp by timestamp, closed. */

import type { Clock } from "./clock";
import type { NodeConfig } from "./config";

/** A payload that lives outside JavaScript's heap: counted, and given back when nothing holds it. */
export interface Shared {
  retain(): void;
  release(): void;
}

export function isShared(value: unknown): value is Shared {
  return typeof value === "object" && value !== null && "retain" in value && "release" in value;
}

/** The payload with a reference more, for whoever keeps it or emits it again. */
export function retained<T>(payload: T): T {
  if (isShared(payload)) payload.retain();
  return payload;
}

export function release(payload: unknown): void {
  if (isShared(payload)) payload.release();
}

/** An input or output of a node. */
export interface Port {
  readonly tag: string;
  readonly index: number;
}

/**
 * What a calculator sees while it runs. Ports go by their tag, "" for none, and their index under that tag.
 *
 * What it emits it gives away, with one reference to a {@link Shared} payload; what it is given stays the
 * graph's, so a payload that is emitted again or kept must be {@link retained}.
 */
export interface CalculatorContext {
  /** MediaPipe's InputTimestamp: Unstarted in `open`, Done in `close`, for a source 0. */
  readonly timestamp: number;
  /** The tags of the connected inputs, one for each. */
  readonly tags: readonly string[];
  /** The connected inputs in the order of the config. */
  readonly ports: readonly Port[];
  readonly clock: Clock;
  /** The packet at this timestamp, or undefined if this stream has none. */
  input<T>(tag: string): T | undefined;
  /** Like {@link input}, where the calculator cannot do without. */
  require<T>(tag: string): T;
  inputAt<T>(tag: string, index: number): T | undefined;
  /** How many inputs have this tag; their indices are below. */
  inputCount(tag: string): number;
  /** The greatest timestamp that is settled on this input: that of its packet, if it has one now. */
  settled(tag: string, index: number): number;
  side<T>(tag: string, index?: number): T;
  /** The connected input side packets in the order of the config. */
  readonly sidePorts: readonly Port[];
  /** The connected output side packets in the order of the config. */
  readonly sideOutputPorts: readonly Port[];
  hasSide(tag: string): boolean;
  outputCount(tag: string): number;
  /** Whether anything reads this output. */
  wanted(tag: string): boolean;
  /** Emits at the input timestamp. */
  emit(tag: string, value: unknown): void;
  /** Throws if the output's bound has passed this timestamp. */
  emitAt(tag: string, index: number, timestamp: number, value: unknown): void;
  /** Promises that no packet below this timestamp comes; without an offset, throws if that takes back a promise. */
  setNextTimestampBound(tag: string, index: number, timestamp: number): void;
  /** The least timestamp that the output's next packet may have; Done once it is closed, or where there is none. */
  nextTimestampBound(tag: string, index: number): number;
  closeOutput(tag: string, index: number): void;
  /** Says that the calculator drops a packet of this input for want of time; a profiler listens there. */
  onDrop(tag: string, index: number, timestamp: number): void;
  emitSide(tag: string, value: unknown, index?: number): void;
  sideOutputCount(tag: string): number;
  /** StatusStop: a source is closed; any other calculator closes all sources and the graph's inputs. */
  stop(): void;
}

export interface Calculator {
  open?(context: CalculatorContext): void | Promise<void>;
  process(context: CalculatorContext): void | Promise<void>;
  close?(context: CalculatorContext): void | Promise<void>;
}

/** A calculator's fields by MediaPipe's option names, as they stand in the config: fields left out are absent. */
export type Options = Readonly<Record<string, unknown>>;

/** What MediaPipe's GetContract states beside the ports. */
export interface Contract {
  /** Its outputs' bounds follow its inputs', so many microseconds later; null (the default): they do not. */
  readonly timestampOffset?: number | null;
  /** Whether `process` also runs for timestamps that are settled without a packet. */
  readonly processTimestampBounds?: boolean;
  /** The input policy, unless the config names one. */
  readonly inputStreamHandler?: string;
}

/** A kind of calculator, by MediaPipe's name; `S` is what it needs of the outside (kernels, an engine). */
export interface CalculatorType<S> {
  readonly name: string;
  /** Left out: emits at its input's timestamps, as with an offset of 0. */
  readonly contract?: Contract | ((node: NodeConfig) => Contract);
  create(options: Options, services: S, node: string): Calculator;
}
