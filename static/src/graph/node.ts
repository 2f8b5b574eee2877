/** One calculator while its graph runs: opened, given packets, closed. */

import type { Calculator, CalculatorContext } from "./calculator";
import { isShared } from "./calculator";
import type { NodeConfig } from "./config";
import { splitName } from "./config";
import { InputQueue, readyTimestamp } from "./stream";
import { MIN } from "./timestamp";

/** A calculator failed: which, and at which timestamp (microseconds). */
export class CalculatorError extends Error {
  override name = "CalculatorError";
  constructor(
    readonly node: string,
    readonly timestamp: number,
    reason: unknown,
  ) {
    const message = reason instanceof Error ? reason.message : String(reason);
    super(`the calculator '${node}' failed at timestamp ${timestamp}: ${message}`);
    if (reason instanceof Error && reason.stack) this.stack = reason.stack;
  }
}

/** Thrown by `require` for an input without a packet: the calculator emits nothing at this timestamp. */
const MISSING = Symbol("missing input");

/** Where a node's packets go. */
export interface Sink {
  emit(stream: string, timestamp: number, payload: unknown): void;
  side: Map<string, unknown>;
  wanted(stream: string): boolean;
}

export class Node implements CalculatorContext {
  /** A queue for each input, with the stream that feeds it (a stream may feed two inputs). */
  readonly queues: { readonly stream: string; readonly queue: InputQueue }[] = [];
  readonly outputs = new Map<string, string>();
  /** Every timestamp below is settled on the outputs. */
  bound = MIN;
  timestamp = MIN;
  readonly tags: string[] = [];
  private readonly inputs = new Map<string, InputQueue>();
  private readonly order: InputQueue[] = [];
  private readonly taken = new Map<InputQueue, unknown>();

  constructor(
    readonly config: NodeConfig,
    private readonly calculator: Calculator,
    private readonly sink: Sink,
  ) {
    config.inputStream.forEach((entry) => {
      this.connect(...splitName(entry));
    });
    [...config.outputStream, ...config.outputSidePacket].forEach((entry, index) => {
      const [tag, name] = splitName(entry);
      this.outputs.set(tag || (index ? String(index) : ""), name);
    });
  }

  private connect(tag: string, stream: string): void {
    const queue = new InputQueue();
    this.inputs.set(tag, queue);
    this.tags.push(tag);
    this.queues.push({ stream, queue });
    this.order.push(queue);
  }

  get name(): string {
    return this.config.name;
  }

  input<T>(tag: string): T | undefined {
    const queue = this.inputs.get(tag);
    return queue && (this.taken.get(queue) as T | undefined);
  }

  require<T>(tag: string): T {
    const value = this.input<T>(tag);
    // A symbol has no stack to build: this is the usual way of a frame in which nothing was found.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    if (value === undefined) throw MISSING;
    return value;
  }

  side<T>(tag: string): T {
    const entry = this.config.inputSidePacket.find((one) => splitName(one)[0] === tag);
    const name = entry === undefined ? undefined : splitName(entry)[1];
    if (name === undefined || !this.sink.side.has(name)) throw new Error(`the side packet '${tag}' is missing`);
    return this.sink.side.get(name) as T;
  }

  wanted(tag: string): boolean {
    const stream = this.outputs.get(tag);
    return stream !== undefined && this.sink.wanted(stream);
  }

  emit(tag: string, value: unknown): void {
    const stream = this.outputs.get(tag);
    if (stream !== undefined) this.sink.emit(stream, this.timestamp, value);
    if (isShared(value)) value.release();
  }

  emitSide(tag: string, value: unknown): void {
    const name = this.outputs.get(tag);
    if (name !== undefined) this.sink.side.set(name, value);
  }

  open(): void | Promise<void> {
    return this.guard(() => this.calculator.open?.(this));
  }

  close(): void | Promise<void> {
    return this.guard(() => this.calculator.close?.(this));
  }

  /** The next timestamp to run at, if there is one. */
  ready(): number | undefined {
    return this.order.length ? readyTimestamp(this.order) : undefined;
  }

  /** The least timestamp that is not yet settled on all inputs. */
  settled(): number {
    return this.order.reduce((least, queue) => Math.min(least, queue.settled()), Infinity);
  }

  /** Runs on the packets at a timestamp. */
  process(timestamp: number): void | Promise<void> {
    this.timestamp = timestamp;
    for (const queue of this.order) this.taken.set(queue, queue.take(timestamp));
    let result: void | Promise<void>;
    try {
      result = this.guard(() => this.calculator.process(this));
    } catch (error) {
      this.releaseTaken();
      throw error;
    }
    if (!(result instanceof Promise)) {
      this.releaseTaken();
      return;
    }
    return result.finally(() => {
      this.releaseTaken();
    });
  }

  /** Forgets everything that waits, for a new run. */
  clear(): void {
    for (const queue of this.order) queue.clear();
    this.bound = MIN;
  }

  private releaseTaken(): void {
    for (const value of this.taken.values()) if (isShared(value)) value.release();
    this.taken.clear();
  }

  private guard(work: () => void | Promise<void>): void | Promise<void> {
    try {
      const result = work();
      return result instanceof Promise ? result.catch(this.fail) : result;
    } catch (error) {
      this.fail(error);
    }
  }

  private readonly fail = (error: unknown): void => {
    if (error === MISSING) return;
    throw error instanceof CalculatorError ? error : new CalculatorError(this.name, this.timestamp, error);
  };
}
