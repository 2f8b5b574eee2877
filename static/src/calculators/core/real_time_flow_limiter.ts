import type { Calculator, CalculatorContext, CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";
import { told } from "../../graph/config";
import * as Timestamp from "../../graph/timestamp";
import { requireInputs, requirePairs } from "./ports";

/**
 * RealTimeFlowLimiterCalculator: lets a timestamp pass while fewer than MAX_IN_FLIGHT (a side packet; 1 without it) are
 * in flight.
 *
 * A packet of FINISHED, a back edge, ends one of those in flight, whatever its timestamp; each that passed must be
 * finished. Several untagged streams pass or are dropped together. Nothing waits: what does not pass is dropped. ALLOW
 * tells at 1, 2, … µs when the answer to "may the next one pass" changes. FlowLimiterCalculator is its successor.
 */
export const realTimeFlowLimiter: CalculatorType<unknown> = {
  name: "RealTimeFlowLimiterCalculator",
  contract(node) {
    requireInputs(node, "", "FINISHED");
    requirePairs(node, "");
    return { inputStreamHandler: "ImmediateInputStreamHandler" };
  },
  create: () => new RealTimeFlowLimiter(),
};

class RealTimeFlowLimiter implements Calculator {
  private limit = 1;
  private inFlight = 0;
  private bounds: number[] = [];
  private passed = new Set<number>();
  private lastDropped = Timestamp.UNSET;
  private changes = 0;

  open(context: CalculatorContext): void {
    this.limit = context.hasSide("MAX_IN_FLIGHT") ? context.side<number>("MAX_IN_FLIGHT") : 1;
    if (!Number.isInteger(this.limit) || this.limit < 1) {
      throw new Error(`MAX_IN_FLIGHT is ${told(this.limit)}; it must be a whole number from 1`);
    }
    this.bounds = Array.from({ length: context.inputCount("") }, () => Timestamp.UNSET);
  }

  process(context: CalculatorContext): void {
    const allowed = this.allows;
    if (context.input("FINISHED") !== undefined && --this.inFlight < 0) {
      throw new Error("a packet of FINISHED came, but no frame is in flight; finish each frame once");
    }
    for (const place of this.bounds.keys()) this.take(context, place);
    const settled = Math.min(...this.bounds);
    for (const timestamp of this.passed) if (timestamp < settled) this.passed.delete(timestamp);
    if (this.allows !== allowed) context.emitAt("ALLOW", 0, ++this.changes, this.allows);
  }

  private get allows(): boolean {
    return this.inFlight < this.limit;
  }

  private take(context: CalculatorContext, place: number): void {
    const payload = context.inputAt("", place);
    const timestamp = context.settled("", place);
    if (payload === undefined) {
      this.settle(context, place, timestamp);
      // Nothing can come any more: the stream has ended, or has reached the end of time.
      if (timestamp === Timestamp.MAX) context.closeOutput("", place);
    } else if (this.passes(timestamp)) {
      context.emitAt("", place, timestamp, retained(payload));
      this.bounds[place] = timestamp + 1;
    } else {
      this.lastDropped = Math.max(this.lastDropped, timestamp);
      this.settle(context, place, timestamp);
    }
  }

  private settle(context: CalculatorContext, place: number, timestamp: number): void {
    if (!Timestamp.isRangeValue(timestamp) || this.bounds[place]! > timestamp) return;
    this.bounds[place] = timestamp + 1;
    const next = Timestamp.nextAllowedInStream(timestamp);
    if (context.nextTimestampBound("", place) < next) context.setNextTimestampBound("", place, next);
  }

  /** Whether a timestamp passes; the first stream that has it decides for the others. */
  private passes(timestamp: number): boolean {
    if (!this.passed.has(timestamp) && this.allows && timestamp > this.lastDropped) {
      this.passed.add(timestamp);
      this.inFlight++;
    }
    return this.passed.has(timestamp);
  }
}
