/** The input streams of a graph. */

import { ConfigError } from "./config";
import { Entrance } from "./entrance";
import type { Stream } from "./stream";
import { lowerBound } from "./stream";
import { nextAllowedInStream } from "./timestamp";

export class Entrances {
  readonly byName: ReadonlyMap<string, Entrance>;

  constructor(streams: readonly Stream[]) {
    this.byName = new Map(streams.map((stream) => [stream.name, new Entrance(stream)]));
  }

  /** The input of this name; throws a {@link ConfigError} if there is none. */
  require(name: string): Entrance {
    const entrance = this.byName.get(name);
    if (entrance) return entrance;
    const known = [...this.byName.keys()].map((one) => `'${one}'`).join(", ");
    throw new ConfigError(`the graph has no input '${name}'; it has ${known || "none"}`);
  }

  /** Feeds inputs at one timestamp, and settles it on the others. */
  feed(timestamp: number, payloads: Readonly<Record<string, unknown>>): void {
    const given = Object.entries(payloads).map(([name, payload]) => [this.require(name).stream, payload] as const);
    const isLate = given.some(([stream]) => timestamp < stream.bound);
    if (isLate) throw new ConfigError(`timestamp ${timestamp} is not later than the last one`);
    for (const [stream, payload] of given) stream.add(timestamp, payload);
    for (const { stream } of this.byName.values()) stream.advance(nextAllowedInStream(timestamp));
  }

  /** Throws a StreamError if the bound is below the present one. */
  advance(name: string, bound: number): void {
    const { stream } = this.require(name);
    if (bound < stream.bound) throw lowerBound(stream, bound, stream.bound);
    stream.advance(bound);
  }

  close(): void {
    for (const { stream } of this.byName.values()) stream.close();
  }

  get areClosed(): boolean {
    return [...this.byName.values()].every(({ stream }) => stream.isClosed);
  }

  /** The run has ended: whoever waits for room goes on. */
  free(): void {
    for (const entrance of this.byName.values()) entrance.evaluate();
  }
}
