/**
 * What happens in a run, told event by event to whoever asked for it: `Scheduler.profile`. The same events, by the
 * same names, as in pyweb_ml/runner/profiler.py.
 *
 * Names as in MediaPipe's GraphProfile (mediapipe/framework/calculator_profile.proto); PACKET_TAKEN and PACKET_DROPPED
 * are ours.
 */

import type { InputQueue, QueueEventType, QueueWatcher } from "./input_queue";
import * as Timestamp from "./timestamp";

export type CallEventType = "OPEN" | "PROCESS" | "CLOSE";
export type EventType = CallEventType | "PACKET_CREATED" | QueueEventType;

/**
 * One thing that happened.
 *
 * | eventType | of | its fields beside nodeName, calculator and startTime |
 * |---|---|---|
 * | OPEN, PROCESS, CLOSE | one call of a calculator, with the promise that it gave | duration, inputTimestamp |
 * | PACKET_CREATED | a packet that left its producer | stream, packetTimestamp |
 * | PACKET_QUEUED | a packet that reached a consumer's queue | stream, packetTimestamp, queueSize |
 * | PACKET_TAKEN | a packet that leaves the queue for a call of Process | stream, packetTimestamp, queueSize |
 * | PACKET_DROPPED | a packet that no Process sees | stream, packetTimestamp, queueSize |
 * | THROTTLED, UNTHROTTLED | a queue that became full, and no longer is | stream, queueSize |
 *
 * PACKET_CREATED names the producer ("" for both where it is the graph's own input), the others of packets and queues
 * name the consumer. PACKET_DROPPED is told by a queue and by FlowLimiterCalculator, whose input stream it names.
 */
export interface TraceEvent {
  readonly eventType: EventType;
  /** The node's name in the graph; several nodes of one calculator have different ones. */
  readonly nodeName: string;
  readonly calculator: string;
  /** µs, with fractions, since the thread began (`performance.now()`). */
  readonly startTime: number;
  /** µs, with fractions; 0 for what is no call. */
  readonly duration: number;
  /** µs; Timestamp::Unstarted() in OPEN, Timestamp::Done() in CLOSE, 0 in a source. */
  readonly inputTimestamp: number;
  readonly stream: string;
  readonly packetTimestamp: number;
  /** Packets in the queue once it has happened. */
  readonly queueSize: number;
}

/** Takes the events of a run, in the order in which they end. */
export interface Profiler {
  /** Called between two calculators, or within one: be quick. */
  record(event: TraceEvent): void;
}

/** Keeps the latest events: between `capacity` and twice as many. */
export class TraceBuffer implements Profiler {
  private kept: TraceEvent[] = [];

  /** MediaPipe's `trace_log_capacity` is 20,000 without being set. */
  constructor(private readonly capacity = 20_000) {}

  record(event: TraceEvent): void {
    this.kept.push(event);
    if (this.kept.length >= 2 * this.capacity) this.kept.splice(0, this.capacity);
  }

  /** The events since this was last asked. */
  take(): TraceEvent[] {
    const { kept } = this;
    this.kept = [];
    return kept;
  }
}

const NO_FIELDS = { duration: 0, inputTimestamp: Timestamp.UNSET, stream: "", packetTimestamp: Timestamp.UNSET, queueSize: 0 };

/** Tells a profiler what one node does; the graph itself is the node "". */
export class Recorder implements QueueWatcher {
  constructor(
    private readonly profiler: Profiler,
    private readonly nodeName: string,
    private readonly calculator: string,
  ) {}

  /** A call of the calculator is over; `start` and `duration` in milliseconds of `performance.now()`. */
  called(eventType: CallEventType, inputTimestamp: number, start: number, duration: number): void {
    this.record(eventType, start, { duration: duration * 1000, inputTimestamp });
  }

  /** A packet is on a stream of this node's. */
  created(stream: string, packetTimestamp: number): void {
    this.record("PACKET_CREATED", performance.now(), { stream, packetTimestamp });
  }

  /** A calculator lets a packet go that no other calculator will see. */
  dropped(stream: string, packetTimestamp: number): void {
    this.record("PACKET_DROPPED", performance.now(), { stream, packetTimestamp });
  }

  moved(eventType: QueueEventType, { stream, length: queueSize }: InputQueue, packetTimestamp: number): void {
    this.record(eventType, performance.now(), { stream, packetTimestamp, queueSize });
  }

  private record(eventType: EventType, start: number, fields: Partial<TraceEvent>): void {
    const { nodeName, calculator } = this;
    this.profiler.record({ eventType, nodeName, calculator, startTime: start * 1000, ...NO_FIELDS, ...fields });
  }
}
