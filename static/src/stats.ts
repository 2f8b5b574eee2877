/** What has been counted and timed since the app was loaded. */

import { median } from "./median";
import type { BackendName, BackendReport, Backends, Ready, Result } from "./protocol";

/** What a page's script sees as `element.stats`. */
export interface AppStats {
  backend: BackendName | "";
  /** Why this backend, in one line. */
  reason: string;
  /** How each of the site's backends does on this device. */
  backends: BackendReport[];
  /** What has gone wrong with backends, and what took their place: one line each, oldest first. */
  events: string[];
  /** How Python was started, in one line; empty while it is not, and where the graph has none. */
  python: string;
  /** Frames, or packets of sound, that sources gave. */
  framesIn: number;
  /**
   * Those of them that have gone through the graph. What was neither processed nor dropped is under way, was given up
   * at a stop, or has failed.
   */
  framesProcessed: number;
  /** Pictures that were drawn for the visitor, those of `process()` among them; an app of sound draws none. */
  framesShown: number;
  /** Those of the source's that were left out, because the graph was busy. */
  framesDropped: number;
  /** By calculator: the median of its last {@link KEPT} times, in milliseconds. */
  milliseconds: Record<string, number>;
  /** From the first start() or process() to the first result, loading included; null before it. */
  firstResultMs: number | null;
  /** Python calculators that the last result lacks, because Python was still starting. */
  pending: string[];
}

/** How many times a median is of. */
const KEPT = 99;

/** Milliseconds over which frames a second are counted. */
const WINDOW = 2000;

export class Stats {
  backend: BackendName | "" = "";
  reason = "";
  backends: BackendReport[] = [];
  events: string[] = [];
  python = "";
  /** As {@link events}, of workers that died. */
  deaths: string[] = [];
  framesProcessed = 0;
  framesShown = 0;
  firstResultMs: number | null = null;
  pending: string[] = [];
  #askedAt: number | null = null;
  readonly #times = new Map<string, number[]>();
  #shownAt: number[] = [];

  /** Somebody waits for a result from now on. */
  asked(now: number): void {
    this.#askedAt ??= now;
  }

  /** The worker takes frames, or Python runs. */
  ready({ backend, reason, python }: Ready): void {
    Object.assign(this, { backend, reason, python });
  }

  /** Another backend runs, or more is known of the others. */
  choose({ backend, reason, backends, events }: Backends): void {
    Object.assign(this, { backend, reason, backends, events });
  }

  /** `now` as of performance.now(). */
  add(result: Result, now: number): void {
    this.firstResultMs ??= now - (this.#askedAt ?? now);
    this.pending = result.pending;
    for (const [node, took] of Object.entries(result.milliseconds)) this.#time(node, took);
    if (result.shown === undefined) return;
    this.framesShown += 1;
    this.#shownAt.push(now);
  }

  /** Frames shown a second, over the last two seconds. */
  rate(now: number): number {
    this.#shownAt = this.#shownAt.filter((at) => now - at < WINDOW);
    const [first] = this.#shownAt;
    if (first === undefined || this.#shownAt.length < 2) return 0;
    const last = this.#shownAt.at(-1)!;
    return ((this.#shownAt.length - 1) * 1000) / Math.max(last - first, 1);
  }

  milliseconds(): Record<string, number> {
    return Object.fromEntries([...this.#times].map(([node, times]) => [node, median(times)]));
  }

  #time(node: string, took: number): void {
    const times = this.#times.get(node) ?? [];
    times.push(took);
    if (times.length > KEPT) times.shift();
    this.#times.set(node, times);
  }
}
