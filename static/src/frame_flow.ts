/** The frames of sources on their way to the graph and back: as many at a time as the limiter lets through. */

import type { Connection } from "./connection";
import { toFailure } from "./failure";
import { FlowLimiter } from "./flow_limiter";
import type { Failure, Result, Settings } from "./protocol";
import type { SourceFrame } from "./source";
import type { WorkerClient } from "./worker_client";

export interface FrameFlowEvents {
  /** What the controls show; asked for with each frame. */
  settings(): Settings | Promise<Settings>;
  /** A frame sets out. */
  sent(): void;
  /** A frame has come back; `isStale`: from before the last {@link FrameFlow.clear}. */
  answered(result: Result, isStale: boolean): void;
  /** A frame that is not stale has failed, and the worker is still there. */
  failed(failure: Failure): void;
  /** A frame is no longer under way, answered or failed. */
  returned(): void;
  /** The worker was busy, so this one was dropped. */
  dropped(frame: SourceFrame): void;
}

export class FrameFlow {
  readonly #connection: Connection;
  readonly #events: FrameFlowEvents;
  readonly #limiter: FlowLimiter<SourceFrame>;
  /** Counts what has been cleared, so that a frame from before is known to be stale. */
  #turn = 0;
  #underway = 0;

  constructor(connection: Connection, events: FrameFlowEvents) {
    this.#connection = connection;
    this.#events = events;
    this.#limiter = new FlowLimiter((frame, waited) => this.#send(frame, waited), {}, (frame) => { events.dropped(frame); });
  }

  /** Frames that were offered, and those of them that were dropped. */
  get counts(): { offered: number; dropped: number } {
    const { offered, dropped } = this.#limiter;
    return { offered, dropped };
  }

  /** Frames in the graph; those that wait for it are not among them. */
  get underway(): number {
    return this.#underway;
  }

  get isEmpty(): boolean {
    return this.#underway === 0 && this.#limiter.waiting === 0;
  }

  /** How many frames may be in the graph at once. */
  set maxInFlight(count: number) {
    this.#limiter.maxInFlight = count;
  }

  /** How many of the source's frames may wait: {@link Source.maxInQueue}. */
  set maxInQueue(count: number) {
    this.#limiter.maxInQueue = count;
  }

  /** Takes the frame over. */
  offer(frame: SourceFrame): void {
    this.#limiter.offer(frame);
  }

  /** Frames may be sent from now on. */
  open(): void {
    this.#limiter.open();
  }

  /** There is no worker that takes frames. */
  hold(): void {
    this.#limiter.hold();
  }

  /** The source has been stopped: what waits is given up, and nobody waits for what is under way. */
  clear(): void {
    this.#turn += 1;
    this.#limiter.clear();
  }

  async #send(frame: SourceFrame, waited: boolean): Promise<void> {
    const { client } = this.#connection;
    const turn = this.#turn;
    const isStale = (): boolean => turn !== this.#turn;
    const isLost = (): boolean => client !== this.#connection.client;
    const given = this.#events.settings();
    const settings = given instanceof Promise ? await given : given;
    if (client === null || isStale() || isLost()) {
      frame.close();
      return;
    }
    this.#underway += 1;
    this.#events.sent();
    try {
      const result = await this.#answer(client, frame, settings, waited);
      this.#connection.hasAnswered = true;
      this.#events.answered(result, isStale());
    } catch (error) {
      // A client that is lost has told it already.
      if (!isLost() && !isStale()) this.#events.failed(toFailure(error));
    } finally {
      this.#underway -= 1;
      this.#events.returned();
    }
  }

  #answer(client: WorkerClient, frame: SourceFrame, settings: Settings, waited: boolean): Promise<Result> {
    const timestamp = this.#connection.rise(frame.timestamp);
    const input = "sound" in frame ? { image: null, sound: frame.sound } : { image: frame.image };
    const pace = waited ? "behind" : "steady";
    return client.process({ timestamp, ...input, settings, show: true, values: false, partial: true, pace });
  }
}
