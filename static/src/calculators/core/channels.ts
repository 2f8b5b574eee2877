/** The channels of a SwitchContainer: which of them is active from which timestamp on. */

import type { CalculatorContext, Options, Port } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import type { NodeConfig } from "../../graph/config";
import { ConfigError, told } from "../../graph/config";
import { TagMap } from "../../graph/tag_map";
import * as Timestamp from "../../graph/timestamp";
import { OptionReader } from "../options";

/** What says the active channel: false or true for 0 or 1, or the channel's number. */
const CHOICES = ["ENABLE", "SELECT"] as const;
type Stated = Partial<Record<(typeof CHOICES)[number], unknown>>;

/** The tag of a channel's stream, such as "C1__VIDEO". */
export function channelTag(tag: string, channel: number): string {
  return `C${channel}__${tag}`;
}

/** The tag of "C1__VIDEO" without its channel; undefined for another tag. */
export function plainTag(tag: string): string | undefined {
  return /^C\d+__(.*)$/.exec(tag)?.[1];
}

export function isChoice(tag: string): boolean {
  return (CHOICES as readonly string[]).includes(tag);
}

type Side = "inputStream" | "outputStream" | "inputSidePacket" | "outputSidePacket";

/** Throws a {@link ConfigError} unless each port of a channel belongs to one of the plain ones. */
export function requireChannels(node: NodeConfig, channelled: Side, plain: Side): void {
  const ports = new TagMap(node[plain]);
  for (const { tag, index } of new TagMap(node[channelled]).entries) {
    const own = plainTag(tag);
    if (isChoice(tag) || (own !== undefined && ports.place(own, index) !== undefined)) continue;
    throw new ConfigError(`'${tag}:${index}' is no channel, such as 'C0__', of a stream that it has`);
  }
}

/** The options `enable` and `select`; `synchronize_io` says what is always so. */
export function statedIn(calculator: string, options: Options): Stated {
  const reader = new OptionReader(calculator, options);
  reader.boolean("synchronize_io", false);
  const enable = options["enable"] === undefined ? {} : { ENABLE: reader.boolean("enable", false) };
  const select = options["select"] === undefined ? {} : { SELECT: reader.integer("select") };
  reader.done();
  return { ...enable, ...select };
}

function channelOf(stated: Stated, otherwise: number): number {
  const { SELECT, ENABLE } = stated;
  if (SELECT !== undefined) {
    if (Number.isInteger(SELECT)) return SELECT as number;
    throw new Error(`SELECT is ${told(SELECT)}; it must be a whole number`);
  }
  if (ENABLE === undefined || typeof ENABLE === "boolean") return ENABLE === undefined ? otherwise : Number(ENABLE);
  throw new Error(`ENABLE is ${told(ENABLE)}; it must be true or false`);
}

/** From which timestamp on a channel is active. */
interface Entry {
  readonly start: number;
  readonly channel: number;
}

/** The channels that are active, as far as packets may still ask; the last one lasts until the choice is settled. */
export class History {
  private readonly entries: Entry[];
  private readonly choice: string | undefined;

  constructor(context: CalculatorContext, stated: Stated) {
    const given = CHOICES.filter((tag) => context.hasSide(tag)).map((tag) => [tag, context.side(tag)] as const);
    const channel = channelOf({ ...stated, ...Object.fromEntries(given) }, 0);
    this.entries = [{ start: Timestamp.UNSTARTED, channel }];
    this.choice = CHOICES.find((tag) => context.inputCount(tag));
  }

  /** Up to where the active channel is known. */
  settled(context: CalculatorContext): number {
    return this.choice === undefined ? Timestamp.DONE : context.settled(this.choice, 0);
  }

  /** Takes what ENABLE or SELECT says in this call. */
  record(context: CalculatorContext): void {
    const { channel: last } = this.entries.at(-1)!;
    const channel = channelOf({ ENABLE: context.input("ENABLE"), SELECT: context.input("SELECT") }, last);
    const isSettled = this.settled(context) === context.timestamp;
    if (channel !== last && isSettled) this.entries.push({ start: context.timestamp, channel });
  }

  /** The channel that is active at a timestamp. */
  at(timestamp: number): number {
    return this.entries.findLast(({ start }) => start <= timestamp)!.channel;
  }

  get first(): Entry {
    return this.entries[0]!;
  }

  /** Where the first entry ends. */
  end(context: CalculatorContext): number {
    return this.entries[1]?.start ?? Timestamp.nextAllowedInStream(this.settled(context));
  }

  get hasMore(): boolean {
    return this.entries.length > 1;
  }

  dropFirst(): void {
    this.entries.shift();
  }

  /** Forgets what no packet from this timestamp on asks for. */
  dropBefore(timestamp: number): void {
    while (this.hasMore && this.entries[1]!.start <= timestamp) this.dropFirst();
  }
}

/** A packet, or without a payload a bound: every timestamp up to its own is settled. */
interface Relayed {
  readonly timestamp: number;
  readonly payload: unknown;
}

/** An input's packets and bounds that wait for their channel to be known; it holds a reference to each payload. */
export class Waiting {
  private readonly queue: Relayed[] = [];

  constructor(readonly port: Port) {}

  /** Adds what the input has, or has settled, at the input timestamp. */
  record(context: CalculatorContext): void {
    const { tag, index } = this.port;
    if (context.settled(tag, index) !== context.timestamp) return;
    this.queue.push({ timestamp: context.timestamp, payload: retained(context.inputAt(tag, index)) });
  }

  get timestamp(): number | undefined {
    return this.queue[0]?.timestamp;
  }

  /** Takes the first that is earlier than `end`. */
  shift(end: number): Relayed | undefined {
    return this.queue.length && this.queue[0]!.timestamp < end ? this.queue.shift() : undefined;
  }

  drop(end: number): void {
    for (let one = this.shift(end); one; one = this.shift(end)) release(one.payload);
  }
}

export function waitingOf(context: CalculatorContext): Waiting[] {
  return context.ports.filter(({ tag }) => !isChoice(tag)).map((port) => new Waiting(port));
}

/** Emits the packet, or moves the bound behind its timestamp; drops it where there is no such output. */
export function relay(context: CalculatorContext, tag: string, index: number, { timestamp, payload }: Relayed): void {
  const next = Timestamp.nextAllowedInStream(timestamp);
  if (payload !== undefined) context.emitAt(tag, index, timestamp, payload);
  else if (context.nextTimestampBound(tag, index) < next) context.setNextTimestampBound(tag, index, next);
}
