/** One calculator while its graph runs: opened, given packets, closed. */

import type { Calculator, Contract } from "./calculator";
import type { GraphConfig, HandlerConfig, NodeConfig } from "./config";
import type { Run } from "./context";
import { Context, MISSING } from "./context";
import type { InputPolicy } from "./input_policy";
import { inputPolicy } from "./input_policy";
import type { Consumer } from "./input_queue";
import { InputQueue, leastSettled } from "./input_queue";
import type { CallEventType, Recorder } from "./profiler";
import { Readiness } from "./sync_set";
import * as Timestamp from "./timestamp";

/** A calculator failed: which, and at which timestamp (microseconds). */
export class CalculatorError extends Error {
  override name = "CalculatorError";
  constructor(
    readonly node: string,
    readonly timestamp: number,
    reason: unknown,
  ) {
    const message = reason instanceof Error ? reason.message : String(reason);
    super(`the calculator '${node}' failed at timestamp ${Timestamp.toDebugString(timestamp)}: ${message}`);
    if (reason instanceof Error && reason.stack) this.stack = reason.stack;
  }
}

/** What a node asks of the scheduler. */
export interface Host extends Run {
  /** The node has something to do, and waits for its turn. */
  enqueue(node: Node): void;
  /** The node's inputs are settled further: its outputs may be, too. */
  enqueueBound(node: Node): void;
  fail(error: unknown): void;
  stopped(): void;
}

// More than any graph has nodes: to open a node comes before all else (mediapipe/framework/scheduler_queue.h).
const OPEN_FIRST = 2 ** 30;

type Method = "open" | "process" | "close";

const EVENTS: Readonly<Record<Method, CallEventType>> = { open: "OPEN", process: "PROCESS", close: "CLOSE" };

export enum Phase {
  Unopened,
  Idle,
  /** It waits for its turn. */
  Queued,
  Running,
  Closed,
}

export class Node implements Consumer {
  /** Of all nodes that wait for their turn, the one of the least rank goes first. */
  rank: number;
  /** The rank once it is open: nearer to the outputs first, sources last. */
  turn = 0;
  /** Sources of a lower layer run first; a source does not run before its layer does. */
  isActive = false;
  /** How many full queues hold this source back. */
  fullQueues = 0;
  /** Calls of the calculator, and the milliseconds that they took, since these were last set to 0. */
  calls = 0;
  milliseconds = 0;
  readonly queues: readonly InputQueue[];
  /** What the calculator's next call sees. */
  context: Context;
  protected readonly policy: InputPolicy;
  protected readonly offset: number | null;
  phase = Phase.Unopened;
  protected mustClose = false;
  /** Every timestamp below is known to be settled on the outputs. */
  private bound = Timestamp.PRE_STREAM;

  constructor(
    readonly id: number,
    readonly config: NodeConfig,
    graph: GraphConfig,
    contract: Contract,
    private readonly calculator: Calculator,
    protected readonly host: Host,
  ) {
    this.rank = id - OPEN_FIRST;
    this.offset = this.isSource ? null : (contract.timestampOffset ?? null);
    this.context = this.newContext();
    this.queues = this.context.inputs.entries.map(({ name }) => {
      const queue = new InputQueue(name, this);
      host.stream(name).readers.push(queue);
      return queue;
    });
    this.policy = inputPolicy(handlerOf(config, contract, graph), this.policyInputs(contract));
  }

  protected newContext(): Context {
    return new Context(this.config, this.host, this.offset);
  }

  private policyInputs(contract: Contract): Parameters<typeof inputPolicy>[1] {
    const processBounds = contract.processTimestampBounds ?? false;
    return { queues: this.queues, tags: this.context.inputs, processBounds };
  }

  get name(): string {
    return this.config.name;
  }

  /** From now on tells what the node does; with undefined, nobody is told. */
  set recorder(recorder: Recorder | undefined) {
    this.context.recorder = recorder;
    for (const queue of this.queues) queue.watcher = recorder;
    for (const stream of this.context.streams) stream.watcher = recorder;
  }

  /** Calls of the calculator that are running, or prepared. */
  get inFlight(): number {
    return this.phase === Phase.Queued || this.phase === Phase.Running ? 1 : 0;
  }

  get isSource(): boolean {
    return this.config.inputStream.length === 0;
  }

  get isClosed(): boolean {
    return this.phase === Phase.Closed;
  }

  get isOpened(): boolean {
    return this.phase !== Phase.Unopened && this.phase !== Phase.Closed;
  }

  /** The inputs that keep an open node from its next call. */
  missing(): readonly InputQueue[] {
    return this.policy.missing?.() ?? leastSettled(this.queues);
  }

  /** A packet or a bound has come to an input. */
  arrived(): void {
    this.policy.arrived?.();
    if (this.phase === Phase.Idle) this.evaluate();
    else if (this.phase === Phase.Closed) this.dropWaiting();
  }

  /** Looks whether there is anything to do now. */
  evaluate(): void {
    if (this.phase !== Phase.Idle || this.host.isHalted) return;
    if (this.mustClose) this.queue();
    else if (!this.isSource) this.evaluateInputs();
    else if (this.isActive && this.fullQueues === 0) this.queue();
  }

