/** MediaPipe's `CalculatorGraph` for scripts, by its method names: the same scheduler that the page uses. */

import { CORE } from "./calculators/core/index";
import type { CalculatorType } from "./graph/calculator";
import type { Clock } from "./graph/clock";
import { REAL_CLOCK } from "./graph/clock";
import type { GraphConfig } from "./graph/config";
import { ConfigError } from "./graph/config";
import type { Stated } from "./graph/read_config";
import { readConfig } from "./graph/read_config";
import type { Observer } from "./graph/scheduler";
import { Scheduler } from "./graph/scheduler";
import type { Find } from "./graph/subgraph";
import { expand } from "./graph/subgraph";
import * as Timestamp from "./graph/timestamp";

export type { Calculator, CalculatorContext, CalculatorType, Contract } from "./graph/calculator";
export type { Clock } from "./graph/clock";
export { SimulatedClock } from "./graph/clock";
export { ConfigError } from "./graph/config";
export { CalculatorError } from "./graph/node";
export { Timestamp };

export interface GraphParts<S> {
  /** Calculators beside MediaPipe's core ones; one of the same name takes their place. */
  readonly calculators?: readonly CalculatorType<S>[];
  /** What those calculators are created with. */
  readonly services?: S;
  readonly clock?: Clock;
  /** Graphs, in the same forms as the graph itself, that nodes may name by their `type`. */
  readonly subgraphs?: readonly unknown[];
}

interface Observation {
  readonly stream: string;
  readonly observer: Observer;
  readonly onBound: ((timestamp: number) => void) | undefined;
}

export class CalculatorGraph<S = undefined> {
  private readonly stated: Stated;
  private readonly find: Find;
  private readonly observations: Observation[] = [];
  private scheduler: Scheduler<S>;
  private isStarted = false;

  /**
   * `config` is a `CalculatorGraphConfig` in protobuf's text format (.pbtxt), or in its JSON form with proto field
   * names, as text or as an object.
   *
   * Throws a {@link ConfigError} that names every rule that it breaks.
   */
  constructor(
    config: unknown,
    private readonly parts: GraphParts<S> = {},
  ) {
    this.stated = readConfig(config);
    const subgraphs = new Map((parts.subgraphs ?? []).map((one) => subgraph(readConfig(one).config)));
    this.find = (name) => subgraphs.get(name);
    this.scheduler = this.make({});
  }

  private make(sidePackets: Readonly<Record<string, unknown>>): Scheduler<S> {
    const { calculators = [], services, clock = REAL_CLOCK } = this.parts;
    try {
      const config = expand(this.stated.config, this.find, sidePackets);
      return new Scheduler(config, [...CORE, ...calculators], services!, clock);
    } catch (error) {
      throw this.placed(error);
    }
  }

  /** What is wrong with the graph, with its lines where the graph was given as text. */
  private placed(error: unknown): unknown {
    const { config, outline } = this.stated;
    if (!outline || !(error instanceof ConfigError)) return error;
    return new ConfigError(outline.placed(config.node, error.message), { cause: error });
  }

  /**
   * Has `observer` see every packet of a stream of the graph; call it before {@link startRun}.
   *
   * With `observeTimestampBounds` it is also called, with undefined, for the timestamps that are settled without a
   * packet. Throws a {@link ConfigError} if the graph has no such stream.
   */
  observeOutputStream(stream: string, observer: Observer, observeTimestampBounds = false): void {
    this.scheduler.requireStream(stream);
    const onBound = observeTimestampBounds ? bounds(observer) : undefined;
    this.observations.push({ stream, observer, onBound });
  }

  /** Opens all calculators; they are made anew for each run. Rejects with what one of them threw. */
  async startRun(sidePackets: Readonly<Record<string, unknown>> = {}): Promise<void> {
    if (this.isStarted && !this.scheduler.isHalted) throw new ConfigError("the graph runs already; wait until it is done");
    // A SwitchContainer may choose by a side packet.
    if (this.isStarted || Object.keys(sidePackets).length) this.scheduler = this.make(sidePackets);
    this.isStarted = true;
    for (const { stream, observer, onBound } of this.observations) this.scheduler.observe(stream, observer, onBound);
    await this.scheduler.open(sidePackets).catch((error: unknown) => {
      throw this.placed(error);
    });
  }

  /**
   * Adds a packet, at a timestamp in whole microseconds that is later than the last one's.
   *
   * Resolves when the graph has room for the next: await it, and queues stay below `max_queue_size`. Rejects, and
   * the run ends, if the stream cannot take the packet.
   */
  async addPacketToInputStream(stream: string, payload: unknown, timestamp: number): Promise<void> {
    this.scheduler.addPacket(stream, timestamp, payload);
    await this.scheduler.entrance(stream).room();
  }

  /** Promises that no packet below this timestamp (µs) comes to the input. */
  setInputStreamTimestampBound(stream: string, timestamp: number): void {
    this.scheduler.advanceInput(stream, timestamp);
  }

  closeInputStream(stream: string): void {
    this.scheduler.closeInput(stream);
  }

  /** Closes all inputs of the graph and all sources. */
  closeAllPacketSources(): void {
    this.scheduler.closeSources();
  }

  /** Until nothing is left to do with the packets so far; rejects with the error that ended the run. */
  async waitUntilIdle(): Promise<void> {
    await this.scheduler.idle();
  }

  /** Until all inputs and sources are closed, and all is processed; rejects with the error that ended the run. */
  async waitUntilDone(): Promise<void> {
    await this.scheduler.done();
  }

  /** A side packet that a calculator has made, or that was given; throws an Error while there is none. */
  getOutputSidePacket(name: string): unknown {
    if (this.scheduler.hasSide(name)) return this.scheduler.getSide(name);
    throw new Error(`the side packet '${name}' has not been set; wait until the run is done`);
  }

  hasError(): boolean {
    return this.scheduler.error !== undefined;
  }

  /** Ends the run at once, with an error. */
  cancel(): void {
    this.scheduler.fail(new Error("the run was cancelled"));
    this.scheduler.pump();
  }
}

function subgraph(config: GraphConfig): [string, GraphConfig] {
  if (config.type) return [config.type, config];
  throw new ConfigError("a subgraph has no 'type', by which nodes name it; give it one");
}

function bounds(observer: Observer): (timestamp: number) => void {
  return (timestamp) => {
    observer(undefined, timestamp);
  };
}
