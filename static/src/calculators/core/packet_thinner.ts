import type { Calculator, CalculatorContext, CalculatorType, Options } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import type { Packet } from "../../graph/stream";
import * as Timestamp from "../../graph/timestamp";
import { OptionReader } from "../options";

/**
 * PacketThinnerCalculator: at most one packet a `period` (µs, default 1) between `start_time` and `end_time`.
 *
 * `thinner_type` ASYNC (default): a packet passes if the last that passed is a period ago. SYNC: the packet nearest
 * to each multiple of the period from `start_time` on passes, at that multiple's timestamp, or at its own where
 * `sync_output_timestamps` (default true) is false.
 */
export const packetThinner: CalculatorType<unknown> = {
  name: "PacketThinnerCalculator",
  contract: {},
  create(options) {
    const thinning = thinningOf(options);
    return thinning.type === "SYNC" ? new SyncThinner(thinning) : new AsyncThinner(thinning);
  },
};

interface Thinning {
  readonly type: "ASYNC" | "SYNC";
  readonly period: number;
  readonly start: number;
  readonly end: number;
  readonly stampsAnew: boolean;
}

function thinningOf(options: Options): Thinning {
  const reader = new OptionReader("PacketThinnerCalculator", options);
  const type = reader.oneOf("thinner_type", ["ASYNC", "SYNC"], "ASYNC");
  const period = reader.count("period", 1);
  const start = reader.maybeNumber("start_time") ?? Timestamp.MIN;
  const end = reader.maybeNumber("end_time") ?? Timestamp.MAX;
  const stampsAnew = reader.boolean("sync_output_timestamps", true);
  reader.boolean("update_frame_rate", false);
  reader.done();
  return { type, period, start, end, stampsAnew };
}

class AsyncThinner implements Calculator {
  private next = Timestamp.MIN;
  constructor(private readonly thinning: Thinning) {}

  open(): void {
    this.next = this.thinning.start;
  }

  process(context: CalculatorContext): void {
    const { timestamp } = context;
    const value = context.inputAt("", 0);
    if (value === undefined || timestamp < this.next || timestamp >= this.thinning.end) return;
    context.emit("", retained(value));
    this.next = Timestamp.plus(timestamp, this.thinning.period);
    context.setNextTimestampBound("", 0, this.next);
  }
}

class SyncThinner implements Calculator {
  private kept: Packet | undefined;
  constructor(private readonly thinning: Thinning) {}

  process(context: CalculatorContext): void {
    const payload = context.inputAt("", 0);
    if (payload === undefined) return;
    const packet = { timestamp: context.timestamp, payload: retained(payload) };
    if (this.kept && this.slot(this.kept) !== this.slot(packet)) this.emitKept(context);
    if (!this.kept || this.distance(packet) < this.distance(this.kept)) this.keep(packet);
    else release(payload);
  }

  private keep(packet: Packet): void {
    release(this.kept?.payload);
    this.kept = packet;
  }

  /** The multiple of the period that is nearest to the packet. */
  private slot({ timestamp }: Packet): number {
    const { start, period } = this.thinning;
    const origin = start === Timestamp.MIN ? 0 : start;
    return origin + Math.floor((timestamp - origin + Math.floor(period / 2)) / period) * period;
  }

  private distance(packet: Packet): number {
    return Math.abs(packet.timestamp - this.slot(packet));
  }

  private emitKept(context: CalculatorContext): void {
    const { start, end, stampsAnew } = this.thinning;
    const kept = this.kept!;
    this.kept = undefined;
    const timestamp = stampsAnew ? this.slot(kept) : kept.timestamp;
    if (timestamp >= start && timestamp < end) context.emitAt("", 0, timestamp, kept.payload);
    else release(kept.payload);
  }

  close(context: CalculatorContext): void {
    if (this.kept) this.emitKept(context);
  }
}
