import type { Calculator, CalculatorContext, CalculatorType, Options } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import type { Packet } from "../../graph/stream";
import * as Timestamp from "../../graph/timestamp";
import { OptionReader } from "../options";

/**
 * PacketResamplerCalculator: one packet a period of 1 / `frame_rate` seconds, at exact multiples from the first
 * packet on (or aligned to `base_timestamp`, µs): the packet nearest to each, repeated where none is near.
 *
 * `flush_last_packet` (default true): the last packet is given at its period, too. `start_time` and `end_time` (µs)
 * limit the output; with `round_limits` (default false) they are rounded to the nearest period. Jitter is not known.
 */
export const packetResampler: CalculatorType<unknown> = {
  name: "PacketResamplerCalculator",
  contract: {},
  create: (options) => new PacketResampler(options),
};

/** The stream is DATA, or has no tag. */
function tagOf(context: CalculatorContext): string {
  return context.inputCount("DATA") ? "DATA" : "";
}

interface Sampling {
  readonly period: number;
  readonly flushes: boolean;
  readonly base: number | undefined;
  readonly start: number;
  readonly end: number;
  readonly roundsLimits: boolean;
}

function samplingOf(options: Options): Sampling {
  const reader = new OptionReader("PacketResamplerCalculator", options);
  const rate = reader.number("frame_rate");
  if (rate <= 0) throw new Error(`PacketResamplerCalculator: the option 'frame_rate' must be positive, not ${rate}`);
  const sampling = {
    period: 1e6 / rate,
    flushes: reader.boolean("flush_last_packet", true),
    base: reader.maybeNumber("base_timestamp"),
    start: reader.maybeNumber("start_time") ?? Timestamp.MIN,
    end: reader.maybeNumber("end_time") ?? Timestamp.MAX,
    roundsLimits: reader.boolean("round_limits", false),
  };
  reader.done();
  return sampling;
}

class PacketResampler implements Calculator {
  private readonly sampling: Sampling;
  private first: number | undefined;
  /** The period that is to be answered next. */
  private next = 0;
  private last: Packet | undefined;

  constructor(options: Options) {
    this.sampling = samplingOf(options);
  }

  open(): void {
    this.first = undefined;
    this.next = 0;
  }

  process(context: CalculatorContext): void {
    const payload = context.input(tagOf(context));
    if (payload === undefined) return;
    const packet = { timestamp: context.timestamp, payload: retained(payload) };
    if (this.first === undefined) this.begin(packet.timestamp);
    this.sample(context, packet);
    release(this.last?.payload);
    this.last = packet;
  }

  private begin(timestamp: number): void {
    const { base, period } = this.sampling;
    const periods = base === undefined ? 0 : Math.floor((timestamp - base) / period + 0.5);
    this.first = base === undefined ? timestamp : Math.round(base + periods * period);
  }

  /** Answers all periods before the packet's, and its own where the packet cannot be bettered. */
  private sample(context: CalculatorContext, packet: Packet): void {
    const period = this.periodOf(packet.timestamp);
    while (period > this.next) this.give(context, this.last ?? packet);
    const target = this.timestampOf(this.next);
    if (period < this.next || packet.timestamp < target) return;
    const { last } = this;
    const isNearer = !last || packet.timestamp - target <= target - last.timestamp;
    this.give(context, isNearer ? packet : last);
  }

  private periodOf(timestamp: number): number {
    return Math.floor((timestamp - this.first!) / this.sampling.period + 0.5);
  }

  private timestampOf(period: number): number {
    return Math.round(this.first! + period * this.sampling.period);
  }

  private give(context: CalculatorContext, { payload }: Packet): void {
    const timestamp = this.timestampOf(this.next++);
    if (this.isWithin(timestamp)) context.emitAt(tagOf(context), 0, timestamp, retained(payload));
    else context.setNextTimestampBound(tagOf(context), 0, Timestamp.nextAllowedInStream(timestamp));
  }

  private isWithin(timestamp: number): boolean {
    const { start, end, roundsLimits } = this.sampling;
    if (!roundsLimits) return timestamp >= start && timestamp < end;
    return timestamp >= this.rounded(start) && timestamp < this.rounded(end);
  }

  private rounded(limit: number): number {
    const isLimit = limit !== Timestamp.MIN && limit !== Timestamp.MAX;
    return isLimit ? this.timestampOf(this.periodOf(limit)) : limit;
  }

  close(context: CalculatorContext): void {
    const { last } = this;
    if (last && this.sampling.flushes && this.periodOf(last.timestamp) >= this.next) this.give(context, last);
    release(last?.payload);
    this.last = undefined;
  }
}
