/** One source after the other, each from its opening to its end; what rests is shown anew when that is asked for. */

import type { Connection } from "./connection";
import { FrameFlow } from "./frame_flow";
import type { Failure, Result, Settings } from "./protocol";
import { rests, type Device, type FrameSink, type Source, type SourceFrame } from "./source";

export interface SourceRunEvents {
  /** What the controls show; asked for with each frame. */
  settings(): Settings | Promise<Settings>;
  /** A frame has come back; `isStale`: of a source that has been stopped since. */
  answered(result: Result, isStale: boolean): void;
  /** A still has gone through, and nothing more is to come of it. */
  shown(): void;
  /** The source has ended by itself, and its last frame has come back; `notice` says what has happened. */
  ended(notice: string): void;
  failed(failure: Failure): void;
  /** What the source ran on was pulled out, or taken away. */
  deviceLost(device: Device): void;
  level(peak: number): void;
  dropped(frame: SourceFrame): void;
}

export class SourceRun {
  readonly flow: FrameFlow;
  readonly #connection: Connection;
  readonly #events: SourceRunEvents;
  #source: Source | null = null;
  /** Set when the still on show lacks Python's part. */
  #incomplete = false;
  /** Set while the still that is shown, or under way, is not as the controls are set. */
  #outdated = false;
  /** Set while the source has been asked for a frame that has not set out yet. */
  #expected = false;
  /** What the source said when it ended by itself, until its last frame has come back. */
  #ended: string | null = null;

  constructor(connection: Connection, events: SourceRunEvents) {
    this.#connection = connection;
    this.#events = events;
    this.flow = new FrameFlow(connection, {
      settings: () => events.settings(),
      sent: () => { this.#outdated = this.#expected = false; },
      answered: (result, isStale) => { this.#answered(result, isStale); },
      failed: (failure) => { events.failed(failure); },
      returned: () => {
        this.#renew();
        this.#end();
      },
      dropped: (frame) => { events.dropped(frame); },
    });
  }

  get source(): Source | null {
    return this.#source;
  }

  /** Takes the source over and starts it. */
  begin(source: Source): void {
    this.#source = source;
    this.#expected = true;
    this.flow.maxInQueue = source.maxInQueue;
    source.start(this.#sink(source));
  }

  /** What the controls show has changed: what rests is shown again, once what is under way has come back. */
  outdate(): void {
    this.#outdated = true;
    this.#renew();
  }

  /** A still that was shown without Python's part is shown again, as a run of its own, when Python is there. */
  complete(): void {
    if (!this.#incomplete || this.#connection.client?.whole !== true || !this.#rests()) return;
    this.#incomplete = false;
    this.#again();
  }

  /** Closes the source; nothing more is told of it. */
  halt(): void {
    const source = this.#source;
    this.#source = null;
    source?.close();
    this.#ended = null;
    this.#incomplete = this.#outdated = this.#expected = false;
    this.flow.clear();
  }

  #sink(source: Source): FrameSink {
    const isOver = (): boolean => source !== this.#source;
    return {
      frame: (frame) => {
        if (isOver()) frame.close();
        else this.flow.offer(frame);
      },
      level: (peak) => { if (!isOver()) this.#events.level(peak); },
      ended: (notice) => {
        if (isOver()) return;
        this.#ended = notice;
        this.#end();
      },
      failed: (failure) => { if (!isOver()) this.#events.failed(failure); },
      deviceLost: (device) => { if (!isOver()) this.#events.deviceLost(device); },
    };
  }

  #answered(result: Result, isStale: boolean): void {
    if (!isStale) this.#incomplete = result.pending.length > 0;
    this.#events.answered(result, isStale);
    if (isStale) return;
    if (this.#source?.still === true && !this.#incomplete) this.#events.shown();
    this.complete();
  }

  #rests(): boolean {
    return this.#source !== null && rests(this.#source);
  }

  #renew(): void {
    if (this.#outdated && this.flow.underway === 0 && !this.#expected) this.#again();
  }

  /** What rests once more; a still as a run of its own. */
  #again(): void {
    const source = this.#source;
    if (source === null || !rests(source)) return;
    this.#expected = true;
    if (source.still) this.#connection.beginRun();
    source.again();
  }

  #end(): void {
    if (this.#ended === null || !this.flow.isEmpty) return;
    this.#events.ended(this.#ended);
  }
}
