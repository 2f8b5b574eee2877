import type { Calculator, CalculatorContext, CalculatorType, Options } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import type { Packet } from "../../graph/stream";
import { ConfigError } from "../../graph/config";
import * as Timestamp from "../../graph/timestamp";
import { OptionReader } from "../options";

/**
 * PacketResamplerCalculator: one packet a period of 1 / `frame_rate` seconds, at exact multiples from the first
 * packet on (or aligned to `base_timestamp`, µs): the packet nearest to each, repeated where none is near.
 *
 * `frame_rate` is above 0 and at most 1,000,000. `flush_last_packet` (default true): the last packet is given at its
 * period, too. The output lies between `start_time` and before `end_time` (µs), which `round_limits` (default false)
 * widen by half a period. `output_header` has no effect: streams have no headers here. There is no jitter; MediaPipe's
 * open-source form refuses it, too.
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
  readonly rate: number;
  readonly flushes: boolean;
  readonly base: number | undefined;
  readonly start: number;
  readonly end: number;
}

const MICROSECONDS = 1e6;
const UNSUPPORTED = ["jitter", "jitter_with_reflection", "reproducible_sampling", "max_frame_rate", "use_input_frame_rate"];

function samplingOf(options: Options): Sampling {
  const wrong = UNSUPPORTED.find((name) => options[name]);
  if (wrong !== undefined) throw new ConfigError(`its option '${wrong}' is not supported; leave it out`);
  const given = Object.entries(options).filter(([name]) => !UNSUPPORTED.includes(name));
  const reader = new OptionReader("PacketResamplerCalculator", Object.fromEntries(given));
  const sampling = read(reader);
  reader.done();
  return sampling;
}

function read(reader: OptionReader): Sampling {
  const rate = reader.number("frame_rate");
  if (rate <= 0 || rate > MICROSECONDS) {
    throw new Error(`PacketResamplerCalculator: 'frame_rate' must be above 0 and at most ${MICROSECONDS}, not ${rate}`);
  }
  const flushes = reader.boolean("flush_last_packet", true);
  const base = reader.maybeNumber("base_timestamp");
  const margin = reader.boolean("round_limits", false) ? Math.floor(Math.floor(MICROSECONDS / rate) / 2) : 0;
  const start = Timestamp.plus(reader.maybeNumber("start_time") ?? Timestamp.MIN, -margin);
  const end = Timestamp.plus(reader.maybeNumber("end_time") ?? Timestamp.MAX, margin);
  reader.oneOf("output_header", ["NONE", "PASS_HEADER", "UPDATE_VIDEO_HEADER"], "NONE");
  return { rate, flushes, base, start, end };
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
    this.first ??= this.aligned(packet.timestamp);
    if (this.periodOf(packet.timestamp) >= this.next) this.sample(context, packet);
    release(this.last?.payload);
    this.last = packet;
  }

  private aligned(timestamp: number): number {
    const { base, rate } = this.sampling;
    if (base === undefined) return timestamp;
    return base + rounded((rounded(((timestamp - base) / MICROSECONDS) * rate) / rate) * MICROSECONDS);
  }

  /** Answers all periods before the packet's, and its own where no later packet can be nearer. */
  private sample(context: CalculatorContext, packet: Packet): void {
    const { last } = this;
    for (const period = this.periodOf(packet.timestamp); this.next < period; ) this.give(context, last);
    const target = this.timestampOf(this.next);
    if (packet.timestamp >= target) {
      const isNearer = !last || packet.timestamp - target <= target - last.timestamp;
      this.give(context, isNearer ? packet : last);
    }
    context.setNextTimestampBound(tagOf(context), 0, this.timestampOf(this.next));
  }

  private periodOf(timestamp: number): number {
    return rounded(((timestamp - this.first!) / MICROSECONDS) * this.sampling.rate);
  }

  private timestampOf(period: number): number {
    return this.first! + rounded((period / this.sampling.rate) * MICROSECONDS);
  }

  private give(context: CalculatorContext, packet: Packet | undefined): void {
    const { start, end } = this.sampling;
    const timestamp = this.timestampOf(this.next++);
    if (!packet || timestamp < start || timestamp >= end) return;
    context.emitAt(tagOf(context), 0, timestamp, retained(packet.payload));
  }

  close(context: CalculatorContext): void {
    const { last } = this;
    if (last && this.sampling.flushes && this.periodOf(last.timestamp) === this.next) this.give(context, last);
    release(last?.payload);
    this.last = undefined;
  }
}

/** The nearest whole number; halves away from zero, as MediaPipe's MathUtil::SafeRound has them. */
function rounded(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}
