/**
 * Runs a graph in one thread: packets in, packets out.
 *
 * A node runs when its input policy says so, by MediaPipe's priority (mediapipe/framework/scheduler_queue.h): opening
 * before processing, nodes near the outputs before those near the inputs, sources last. A calculator that gives a
 * promise holds up only what needs its output. A node that emits nothing at a timestamp still moves its outputs'
 * bound, if its contract has an offset, so that what waits for it can go on.
 */

import type { CalculatorType, Contract } from "./calculator";
import { release } from "./calculator";
import type { Clock } from "./clock";
import { REAL_CLOCK } from "./clock";
import type { GraphConfig, NodeConfig } from "./config";
import { ConfigError } from "./config";
import { Entrance } from "./entrance";
import { located } from "./located";
import type { Host } from "./node";
import { Node } from "./node";
import { ReadyQueue } from "./ready_queue";
import { check } from "./rules";
import { SourceLayers } from "./source_layers";
import type { Observer } from "./stream";
import { Stream, StreamError } from "./stream";
import { splitEntries } from "./tag_map";
import { Throttling } from "./throttle";
import { nextAllowedInStream, toDebugString } from "./timestamp";

export type { Observer } from "./stream";

// What MediaPipe's calculators that emit at their input's timestamps state.
const SAME_TIMESTAMP: Contract = { timestampOffset: 0 };

export class Scheduler<S> implements Host {
  /** Whether there is no run, or it has failed or was ended: nothing is run any more, and what is emitted goes nowhere. */
  isHalted = true;
  private readonly nodes: readonly Node[];
  private readonly streams = new Map<string, Stream>();
  private readonly entrances: ReadonlyMap<string, Entrance>;
  private readonly throttling: Throttling;
  private readonly layers: SourceLayers;
  private readonly ready = new ReadyQueue<Node>();
  private side = new Map<string, unknown>();
  private unopened: Node[] = [];
  private bounds: Node[] = [];
  private opened: Node[] = [];
  private isPumping = false;
  /** Calculators that have given a promise. */
  private running = 0;
  private waiting: (() => void)[] = [];
  private failure: { readonly error: unknown } | undefined;
  private ending: Promise<void> | undefined;

  /** Throws a {@link ConfigError} that names every rule that the config breaks. */
  constructor(
    private readonly config: GraphConfig,
    types: readonly CalculatorType<S>[],
    services: S,
    readonly clock: Clock = REAL_CLOCK,
  ) {
    const byName = new Map(types.map((type) => [type.name, type]));
    const order = check(config, new Set(byName.keys()));
    this.entrances = new Map(
      splitEntries(config.inputStream).map(({ name }) => [name, new Entrance(this.stream(name))]),
    );
    this.nodes = order.map((node, id) => this.makeNode(id, node, byName.get(node.calculator)!, services));
    this.layers = new SourceLayers(this.nodes);
    this.throttling = new Throttling(config, this.nodes, this.entrances);
  }

  private makeNode(id: number, node: NodeConfig, type: CalculatorType<S>, services: S): Node {
    const { contract = SAME_TIMESTAMP } = type;
    const stated = typeof contract === "function" ? located(node, () => contract(node)) : contract;
    return new Node(id, node, this.config, stated, type.create(node.options, services, node.name), this);
  }

  stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (!stream) this.streams.set(name, (stream = new Stream(name)));
    return stream;
  }

  /** Throws a {@link ConfigError} if the graph has no stream of this name. */
  requireStream(name: string): void {
    if (this.streams.has(name)) return;
    const known = [...this.streams.keys()].map((one) => `'${one}'`).join(", ");
    throw new ConfigError(`the graph has no stream '${name}'; it has ${known || "none"}`);
  }

  /** `onBound`, if given, sees the timestamps that are settled without a packet. */
  observe(stream: string, observer: Observer, onBound?: (timestamp: number) => void): void {
    this.stream(stream).observe(observer, onBound);
  }

  /** Milliseconds that each node took since this was last asked. */
  takeMilliseconds(): Record<string, number> {
    const taken: Record<string, number> = {};
    for (const node of this.nodes) {
      if (node.calls) taken[node.name] = (taken[node.name] ?? 0) + node.milliseconds;
      node.calls = node.milliseconds = 0;
    }
    return taken;
  }

  hasSide(name: string): boolean {
    return this.side.has(name);
  }

  getSide(name: string): unknown {
    return this.side.get(name);
  }

  /** Throws if it is set already: a side packet is set once a run. */
  setSide(name: string, value: unknown): void {
    if (this.side.has(name)) throw new Error(`the side packet '${name}' is set already; it may be set once a run`);
    this.side.set(name, value);
    this.openAble();
  }

  /** Opens every calculator, those that make side packets before those that take them. */
  async open(side: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.reset(new Map(Object.entries(side)));
    this.requireSidePackets();
    this.openAble();
    this.layers.activate();
    await this.idle();
  }

  private reset(side: Map<string, unknown>): void {
    this.isHalted = false;
    this.failure = this.ending = undefined;
    this.side = side;
    this.opened = [];
    for (const stream of this.streams.values()) stream.reset();
    for (const node of this.nodes) node.reset();
    this.throttling.reset();
    this.unopened = [...this.nodes];
  }

  private requireSidePackets(): void {
    const made = new Set(this.nodes.flatMap(({ config }) => splitEntries(config.outputSidePacket).map((one) => one.name)));
    for (const { config } of this.nodes) {
      const missing = splitEntries(config.inputSidePacket).find(({ name }) => !made.has(name) && !this.side.has(name));
      if (missing) throw new ConfigError(`'${config.name}' takes a side packet that nothing makes: '${missing.name}'`);
    }
  }

  private openAble(): void {
    const { unopened } = this;
    this.unopened = [];
    for (const node of unopened) {
      const isAble = splitEntries(node.config.inputSidePacket).every(({ name }) => this.side.has(name));
      if (isAble) this.ready.push(node);
      else this.unopened.push(node);
    }
  }

  /** Feeds the inputs at one timestamp and runs until nothing is left to do; takes over a reference to each. */
  async add(timestamp: number, payloads: Readonly<Record<string, unknown>>): Promise<void> {
    try {
      this.requireRunning();
      for (const name of Object.keys(payloads)) this.requireLater(this.entrance(name).stream, timestamp);
      for (const [name, payload] of Object.entries(payloads)) this.stream(name).add(timestamp, payload);
      for (const { stream } of this.entrances.values()) stream.advance(nextAllowedInStream(timestamp));
    } finally {
      for (const payload of Object.values(payloads)) release(payload);
    }
    await this.idle();
  }

  /** Throws the error that ended the run, or that there is none. */
  requireRunning(): void {
    if (this.failure) throw this.failure.error;
    if (this.isHalted) throw new ConfigError("the graph is not running; start it first");
  }

  private requireLater(stream: Stream, timestamp: number): void {
    if (timestamp < stream.bound) throw new ConfigError(`timestamp ${timestamp} is not later than the last one`);
  }

  /** Adds one packet to an input and runs what can run; takes over its reference. What it throws ends the run. */
  addPacket(name: string, timestamp: number, payload: unknown): void {
    try {
      this.requireRunning();
      const { stream } = this.entrance(name);
      this.orFail(() => {
        stream.add(timestamp, payload);
      });
    } finally {
      release(payload);
    }
    this.pump();
  }

  private orFail(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
      this.pump();
      throw error;
    }
  }

  /** Promises that no packet below this timestamp comes to an input. */
  advanceInput(name: string, bound: number): void {
    const { stream } = this.entrance(name);
    this.orFail(() => {
      requireBound(stream, bound);
    });
    stream.advance(bound);
    this.pump();
  }

  closeInput(name: string): void {
    this.entrance(name).stream.close();
    this.pump();
  }

  /** Closes all sources and all inputs of the graph. */
  closeSources(): void {
    this.stopped();
    this.pump();
  }

  /** The graph's input of this name; throws a {@link ConfigError} if there is none. */
  entrance(name: string): Entrance {
    const entrance = this.entrances.get(name);
    if (entrance) return entrance;
    const known = [...this.entrances.keys()].map((one) => `'${one}'`).join(", ");
    throw new ConfigError(`the graph has no input '${name}'; it has ${known || "none"}`);
  }

  /** StatusStop: no source and no input of the graph gives anything more. */
  stopped(): void {
    for (const { stream } of this.entrances.values()) stream.close();
    this.layers.close();
  }

  enqueue(node: Node): void {
    this.ready.push(node);
  }

  enqueueBound(node: Node): void {
    this.bounds.push(node);
  }

  /** Ends the run with an error; what came after the first one is not told. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.halt();
  }

  get error(): unknown {
    return this.failure?.error;
  }

  private halt(): void {
    this.isHalted = true;
    this.ready.clear();
    this.bounds = [];
  }

  /** Runs until nothing is left to do; throws the error that ended the run. */
  async idle(): Promise<void> {
    this.pump();
    while (this.running > 0) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    if (this.ending) await this.ending;
    if (this.failure) throw this.failure.error;
  }

  /** Until the run has ended: all sources and inputs are closed, and what they gave is processed. */
  async done(): Promise<void> {
    this.pump();
    while (!this.ending) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    await this.idle();
  }

  /** Ends the run: closes every calculator, drops what waits. The graph may be opened again. */
  async close(): Promise<void> {
    const { failure } = this;
    this.halt();
    await this.idle().catch((error: unknown) => {
      if (!failure) throw error;
    });
  }

  /** Runs what is ready; returns with calculators that have given a promise still running. */
  pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.step());
    this.isPumping = false;
    if (this.running > 0) return;
    if (this.isHalted || this.isOver) this.ending ??= this.end();
    this.wake();
  }

  private step(): boolean {
    for (let node = this.bounds.pop(); node; node = this.bounds.pop()) node.propagate();
    const node = this.ready.pop();
    if (!node) return this.running === 0 && this.unblock();
    const isOpening = !node.isOpened;
    const result = node.run();
    if (isOpening) this.opened.push(node);
    if (result) void this.later(result);
    return true;
  }

  private async later(result: Promise<void>): Promise<void> {
    this.running++;
    await result;
    this.running--;
    this.pump();
  }

  /** What is left to do when nothing is ready: the next sources, or queues that are full and stuck. */
  private unblock(): boolean {
    if (this.isHalted) return false;
    if (this.layers.next()) return true;
    const { streams } = this.throttling;
    if (!streams.length) return false;
    if (this.config.reportDeadlock) this.fail(deadlock(streams));
    else this.throttling.grow();
    return !this.isHalted;
  }

  private get isOver(): boolean {
    return this.layers.areClosed && [...this.entrances.values()].every(({ stream }) => stream.isClosed);
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const go of waiting) go();
  }

  private async end(): Promise<void> {
    this.halt();
    for (const node of this.opened.reverse()) if (!node.isClosed) await node.abort();
    for (const node of this.nodes) if (!node.isClosed) await node.abort();
    for (const entrance of this.entrances.values()) entrance.evaluate();
  }
}

function requireBound(stream: Stream, bound: number): void {
  if (bound >= stream.bound) return;
  const [asked, present] = [toDebugString(bound), toDebugString(stream.bound)];
  throw new StreamError(`the bound ${asked} of the stream '${stream.name}' is below the present one, ${present}`);
}

function deadlock(streams: readonly string[]): Error {
  const named = streams.map((name) => `'${name}'`).join(", ");
  return new Error(`the graph is in a deadlock: the queues of ${named} are full; raise max_queue_size`);
}
