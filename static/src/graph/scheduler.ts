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
import type { Entrance } from "./entrance";
import { Entrances } from "./entrances";
import { eachLocated } from "./located";
import type { Host } from "./node";
import { nodeNames } from "./name_rules";
import { Node } from "./node";
import type { NodeStatus } from "./node_status";
import { nodeStatus } from "./node_status";
import type { Profiler } from "./profiler";
import { Recorder } from "./profiler";
import { ParallelNode } from "./parallel_node";
import { check } from "./rules";
import { SidePackets } from "./side_packets";
import { SourceLayers } from "./source_layers";
import type { Observer } from "./stream";
import { Stream } from "./stream";
import { splitEntries } from "./tag_map";
import { Throttling } from "./throttle";
import { Turns } from "./turns";

export type { Observer } from "./stream";

// What MediaPipe's calculators that emit at their input's timestamps state.
const SAME_TIMESTAMP: Contract = { timestampOffset: 0 };

export class Scheduler<S> implements Host {
  /** Whether there is no run, or it has failed or was ended: nothing is run any more, and what is emitted goes nowhere. */
  isHalted = true;
  private readonly nodes: readonly Node[];
  private readonly streams = new Map<string, Stream>();
  private readonly entrances: Entrances;
  private readonly throttling: Throttling;
  private readonly layers: SourceLayers;
  private readonly turns = new Turns(
    () => this.unblock(),
    () => {
      this.endIfOver();
    },
  );
  private readonly side = new SidePackets();
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
    this.entrances = new Entrances(splitEntries(config.inputStream).map(({ name }) => this.stream(name)));
    this.nodes = eachLocated(order, (node, id) => this.makeNode(id, node, byName.get(node.calculator)!, services));
    this.layers = new SourceLayers(this.nodes);
    this.throttling = new Throttling(config, this.nodes, this.entrances.byName);
  }

  private makeNode(id: number, node: NodeConfig, type: CalculatorType<S>, services: S): Node {
    const { contract = SAME_TIMESTAMP } = type;
    const stated = typeof contract === "function" ? contract(node) : contract;
    const kind = node.maxInFlight > 1 && node.inputStream.length ? ParallelNode : Node;
    return new kind(id, node, this.config, stated, type.create(node.options, services, node.name), this);
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

  /** From now on tells the profiler what happens; with undefined, nobody is told. */
  profile(profiler: Profiler | undefined): void {
    const names = this.names();
    for (const node of this.nodes) {
      node.recorder = profiler && new Recorder(profiler, names.get(node.config)!, node.config.calculator);
    }
    const own = profiler && new Recorder(profiler, "", "");
    for (const { stream } of this.entrances.byName.values()) stream.watcher = own;
  }

  private names(): ReadonlyMap<NodeConfig, string> {
    const { node } = this.config;
    return new Map(nodeNames(node).map((name, at) => [node[at]!, name]));
  }

  /** Of every node, what it does or waits for now. */
  nodeStatus(): NodeStatus[] {
    const names = this.names();
    return this.nodes.map((node) => ({
      nodeName: names.get(node.config)!,
      ...nodeStatus(node, (name) => this.hasSide(name), this.throttling.holding(node)),
    }));
  }

  hasSide(name: string): boolean {
    return this.side.has(name);
  }

  getSide(name: string): unknown {
    return this.side.get(name);
  }

  setSide(name: string, value: unknown): void {
    this.side.set(name, value);
    this.openAble();
  }

  /** Opens every calculator, those that make side packets before those that take them. */
  async open(side: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.reset();
    this.side.reset(side, this.nodes);
    this.isHalted = false;
    this.openAble();
    this.layers.activate();
    await this.idle();
  }

  private reset(): void {
    this.halt();
    this.failure = this.ending = undefined;
    this.turns.opened = [];
    for (const stream of this.streams.values()) stream.reset();
    for (const node of this.nodes) node.reset();
    this.throttling.reset();
  }

  private openAble(): void {
    for (const node of this.side.takeAble()) this.turns.push(node);
  }

  /** Feeds the inputs at one timestamp and runs until nothing is left to do; takes over a reference to each. */
  async add(timestamp: number, payloads: Readonly<Record<string, unknown>>): Promise<void> {
    this.feed(timestamp, payloads);
    await this.idle();
  }

  /** Feeds the inputs at one timestamp, and leaves them for {@link pump}; takes over a reference to each. */
  feed(timestamp: number, payloads: Readonly<Record<string, unknown>>): void {
    try {
      this.requireRunning();
      this.entrances.feed(timestamp, payloads);
    } finally {
      for (const payload of Object.values(payloads)) release(payload);
    }
  }

  /** Throws the error that ended the run, or that there is none. */
  requireRunning(): void {
    if (this.failure) throw this.failure.error;
    if (this.isHalted) throw new ConfigError("the graph is not running; start it first");
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
    const entrances = this.entrances;
    entrances.require(name);
    this.orFail(() => {
      entrances.advance(name, bound);
    });
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
    return this.entrances.require(name);
  }

  /** StatusStop: no source and no input of the graph gives anything more. */
  stopped(): void {
    this.entrances.close();
    this.layers.close();
  }

  enqueue(node: Node): void {
    this.turns.push(node);
  }

  enqueueBound(node: Node): void {
    this.turns.pushBound(node);
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
    this.turns.clear();
  }

  /** Runs until nothing is left to do; throws the error that ended the run. */
  async idle(): Promise<void> {
    this.pump();
    await this.turns.settled();
    if (this.ending) await this.ending;
    if (this.failure) throw this.failure.error;
  }

  /** Until the run has ended: all sources and inputs are closed, and what they gave is processed. */
  async done(): Promise<void> {
    this.pump();
    while (!this.ending) await this.turns.nextIdle();
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
    this.turns.pump();
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

  private endIfOver(): void {
    const isOver = this.layers.areClosed && this.entrances.areClosed;
    if (this.isHalted || isOver) this.ending ??= this.end();
  }

  private async end(): Promise<void> {
    this.halt();
    for (const node of this.turns.opened.reverse()) if (!node.isClosed) await node.abort();
    for (const node of this.nodes) if (!node.isClosed) await node.abort();
    this.entrances.free();
  }
}

function deadlock(streams: readonly string[]): Error {
  const named = streams.map((name) => `'${name}'`).join(", ");
  return new Error(`the graph is in a deadlock: the queues of ${named} are full; raise max_queue_size`);
}
