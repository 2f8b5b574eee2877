/**
 * A run's events as a trace that Perfetto and chrome://tracing open; pyweb_ml/trace.py writes the same, and says what
 * is in it.
 */

import type { TraceEvent } from "./protocol";

/** An entry of Chrome's Trace Event Format; times in µs. */
export interface TraceEntry {
  ph: "X" | "C" | "s" | "f" | "i" | "M";
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  cat?: string;
  id?: number;
  bp?: "e";
  s?: "t";
  args?: Record<string, string | number>;
}

/** The format's JSON object. */
export interface ChromeTrace {
  traceEvents: TraceEntry[];
  displayTimeUnit: "ms";
}

const CALLS: readonly string[] = ["OPEN", "PROCESS", "CLOSE"];
const MARKS: Readonly<Record<string, string>> = {
  PACKET_DROPPED: "dropped",
  THROTTLED: "throttled",
  UNTHROTTLED: "unthrottled",
};
const PID = 1;
/** More than any node has calls at once. */
const LANES = 1000;

/** `events` are of one run, in any order; `title` is what the tracks together are called. */
export function chromeTrace(events: readonly TraceEvent[], title = ""): ChromeTrace {
  const ordered = events.toSorted((one, other) => one.startTime - other.startTime);
  const clock = new Clock(ordered[0]?.startTime ?? 0);
  const tracks = new Tracks(clock);
  const calls = ordered.filter(({ eventType }) => CALLS.includes(eventType)).map((event) => new Call(event, tracks.lane(event)));
  connect(calls, ordered);
  const entries = [
    ...calls.flatMap((call) => call.entries(clock)),
    ...ordered.flatMap((event) => marks(event, tracks, clock)),
    ...queueSizes(ordered, clock),
  ].sort((one, other) => one.ts - other.ts);
  return { traceEvents: [...tracks.names(title), ...entries], displayTimeUnit: "ms" };
}

/** Whole nanoseconds, as Perfetto counts: so that what follows upon another does not overlap it. */
class Clock {
  constructor(private readonly zero: number) {}

  ns(time: number): number {
    return Math.round((time - this.zero) * 1000);
  }

  us(time: number): number {
    return this.ns(time) / 1000;
  }

  ends({ startTime, duration }: TraceEvent): number {
    return this.ns(startTime + duration);
  }
}

/** A track for the graph's inputs and one for each node, as they come; more where calls of a node overlap. */
class Tracks {
  /** By node, when the last call on each of its tracks ends. */
  private readonly nodes = new Map<string, number[]>([["", []]]);

  constructor(private readonly clock: Clock) {}

  /** The track of a call; calls are to come in the order of their starts. */
  lane(call: TraceEvent): number {
    const ends = this.endsOf(call.nodeName);
    const start = this.clock.ns(call.startTime);
    const free = ends.findIndex((last) => last <= start);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = this.clock.ends(call);
    return this.id(call.nodeName, lane);
  }

  first(nodeName: string): number {
    this.endsOf(nodeName);
    return this.id(nodeName, 0);
  }

  private endsOf(nodeName: string): number[] {
    const ends = this.nodes.get(nodeName) ?? [];
    this.nodes.set(nodeName, ends);
    return ends;
  }

  private id(nodeName: string, lane: number): number {
    return ([...this.nodes.keys()].indexOf(nodeName) + 1) * LANES + lane;
  }

  names(title: string): TraceEntry[] {
    const named = [...this.nodes].flatMap(([nodeName, ends]) =>
      Array.from({ length: Math.max(1, ends.length) }, (_, lane) => this.named(nodeName, lane)).flat(),
    );
    return [entry("M", "process_name", 0, 0, { args: { name: title || "graph" } }), ...named];
  }

  private named(nodeName: string, lane: number): TraceEntry[] {
    const tid = this.id(nodeName, lane);
    const name = (nodeName || "graph inputs") + (lane ? ` #${lane + 1}` : "");
    const index = entry("M", "thread_sort_index", tid, 0, { args: { sort_index: tid } });
    return [entry("M", "thread_name", tid, 0, { args: { name } }), index];
  }
}

interface Arrow {
  readonly id: number;
  readonly stream: string;
}

/** A call of a calculator, and the arrows that come to it and leave it. */
class Call {
  readonly arrowsIn: Arrow[] = [];
  readonly arrowsOut: Arrow[] = [];

