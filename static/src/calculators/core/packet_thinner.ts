import type { Calculator, CalculatorContext, CalculatorType, Options } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import type { Packet } from "../../graph/stream";
import * as Timestamp from "../../graph/timestamp";
import { OptionReader } from "../options";

/**
 * PacketThinnerCalculator: at most one packet a `period` (µs, default 1, or the side packet PERIOD), from
 * `start_time` (default: 0 for SYNC, else the least) until before `end_time`, at which the output ends.
 *
 * `thinner_type` ASYNC (default): a packet passes if the last that passed is a period ago. SYNC: the packet nearest
 * to each multiple of the period from `start_time` on passes, the later of two, at that multiple's timestamp, or at
 * its own where `sync_output_timestamps` (default true) is false.
 */
export const packetThinner: CalculatorType<unknown> = {
  name: "PacketThinnerCalculator",
  contract: ({ options }) => (options["thinner_type"] === "SYNC" ? {} : { timestampOffset: 0 }),
  create: (options) => new PacketThinner(options),
};

interface Thinning {
  readonly isSync: boolean;
  readonly period: number;
  readonly start: number;
  readonly end: number;
  readonly stampsAnew: boolean;
}

function thinningOf(options: Options): Thinning {
  const reader = new OptionReader("PacketThinnerCalculator", options);
  const isSync = reader.oneOf("thinner_type", ["ASYNC", "SYNC"], "ASYNC") === "SYNC";
  const period = reader.count("period", 1);
  const start = reader.maybeNumber("start_time") ?? (isSync ? 0 : Timestamp.MIN);
  const end = reader.maybeNumber("end_time") ?? Timestamp.MAX;
  const stampsAnew = reader.boolean("sync_output_timestamps", true);
  reader.done();
  if (start >= end) throw new Error(`start_time is ${start}; it must be earlier than end_time, ${end}`);
  return { isSync, period, start, end, stampsAnew };
}

class PacketThinner implements Calculator {
  private readonly thinning: Thinning;
  private period: number;
  /** ASYNC: before this nothing passes. */
  private next = Timestamp.MIN;
  /** SYNC: the best packet so far of its period. */
  private kept: Packet | undefined;

  constructor(options: Options) {
    this.thinning = thinningOf(options);
    this.period = this.thinning.period;
  }

  open(context: CalculatorContext): void {
    if (context.hasSide("PERIOD")) this.period = context.side<number>("PERIOD");
    if (!(this.period > 0)) throw new Error(`the period is ${this.period} µs; it must be positive`);
    this.next = this.thinning.start;
    context.setNextTimestampBound("", 0, this.next);
  }

  process(context: CalculatorContext): void {
    const { isSync, start, end } = this.thinning;
    const payload = context.inputAt("", 0);
    if (payload === undefined || context.timestamp < start) return;
    if (context.timestamp >= end) context.closeOutput("", 0);
    else if (isSync) this.processSync(context, { timestamp: context.timestamp, payload });
    else if (context.timestamp >= this.next) this.processAsync(context, payload);
  }

  private processAsync(context: CalculatorContext, payload: unknown): void {
    context.emit("", retained(payload));
    this.next = Timestamp.plus(context.timestamp, this.period);
    if (this.next > context.timestamp) context.setNextTimestampBound("", 0, this.next);
  }

  private processSync(context: CalculatorContext, packet: Packet): void {
    const slot = this.slot(packet);
    if (this.kept && this.slot(this.kept) === slot) {
      if (this.distance(packet) <= this.distance(this.kept)) this.keep(packet);
      return;
    }
    if (this.kept) this.emitKept(context, this.kept);
    this.keep(packet);
    context.setNextTimestampBound("", 0, this.thinning.stampsAnew ? slot : packet.timestamp);
  }

  private keep(packet: Packet): void {
    retained(packet.payload);
    release(this.kept?.payload);
    this.kept = packet;
  }

  /** The multiple of the period that is nearest to the packet. */
  private slot({ timestamp }: Packet): number {
    const { period } = this;
    const { start } = this.thinning;
    return start + Math.floor((timestamp - start + Math.floor(period / 2)) / period) * period;
  }

  private distance(packet: Packet): number {
    return Math.abs(packet.timestamp - this.slot(packet));
  }

  private emitKept(context: CalculatorContext, kept: Packet): void {
    this.kept = undefined;
    context.emitAt("", 0, this.thinning.stampsAnew ? this.slot(kept) : kept.timestamp, kept.payload);
  }

  close(context: CalculatorContext): void {
    const { kept } = this;
    if (!kept) return;
    const isOpen = context.nextTimestampBound("", 0) !== Timestamp.DONE;
    if (isOpen) this.emitKept(context, kept);
    else release(kept.payload);
    this.kept = undefined;
  }
}