  private evaluateInputs(): void {
    try {
      const readiness = this.policy.readiness();
      if (readiness === Readiness.NotReady) {
        if (this.offset !== null) this.host.enqueueBound(this);
        return;
      }
      if (readiness === Readiness.ForClose) this.mustClose = true;
      else if (!this.policy.fillsLate) this.fill();
      this.queue();
    } catch (error) {
      this.fail(this.context, error);
    }
  }

  private fill(): void {
    this.context.timestamp = this.policy.fill(this.context.given);
  }

  protected queue(): void {
    this.phase = Phase.Queued;
    this.host.enqueue(this);
  }

  /** Closes the node as soon as it can be: a source of a run that stops. */
  closeSoon(): void {
    this.mustClose = true;
    this.evaluate();
  }

  /** Moves the outputs' bounds after the inputs': called once for all the bounds that have come. */
  propagate(): void {
    if (this.phase !== Phase.Idle || this.offset === null || this.policy.timestamp <= this.bound) return;
    this.bound = this.policy.timestamp;
    this.context.advanceOutputs(Timestamp.plus(this.bound, this.offset));
  }

  /** Does what it waits to do; a promise only where the calculator gives one. */
  run(): void | Promise<void> {
    if (this.phase === Phase.Unopened) return this.call("open", this.context);
    this.phase = Phase.Running;
    if (this.mustClose) return this.close();
    if (this.isSource) this.context.timestamp = 0;
    else if (this.policy.fillsLate) this.fill();
    return this.process();
  }

  protected process(): void | Promise<void> {
    return this.call("process", this.context);
  }

  private close(): void | Promise<void> {
    this.context.timestamp = Timestamp.DONE;
    return this.call("close", this.context);
  }

  protected call(method: Method, context: Context): void | Promise<void> {
    const start = performance.now();
    try {
      const result = this.calculator[method]?.(context);
      if (result instanceof Promise) return this.later(method, context, result, start);
    } catch (error) {
      this.failed(context, error);
    }
    this.called(method, context, start);
  }

  private async later(method: Method, context: Context, result: Promise<void>, start: number): Promise<void> {
    try {
      await result;
    } catch (error) {
      this.failed(context, error);
    }
    this.called(method, context, start);
  }

  private called(method: Method, context: Context, start: number): void {
    const duration = performance.now() - start;
    this.calls++;
    this.milliseconds += duration;
    context.recorder?.called(EVENTS[method], context.timestamp, start, duration);
    if (method === "process") this.processed(context);
    else if (method === "open") this.opened();
    else this.closed();
  }

  /** A calculator whose Open failed is not closed; as in MediaPipe. */
  private opened(): void {
    this.rank = this.turn;
    this.context.advanceOutputs(Timestamp.UNSET);
    this.phase = this.context.hasFailed ? Phase.Closed : Phase.Idle;
    this.evaluate();
  }

  protected processed(context: Context): void {
    this.finish(context, this.policy.isOpen ?? false);
    this.phase = Phase.Idle;
    this.evaluate();
  }

  /** Ends a call: `isOpen` says that it settles nothing. */
  protected finish(context: Context, isOpen: boolean): void {
    context.releaseGiven();
    const { offset } = this;
    const settled = offset === null || isOpen ? Timestamp.UNSET : Timestamp.nextAllowedInStream(context.timestamp);
    context.advanceOutputs(Timestamp.plus(settled, offset ?? 0));
    // Without any stream there is nothing to call it for again: it makes side packets.
    if (this.isSource && !context.streams.length) context.isStopped = true;
    if (context.isStopped) this.stopped(context);
  }

  private stopped(context: Context): void {
    context.isStopped = false;
    if (this.isSource) this.mustClose = true;
    else this.host.stopped();
  }

  private closed(): void {
    this.phase = Phase.Closed;
    this.context.advanceOutputs(Timestamp.DONE);
    this.dropWaiting();
  }

  /** Closes the calculator of a run that has ended, if it was opened. */
  async abort(): Promise<void> {
    const { isOpened } = this;
    this.context.releaseGiven();
    this.context.timestamp = Timestamp.DONE;
    if (isOpened) await this.call("close", this.context);
    else this.closed();
  }

  /** Forgets everything of a run that has ended, for a new one. */
  reset(): void {
    this.phase = Phase.Unopened;
    this.mustClose = this.isActive = false;
    this.fullQueues = 0;
    this.rank = this.id - OPEN_FIRST;
    this.bound = Timestamp.PRE_STREAM;
    this.context.reset();
  }

  private dropWaiting(): void {
    this.policy.clear?.();
    for (const queue of this.queues) queue.clear();
  }

  protected failed(context: Context, error: unknown): void {
    if (error === MISSING) return;
    context.hasFailed = true;
    this.fail(context, error);
  }

  private fail({ timestamp }: Context, error: unknown): void {
    const known = error instanceof CalculatorError;
    this.host.fail(known ? error : new CalculatorError(this.name, timestamp, error));
  }
}

function handlerOf(config: NodeConfig, contract: Contract, graph: GraphConfig): HandlerConfig {
  if (config.inputStreamHandler) return config.inputStreamHandler;
  if (graph.inputStreamHandler) return graph.inputStreamHandler;
  return { inputStreamHandler: contract.inputStreamHandler ?? "DefaultInputStreamHandler", options: {} };
}