  constructor(
    readonly event: TraceEvent,
    private readonly tid: number,
  ) {}

  /** The slice first: an arrow belongs to the slice that is open where it is told. */
  entries(clock: Clock): TraceEntry[] {
    const { tid } = this;
    const { nodeName, calculator, startTime, eventType: cat, inputTimestamp } = this.event;
    const ts = clock.us(startTime);
    const dur = (clock.ends(this.event) - clock.ns(startTime)) / 1000;
    const args = { calculator, ...timestampOf(inputTimestamp) };
    return [
      entry("X", nodeName, tid, ts, { dur, cat, args }),
      ...this.arrowsIn.map(({ id, stream }) => entry("f", stream, tid, ts, { cat: "packet", id, bp: "e" })),
      ...this.arrowsOut.map(({ id, stream }) => entry("s", stream, tid, ts, { cat: "packet", id })),
    ];
  }
}

/** Draws an arrow from the call that made a packet to each call that took it. */
function connect(calls: readonly Call[], ordered: readonly TraceEvent[]): void {
  const known = new CallsByTimestamp(calls);
  const made = new Map<string, Call>();
  let id = 0;
  for (const event of ordered) {
    const packet = keyOf(event.stream, event.packetTimestamp);
    const maker = event.eventType === "PACKET_CREATED" ? known.before(event) : made.get(packet);
    if (maker && event.eventType === "PACKET_CREATED") made.set(packet, maker);
    const taker = maker && event.eventType === "PACKET_TAKEN" ? known.after(event) : undefined;
    if (!maker || !taker) continue;
    const arrow = { id: ++id, stream: event.stream };
    maker.arrowsOut.push(arrow);
    taker.arrowsIn.push(arrow);
  }
}

/** Which call made a packet, or took it: its node's at its timestamp; of a source, the last one before it. */
class CallsByTimestamp {
  private readonly calls = new Map<string, Call[]>();

  constructor(calls: readonly Call[]) {
    for (const call of calls) {
      const key = keyOf(call.event.nodeName, call.event.inputTimestamp);
      this.calls.set(key, [...(this.calls.get(key) ?? []), call]);
    }
  }

  before({ nodeName, packetTimestamp, startTime }: TraceEvent): Call | undefined {
    const found = this.calls.get(keyOf(nodeName, packetTimestamp)) ?? this.calls.get(keyOf(nodeName, 0));
    return found?.findLast(({ event }) => event.startTime <= startTime);
  }

  after({ nodeName, packetTimestamp, startTime }: TraceEvent): Call | undefined {
    return this.calls.get(keyOf(nodeName, packetTimestamp))?.find(({ event }) => event.startTime >= startTime);
  }
}

function marks(event: TraceEvent, tracks: Tracks, clock: Clock): TraceEntry[] {
  const { eventType: cat, nodeName, stream } = event;
  const name = cat === "PACKET_CREATED" && !nodeName ? "packet" : MARKS[cat];
  if (name === undefined) return [];
  const args = { stream, ...timestampOf(event.packetTimestamp) };
  return [entry("i", name, tracks.first(nodeName), clock.us(event.startTime), { cat, s: "t", args })];
}

function* queueSizes(ordered: readonly TraceEvent[], clock: Clock): Iterable<TraceEntry> {
  const waiting = new Set<string>();
  for (const { eventType, nodeName, stream, packetTimestamp, queueSize, startTime } of ordered) {
    const name = `${nodeName}: ${stream}`;
    const packet = keyOf(name, packetTimestamp);
    // What a calculator drops has left its queue before.
    const leaves = eventType === "PACKET_TAKEN" || (eventType === "PACKET_DROPPED" && waiting.has(packet));
    if (eventType === "PACKET_QUEUED") waiting.add(packet);
    else if (leaves) waiting.delete(packet);
    else continue;
    yield entry("C", name, 0, clock.us(startTime), { args: { packets: queueSize } });
  }
}

function keyOf(name: string, timestamp: number): string {
  return `${timestamp} ${name}`;
}

/** MediaPipe's special timestamps are told by the event's type. */
function timestampOf(timestamp: number): { timestamp?: number } {
  return Number.isSafeInteger(timestamp) ? { timestamp } : {};
}

function entry(ph: TraceEntry["ph"], name: string, tid: number, ts: number, fields: Partial<TraceEntry>): TraceEntry {
  return { ph, name, pid: PID, tid, ts, ...fields };
}
