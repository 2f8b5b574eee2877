/** Who hears what happens in the graph; while nobody does, the worker does not tell. */

import type { NodeStatus, Profiled, TraceEvent } from "./protocol";

/** What has happened since the last report; the events' times are µs of the page's `performance.now()`. */
export interface ProfileReport {
  events: TraceEvent[];
  /** In topological order of the graph. */
  nodes: NodeStatus[];
}

export type ProfileListener = (report: ProfileReport) => void;

export class ProfileListeners {
  readonly #turn: (on: boolean) => void;
  readonly #listeners = new Set<ProfileListener>();
  #dropped: TraceEvent[] = [];

  /** `turn` is told when the first listener comes, and when the last has gone. */
  constructor(turn: (on: boolean) => void) {
    this.#turn = turn;
  }

  get isWanted(): boolean {
    return this.#listeners.size > 0;
  }

  /** The function that it gives removes the listener. */
  add(listener: ProfileListener): () => void {
    const own: ProfileListener = (report) => { listener(report); };
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#turn(true);
    return () => {
      if (this.#listeners.delete(own) && !this.isWanted) this.#turn(false);
    };
  }

  /** A frame that never came to the worker, since that was busy. */
  dropped(packetTimestamp: number): void {
    if (this.isWanted) this.#dropped.push(droppedFrame(packetTimestamp));
  }

  tell({ timeOrigin, events, nodes }: Profiled): void {
    const later = (timeOrigin - performance.timeOrigin) * 1000;
    const own = events.map((event) => ({ ...event, startTime: event.startTime + later }));
    const report = { events: [...own, ...this.#dropped], nodes };
    this.#dropped = [];
    for (const listener of this.#listeners) listener(report);
  }
}

function droppedFrame(packetTimestamp: number): TraceEvent {
  const startTime = performance.now() * 1000;
  const graph = { nodeName: "", calculator: "", stream: "", duration: 0, inputTimestamp: -Infinity, queueSize: 0 };
  return { eventType: "PACKET_DROPPED", startTime, packetTimestamp, ...graph };
}
