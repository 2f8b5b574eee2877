/** One app in one page: a worker, at most one running source, and what has been counted. Knows no element. */

import { Connection, type ConnectionEvents } from "./connection";
import { AppError, toFailure } from "./failure";
import type { Process } from "./job";
import { deviceLost } from "./media_messages";
import { noSource } from "./messages";
import { ProfileListeners, type ProfileListener } from "./profile_listeners";
import type { Failure, Ready, Settings, Tensor, Value } from "./protocol";
import type { SessionEvents, SessionOptions } from "./session_events";
import type { Choice, Device } from "./source";
import { SourceRun } from "./source_run";
import { openSource } from "./sources";
import { Stats, type AppStats } from "./stats";
import { checkTimestamp, WholeFrames } from "./whole_frames";

export class Session {
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #stats = new Stats();
  readonly #profile = new ProfileListeners((on) => this.#connection.client?.profile(on));
  readonly #connection: Connection;
  readonly #run: SourceRun;
  readonly #whole: WholeFrames;
  /** Counts starts and stops, so that what was asked for before the last one is known to be stale. */
  #turn = 0;
  /** Ends the job that is under way. */
  #job: AbortController | null = null;

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#connection = new Connection(options, this.#connectionEvents());
    this.#run = new SourceRun(this.#connection, {
      settings: () => options.settings(),
      answered: (result, isStale) => {
        this.#stats.framesProcessed += 1;
        this.#stats.add(result, performance.now());
        if (!isStale) events.result(result);
      },
      shown: () => { events.activity("shown"); },
      ended: (notice) => {
        this.stop();
        events.notice(notice);
      },
      failed: (failure) => { this.#fail(failure); },
      deviceLost: (device) => { this.#fail(deviceLost(device), device); },
      level: (peak) => { events.level(peak); },
      dropped: ({ timestamp }) => { this.#profile.dropped(timestamp); },
    });
    this.#whole = new WholeFrames(this.#connection, {
      mayShow: () => this.#run.source === null,
      answered: (result) => { this.#stats.add(result, performance.now()); },
      notice: (notice) => { events.notice(notice); },
    });
  }

  get stats(): AppStats {
    const { backend, reason, backends, python, framesProcessed, framesShown, firstResultMs, pending } = this.#stats;
    const { offered: framesIn, dropped: framesDropped } = this.#run.flow.counts;
    const milliseconds = this.#stats.milliseconds();
    const counts = { framesIn, framesProcessed, framesShown, framesDropped, firstResultMs, pending };
    const events = [...this.#stats.deaths, ...this.#stats.events];
    return { backend, reason, backends, events, python, milliseconds, ...counts };
  }

  /** A worker is there, loaded or loading. */
  get connected(): boolean {
    return this.#connection.client !== null;
  }

  /** Frames shown a second. */
  get rate(): number {
    return this.#stats.rate(performance.now());
  }

  /** Loads everything, once; after a fatal failure, once more. Python included. */
  load(): Promise<Ready> {
    try {
      return this.#connection.open().ready;
    } catch (error) {
      const failed = toFailure(error);
      this.#events.failed(failed);
      return Promise.reject(new AppError(failed));
    }
  }

  /** Starts what was chosen, in place of what runs. Rejects with an {@link AppError} that has been reported. */
  async start(choice: Choice | null): Promise<void> {
    this.stop();
    const turn = this.#turn;
    this.#stats.asked(performance.now());
    this.#events.activity("opening");
    try {
      this.#connection.open();
      await this.#open(choice, turn);
    } catch (error) {
      if (turn === this.#turn) this.#fail(toFailure(error));
      throw error;
    }
  }

  stop(): void {
    this.#halt();
    this.#connection.beginRun();
    this.#events.notice("");
  }

  /** One image through the whole graph; `timestamp` in microseconds, above the one before it. */
  async process(
    image: ImageBitmapSource,
    timestamp?: number,
    settings: Settings | Promise<Settings> = {},
  ): Promise<Record<string, Value>> {
    if (timestamp !== undefined) checkTimestamp(timestamp);
    this.#stats.asked(performance.now());
    return this.#whole.process(image, timestamp, settings);
  }

  /** As {@link process}, for one packet of sound: shape [samples, channels]. */
  async processSound(sound: Tensor, timestamp: number, settings: Settings): Promise<Record<string, Value>> {
    checkTimestamp(timestamp);
    return this.#whole.processSound(sound, timestamp, settings);
  }

  /**
   * Does a job in place of what runs: frame after frame through the whole graph, at rising timestamps. {@link stop}
   * and whatever else takes its place abort the signal that the job is given.
   *
   * Rejects as the job does: with an {@link AppError} that has been reported, or with the signal's reason.
   */
  async work<T>(job: (process: Process, signal: AbortSignal) => Promise<T>): Promise<T> {
    this.stop();
    const turn = this.#turn;
    const { signal } = (this.#job = new AbortController());
    this.#events.activity("working");
    try {
      return await job((image, timestamp) => this.#processNext(image, timestamp, signal), signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(toFailure(error));
      throw error;
    } finally {
      if (turn === this.#turn) this.stop();
    }
  }

  /** A control has changed: a still is processed again, as soon as what is on its way has come back. */
  settingsChanged(): void {
    this.#run.outdate();
  }

  /** Tells the listener, a few times a second, what happens in the graph; the function that it gives ends that. */
  profile(listener: ProfileListener): () => void {
    return this.#profile.add(listener);
  }

  /** What is shown, as a PNG file; null where nothing is. */
  async picture(): Promise<Blob | null> {
    return this.#connection.client?.picture() ?? null;
  }

  /** Gives everything back; the session can be loaded anew. */
  release(): void {
    this.#halt();
    this.#connection.client?.close();
    this.#lose();
  }

  async #processNext(
    image: ImageBitmap | VideoFrame,
    timestamp: number,
    signal: AbortSignal,
  ): Promise<Record<string, Value>> {
    const settings = await this.#options.settings();
    if (signal.aborted) image.close();
    signal.throwIfAborted();
    const values = await this.#whole.processNow(image, timestamp, settings);
    this.#connection.hasAnswered = true;
    return values;
  }

  #connectionEvents(): ConnectionEvents {
    return {
      opened: (client) => { if (this.#profile.isWanted) client.profile(true); },
      status: (status) => { this.#events.status(status); },
      ready: (ready) => { this.#onReady(ready); },
      backends: (chosen) => {
        this.#stats.choose(chosen);
        this.#run.flow.maxInFlight = chosen.overlaps ? 2 : 1;
      },
      profiled: (profiled) => { this.#profile.tell(profiled); },
      failed: (failed, fatal) => {
        if (fatal) this.#lose();
        if (fatal && this.#isWorthReviving(failed)) this.#revive(failed);
        else if (fatal) this.#fail(failed);
        else this.#events.failed(failed);
      },
    };
  }

  #onReady(ready: Ready): void {
    this.#stats.ready(ready);
    this.#events.ready(ready);
    this.#run.flow.open();
    this.#run.complete();
  }

  /** A worker that has died, though it had answered frames, while more of them come. */
  #isWorthReviving({ name }: Failure): boolean {
    const { hasAnswered } = this.#connection;
    // A job on many files goes on with the next one, whatever one of them did to the worker.
    if (this.#job !== null) return hasAnswered;
    return name === "InternalError" && this.#run.source?.still === false && hasAnswered;
  }

  /** Another worker takes over; it gets the source's next frame. */
  #revive({ message }: Failure): void {
    this.#stats.deaths.push(`the worker was started anew: ${message}`);
    this.#connection.open();
  }

  async #open(choice: Choice | null, turn: number): Promise<void> {
    if (choice === null) throw new AppError(noSource());
    const source = await openSource(choice, await this.#options.audio());
    if (turn !== this.#turn) {
      source.close();
      return;
    }
    this.#events.activity("running");
    this.#events.playback(source.playback);
    if (source.notice !== "") this.#events.notice(source.notice);
    this.#run.begin(source);
  }

  #lose(): void {
    this.#connection.lose();
    this.#run.flow.hold();
  }

  #halt(): void {
    this.#turn += 1;
    this.#job?.abort();
    this.#job = null;
    this.#run.halt();
    this.#events.playback(null);
    this.#events.activity("idle");
  }

  /** `device`: the one that was lost. */
  #fail(failed: Failure, device: Device | null = null): void {
    this.#halt();
    this.#connection.beginRun();
    if (device !== null) this.#events.deviceLost(device);
    this.#events.failed(failed);
  }
}
