import type { Calculator, CalculatorContext, CalculatorType, Options } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import type { Packet } from "../../graph/stream";
import * as Timestamp from "../../graph/timestamp";
import { OptionReader } from "../options";
import { requireInputs, requirePairs } from "./ports";

/**
 * FlowLimiterCalculator: lets a frame through when fewer than `max_in_flight` (default 1) are in flight; of the
 * others it keeps the newest `max_in_queue` (default 0) and drops the rest.
 *
 * Untagged input 0 decides, the others follow it. A frame is finished by a packet of FINISHED (a back edge) at its
 * timestamp or later, or by a bound past it; given up `in_flight_timeout` µs (default 0: never) before a newer one.
 * ALLOW tells of each frame whether it passed. Side packets OPTIONS and MAX_IN_FLIGHT and the stream OPTIONS
 * replace the options.
 */
export const flowLimiter: CalculatorType<unknown> = {
  name: "FlowLimiterCalculator",
  contract: (node) => {
    requireInputs(node, "");
    requirePairs(node, "");
    return { inputStreamHandler: "ImmediateInputStreamHandler", processTimestampBounds: true };
  },
  create: (options) => new FlowLimiter(options),
};

interface Limits {
  readonly inFlight: number;
  readonly inQueue: number;
  readonly timeout: number;
}

function limitsOf(options: Options): Limits {
  const reader = new OptionReader("FlowLimiterCalculator", options);
  const inFlight = reader.integer("max_in_flight", 1);
  const inQueue = reader.integer("max_in_queue", 0);
  const timeout = reader.integer("in_flight_timeout", 0);
  reader.done();
  return { inFlight, inQueue, timeout };
}

class FlowLimiter implements Calculator {
  private readonly limits: Limits;
  private current: Limits;
  private queues: Packet[][] = [];
  private inFlight: number[] = [];
  /** What was decided of each frame, as far as auxiliary packets may still ask. */
  private decisions: { readonly timestamp: number; readonly isAllowed: boolean }[] = [];

  constructor(private readonly options: Options) {
    this.limits = this.current = limitsOf(options);
  }

  open(context: CalculatorContext): void {
    this.inFlight = [];
    this.decisions = [];
    this.queues = Array.from({ length: context.inputCount("") }, () => []);
    this.current = context.hasSide("OPTIONS") ? this.replaced(context.side<Options>("OPTIONS")) : this.limits;
    if (context.hasSide("MAX_IN_FLIGHT")) {
      this.current = { ...this.current, inFlight: context.side<number>("MAX_IN_FLIGHT") };
    }
  }

  private replaced(options: Options): Limits {
    return limitsOf({ ...this.options, ...options });
  }

  process(context: CalculatorContext): void {
    const options = context.input<Options>("OPTIONS");
    if (options) this.current = this.replaced(options);
    this.finish(context);
    this.queues.forEach((queue, index) => {
      this.receive(context, queue, index);
    });
    this.giveUp(context);
    this.releaseFrames(context);
    this.dropFrames(context);
    this.settle(context);
  }

  private finish(context: CalculatorContext): void {
    const finished = context.settled("FINISHED", 0);
    // What is settled beyond this call has a call of its own.
    if (finished !== context.timestamp) return;
    this.inFlight = this.inFlight.filter((timestamp) => timestamp > finished);
  }

  private receive(context: CalculatorContext, queue: Packet[], index: number): void {
    const payload = context.inputAt("", index);
    if (payload !== undefined) queue.push({ timestamp: context.settled("", index), payload: retained(payload) });
  }

  private giveUp(context: CalculatorContext): void {
    const { timeout } = this.current;
    const latest = context.settled("", 0);
    if (timeout <= 0 || !Timestamp.isRangeValue(latest) || latest === Timestamp.MAX) return;
    this.inFlight = this.inFlight.filter((timestamp) => latest - timestamp <= timeout);
  }

  private releaseFrames(context: CalculatorContext): void {
    const [frames] = this.queues;
    while (frames!.length && this.inFlight.length < this.current.inFlight) {
      const { timestamp, payload } = frames!.shift()!;
      context.emitAt("", 0, timestamp, payload);
      this.decide(context, timestamp, true);
      this.inFlight.push(timestamp);
    }
  }

  private dropFrames(context: CalculatorContext): void {
    const [frames] = this.queues;
    while (frames!.length > this.current.inQueue) {
      const { timestamp, payload } = frames!.shift()!;
      release(payload);
      context.onDrop("", 0, timestamp);
      this.decide(context, timestamp, false);
    }
  }

  private decide(context: CalculatorContext, timestamp: number, isAllowed: boolean): void {
    if (this.queues.length > 1) this.decisions.push({ timestamp, isAllowed });
    context.emitAt("ALLOW", 0, timestamp, isAllowed);
  }

  /** Moves the bounds on: no output comes before the frame that waits. */
  private settle(context: CalculatorContext): void {
    const decided = this.bound(context, 0);
    this.advance(context, "", 0, decided);
    // Of a frame that waits ALLOW tells when its turn has come.
    if (!this.queues[0]!.length) this.advance(context, "ALLOW", 0, decided);
    for (let index = 1; index < this.queues.length; index++) this.follow(context, index, decided);
    this.forget(context);
  }

  /** The end of an input ends its output, which no bound does. */
  private advance(context: CalculatorContext, tag: string, index: number, bound: number): void {
    if (bound > Timestamp.MAX) context.closeOutput(tag, index);
    else if (bound > context.nextTimestampBound(tag, index)) context.setNextTimestampBound(tag, index, bound);
  }

  private bound(context: CalculatorContext, index: number): number {
    return this.queues[index]![0]?.timestamp ?? Timestamp.nextAllowedInStream(context.settled("", index));
  }

  private follow(context: CalculatorContext, index: number, decided: number): void {
    const queue = this.queues[index]!;
    while (queue.length && queue[0]!.timestamp < decided) {
      const { timestamp, payload } = queue.shift()!;
      if (this.isAllowed(timestamp)) context.emitAt("", index, timestamp, payload);
      else {
        release(payload);
        context.onDrop("", index, timestamp);
      }
    }
    this.advance(context, "", index, this.bound(context, index));
  }

  /** As the last frame at or before; before the first frame, yes. */
  private isAllowed(timestamp: number): boolean {
    return this.decisions.findLast((one) => one.timestamp <= timestamp)?.isAllowed ?? true;
  }

  /** Drops decisions that no auxiliary packet can ask for any more. */
  private forget(context: CalculatorContext): void {
    const { decisions, queues } = this;
    const least = Math.min(...queues.slice(1).map((_, at) => this.bound(context, at + 1)));
    while (decisions.length > 1 && decisions[1]!.timestamp <= least) decisions.shift();
  }

  close(): void {
    for (const queue of this.queues) for (const { payload } of queue) release(payload);
    this.queues = [];
  }
}
