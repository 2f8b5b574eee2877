/** Holds sources and graph inputs back while a queue that they feed is full. */

import type { GraphConfig } from "./config";
import type { InputQueue, Throttle } from "./input_queue";
import type { Node } from "./node";

/** What packets come from in the first place: a source, or an input of the graph. */
export interface Origin {
  /** How many of the queues that it feeds are full. */
  fullQueues: number;
  /** Called when there is room again. */
  evaluate(): void;
}

// MediaPipe's `max_queue_size` where a config says none (mediapipe/framework/calculator.proto).
const QUEUE_SIZE = 100;

export class Throttling implements Throttle {
  private readonly origins = new Map<InputQueue, readonly Origin[]>();
  private readonly full = new Set<InputQueue>();
  private readonly limits = new Map<InputQueue, number>();

  /** `entrances` are the graph's inputs by their names. */
  constructor(config: GraphConfig, nodes: readonly Node[], entrances: ReadonlyMap<string, Origin>) {
    const limit = config.maxQueueSize < 0 ? Infinity : config.maxQueueSize || QUEUE_SIZE;
    const found = originsByStream(nodes, entrances);
    for (const { queues, config: node } of nodes) {
      for (const queue of queues) {
        queue.throttle = this;
        this.limits.set(queue, Math.max(limit, node.bufferSizeHint));
        this.origins.set(queue, [...(found.get(queue.stream) ?? [])]);
      }
    }
    this.reset();
  }

  filled(queue: InputQueue): void {
    this.full.add(queue);
    for (const origin of this.origins.get(queue)!) origin.fullQueues++;
  }

  drained(queue: InputQueue): void {
    this.full.delete(queue);
    for (const origin of this.origins.get(queue)!) if (--origin.fullQueues === 0) origin.evaluate();
  }

  /** The streams whose queues are full. */
  get streams(): string[] {
    return [...this.full].map(({ stream }) => stream);
  }

  /** The streams whose full queues hold this origin back. */
  holding(origin: Origin): string[] {
    return [...this.full].filter((queue) => this.origins.get(queue)!.includes(origin)).map(({ stream }) => stream);
  }

  /** Lets the full queues take one packet more. */
  grow(): void {
    for (const queue of [...this.full]) queue.grow();
  }

  /** Gives the queues their first limits back, for a new run. */
  reset(): void {
    for (const [queue, limit] of this.limits) queue.limit = limit;
  }
}

/** For every stream the origins that it descends from, through any number of nodes. */
function originsByStream(
  nodes: readonly Node[],
  entrances: ReadonlyMap<string, Origin>,
): ReadonlyMap<string, ReadonlySet<Origin>> {
  const found = new Map<string, Set<Origin>>([...entrances].map(([name, entrance]) => [name, new Set([entrance])]));
  // Nodes are in topological order: a second round is needed only for what comes by back edges.
  for (let grown = true; grown; ) {
    grown = false;
    for (const node of nodes) grown = inherit(node, found) || grown;
  }
  return found;
}

function inherit(node: Node, found: Map<string, Set<Origin>>): boolean {
  const own = new Set<Origin>(node.isSource ? [node] : []);
  for (const { stream } of node.queues) for (const origin of found.get(stream) ?? []) own.add(origin);
  let grown = false;
  for (const { name } of node.context.streams) {
    grown ||= own.size > (found.get(name)?.size ?? 0);
    found.set(name, own);
  }
  return grown;
}
