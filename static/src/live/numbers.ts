/** What is shown of each node: its times over the last moments, its queues, what it has dropped, what it waits for. */

import type { ProfileReport } from "../profile_listeners";
import type { NodeStatus, TraceEvent } from "../protocol";

/** Microseconds over which times are averaged. */
const WINDOW = 2_000_000;

export interface NodeNumbers {
  name: string;
  calculator: string;
  /** Calls of Process since the panel was opened. */
  calls: number;
  /** Milliseconds a call, on average over the last two seconds; null without any. */
  milliseconds: number | null;
  /** Of the time that all nodes took in the last two seconds, 0..1. */
  share: number;
  /** Packets in its queues. */
  queued: number;
  /** Packets that no Process saw, since the panel was opened. */
  dropped: number;
  /** What it does or waits for, in words. */
  state: string;
  /** Whether something is held up: packets wait, a queue is full, or a side packet is missing. */
  isHeldUp: boolean;
}

interface Call {
  readonly at: number;
  readonly duration: number;
}

class Counted {
  calls = 0;
  dropped = 0;
  recent: Call[] = [];

  add(event: TraceEvent): void {
    if (event.eventType === "PACKET_DROPPED") this.dropped++;
    if (event.eventType !== "PROCESS") return;
    this.calls++;
    this.recent.push({ at: event.startTime, duration: event.duration });
  }

  /** Microseconds of the recent calls. */
  get busy(): number {
    return this.recent.reduce((sum, { duration }) => sum + duration, 0);
  }
}

export class Numbers {
  private readonly counted = new Map<string, Counted>();
  private nodes: readonly NodeStatus[] = [];

  /** `now`: µs of `performance.now()`. */
  add({ events, nodes }: ProfileReport, now: number): void {
    for (const event of events) this.of(event.nodeName).add(event);
    for (const one of this.counted.values()) one.recent = one.recent.filter(({ at }) => now - at < WINDOW);
    this.nodes = nodes;
  }

  /** In topological order of the graph. */
  rows(): NodeNumbers[] {
    const busy = this.nodes.reduce((sum, { nodeName }) => sum + this.of(nodeName).busy, 0);
    return this.nodes.map((node) => this.row(node, busy));
  }

  /** Frames that came while the graph was busy, and never got to it, since the panel was opened. */
  get droppedFrames(): number {
    return this.of("").dropped;
  }

  private row(node: NodeStatus, busy: number): NodeNumbers {
    const counted = this.of(node.nodeName);
    const { calls, dropped, recent } = counted;
    const queued = node.inputStreamInfos.reduce((sum, { queueSize }) => sum + queueSize, 0);
    return {
      name: node.nodeName,
      calculator: node.calculator,
      calls,
      milliseconds: recent.length ? counted.busy / recent.length / 1000 : null,
      share: busy > 0 ? counted.busy / busy : 0,
      queued,
      dropped,
      state: stateOf(node),
      isHeldUp: (queued > 0 && node.waitsFor.length > 0) || node.throttledBy.length + node.missingSidePackets.length > 0,
    };
  }

  private of(nodeName: string): Counted {
    const counted = this.counted.get(nodeName) ?? new Counted();
    this.counted.set(nodeName, counted);
    return counted;
  }
}

function stateOf(node: NodeStatus): string {
  const { state, inFlight, waitsFor, missingSidePackets, throttledBy } = node;
  if (missingSidePackets.length) return `waits for side packet ${listed(missingSidePackets)}`;
  if (state !== "opened") return state === "closed" ? "closed" : "not opened yet";
  if (throttledBy.length) return `held back: full is ${listed(throttledBy)}`;
  if (inFlight) return "running";
  return waitsFor.length ? `waits for ${listed(waitsFor)}` : "its turn comes when others rest";
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}

/** The nodes of a closed subgraph as one: the times of one call of each together. */
export function combined(name: string, rows: readonly NodeNumbers[]): NodeNumbers {
  const sum = (value: (row: NodeNumbers) => number): number => rows.reduce((total, row) => total + value(row), 0);
  const timed = rows.filter(({ milliseconds }) => milliseconds !== null);
  const heldUp = rows.find(({ isHeldUp }) => isHeldUp);
  return {
    name,
    calculator: "",
    calls: Math.max(0, ...rows.map(({ calls }) => calls)),
    milliseconds: timed.length ? sum(({ milliseconds }) => milliseconds ?? 0) : null,
    share: sum(({ share }) => share),
    queued: sum(({ queued }) => queued),
    dropped: sum(({ dropped }) => dropped),
    state: heldUp ? `${heldUp.name}: ${heldUp.state}` : "",
    isHeldUp: heldUp !== undefined,
  };
}
