/**
 * Runs a graph in the page's worker: packets in, packets out, one calculator at a time.
 *
 * A node runs when a timestamp is settled on all of its inputs and one of them has a packet there; a node
 * that emits nothing at a timestamp still moves its outputs' bound, so that what waits for it can go on.
 */

import type { CalculatorType } from "./calculator";
import { isShared } from "./calculator";
import type { GraphConfig } from "./config";
import { ConfigError, splitName } from "./config";
import type { Sink } from "./node";
import { Node } from "./node";
import { InputQueue } from "./stream";
import { nextAllowedInStream } from "./timestamp";

/** Sees every packet of a stream; a shared payload that it keeps, it must retain. */
export type Observer = (payload: unknown, timestamp: number) => void;

export class Scheduler<S> implements Sink {
  readonly side = new Map<string, unknown>();
  /** Milliseconds that each node took since this was last emptied. */
  readonly milliseconds = new Map<string, number>();
  private readonly nodes: readonly Node[];
  private readonly entrances = new Map<string, InputQueue>();
  private readonly readers = new Map<string, InputQueue[]>();
  private readonly observers = new Map<string, Observer[]>();
  private opened: Node[] = [];

  constructor(config: GraphConfig, types: readonly CalculatorType<S>[], services: S) {
    const byName = new Map(types.map((type) => [type.name, type]));
    this.nodes = config.node.map((node) => {
      const type = byName.get(node.calculator);
      if (!type) throw new ConfigError(`the node '${node.name}' is a '${node.calculator}', which is not known`);
      return new Node(node, type.create(node.options, services, node.name), this);
    });
    for (const entry of config.inputStream) this.entrances.set(splitName(entry)[1], new InputQueue());
    for (const node of this.nodes) this.connect(node);
  }

  private connect(node: Node): void {
    for (const { stream, queue } of node.queues) {
      const readers = this.readers.get(stream);
      if (readers) readers.push(queue);
      else this.readers.set(stream, [queue]);
    }
  }

  observe(stream: string, observer: Observer): void {
    this.observers.set(stream, [...(this.observers.get(stream) ?? []), observer]);
  }

  wanted(stream: string): boolean {
    return this.readers.has(stream) || this.observers.has(stream);
  }

  /** Opens every calculator, those that make side packets before those that take them. */
  async open(): Promise<void> {
    let waiting = [...this.nodes];
    while (waiting.length) {
      const able = waiting.filter((node) => this.hasSidePackets(node));
      if (!able.length) throw new ConfigError(`'${waiting[0]!.name}' takes a side packet that nothing makes`);
      for (const node of able) {
        await node.open();
        this.opened.push(node);
      }
      waiting = waiting.filter((node) => !able.includes(node));
    }
  }

  private hasSidePackets(node: Node): boolean {
    return node.config.inputSidePacket.every((entry) => this.side.has(splitName(entry)[1]));
  }

  /** Feeds the inputs at one timestamp and runs until nothing is left to do; takes over a reference to each. */
  async add(timestamp: number, payloads: Readonly<Record<string, unknown>>): Promise<void> {
    try {
      for (const [name, payload] of Object.entries(payloads)) this.feed(name, timestamp, payload);
      for (const name of this.entrances.keys()) this.advance(name, nextAllowedInStream(timestamp));
    } finally {
      for (const payload of Object.values(payloads)) if (isShared(payload)) payload.release();
    }
    await this.runUntilIdle();
  }

  private feed(name: string, timestamp: number, payload: unknown): void {
    const entrance = this.entrances.get(name);
    if (!entrance) throw new ConfigError(`the graph has no input '${name}'`);
    if (timestamp < entrance.bound) throw new ConfigError(`timestamp ${timestamp} is not later than the last one`);
    entrance.bound = nextAllowedInStream(timestamp);
    this.emit(name, timestamp, payload);
  }

  /** Ends the run: closes every calculator, drops what waits. The graph may be opened again. */
  async close(): Promise<void> {
    const opened = this.opened.reverse();
    this.opened = [];
    for (const node of this.nodes) node.clear();
    for (const entrance of this.entrances.values()) entrance.clear();
    this.side.clear();
    for (const node of opened) await node.close();
  }

  emit(stream: string, timestamp: number, payload: unknown): void {
    const readers = this.readers.get(stream);
    if (readers) for (const queue of readers) queue.add(timestamp, payload);
    const observers = this.observers.get(stream);
    if (observers) for (const observer of observers) observer(payload, timestamp);
  }

  private advance(stream: string, bound: number): void {
    const readers = this.readers.get(stream);
    if (readers) for (const queue of readers) queue.advance(bound);
  }

  private async runUntilIdle(): Promise<void> {
    // Nodes nearer to the outputs go first, as in MediaPipe: a frame is finished before another is begun.
    for (let index = this.nodes.length - 1; index >= 0; index--) {
      const node = this.nodes[index]!;
      const timestamp = node.ready();
      if (timestamp !== undefined) await this.run(node, timestamp);
      if (this.propagate(node) || timestamp !== undefined) index = this.nodes.length;
    }
  }

  private async run(node: Node, timestamp: number): Promise<void> {
    const start = performance.now();
    const result = node.process(timestamp);
    if (result) await result;
    const spent = performance.now() - start;
    this.milliseconds.set(node.name, (this.milliseconds.get(node.name) ?? 0) + spent);
  }

  private propagate(node: Node): boolean {
    const bound = node.settled();
    if (bound <= node.bound || bound === Infinity) return false;
    node.bound = bound;
    for (const stream of node.outputs.values()) this.advance(stream, bound);
    return true;
  }
}
