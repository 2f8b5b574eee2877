/** One app in one page: a worker, at most one running source, and what has been counted. Knows no element. */

import { AppError, toFailure } from "./failure";
import { FlowLimiter } from "./flow_limiter";
import { decodeImage, type Decoded } from "./image_decoding";
import { badTimestamp, noSource, notAnImage, scaledDown, timestampFalls, unsupported } from "./messages";
import { ProfileListeners, type ProfileListener } from "./profile_listeners";
import type { AudioFormat, Failure, Ready, Result, Settings, Status, Tensor, Value } from "./protocol";
import type { Process } from "./job";
import { rests, type Choice, type FrameSink, type Source, type SourceFrame } from "./source";
import { openSource } from "./sources";
import { Stats, type AppStats } from "./stats";
import { missingFeatures } from "./support";
import { WorkerClient, type ClientEvents, type ClientOptions } from "./worker_client";

export interface SessionOptions extends Omit<ClientOptions, "canvas"> {
  /** A canvas of its own for each worker: it can be transferred only once. */
  canvas: () => OffscreenCanvas | null;
  /** What the controls show; asked for with each frame of a source. */
  settings: () => Settings | Promise<Settings>;
  /** How the sound that the app takes is cut into packets; null where it takes images. */
  audio: () => Promise<AudioFormat | null>;
}

/** "shown": a still has gone through, and nothing more is to come of it. "working": at a job, on files. */
export type Activity = "idle" | "opening" | "running" | "shown" | "working";

export interface SessionEvents {
  status(status: Status): void;
  ready(ready: Ready): void;
  result(result: Result): void;
  failed(failure: Failure): void;
  activity(activity: Activity): void;
  /** Something the visitor should know; empty: no longer. */
  notice(notice: string): void;
  /** What plays, pauses and seeks from now on; null: nothing. */
  playback(playback: HTMLVideoElement | null): void;
  /** How loud the sound of the source is, 0..1. */
  level(peak: number): void;
}

export class Session {
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #stats = new Stats();
  readonly #profile = new ProfileListeners((on) => this.#client?.profile(on));
  readonly #limiter = new FlowLimiter<SourceFrame>(
    (frame) => this.#send(frame),
    {},
    ({ timestamp }) => { this.#profile.dropped(timestamp); },
  );
  #client: WorkerClient | null = null;
  #source: Source | null = null;
  /** Counts starts and stops, so that what was asked for before the last one is known to be stale. */
  #turn = 0;
  #last = -1;
  #order: Promise<unknown> = Promise.resolve();
  /** Set when the still on show lacks Python's part. */
  #incomplete = false;
  /** Frames of the source that are on their way through the graph. */
  #underway = 0;
  /** Set while the still that is shown, or under way, is not as the controls are set. */
  #outdated = false;
  /** Set while the source has been asked for a frame that has not set out yet. */
  #expected = false;
  /** Whether the worker that lives now has answered a frame of a source or of a job. */
  #hasAnswered = false;
  /** What the source said when it ended by itself, until its last frame has come back. */
  #ended: string | null = null;
  /** Ends the job that is under way. */
  #job: AbortController | null = null;

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
  }

  get stats(): AppStats {
    const { backend, reason, backends, python, framesShown, firstResultMs, pending } = this.#stats;
    const { offered: framesIn, dropped: framesDropped } = this.#limiter;
    const milliseconds = this.#stats.milliseconds();
    const counts = { framesIn, framesShown, framesDropped, firstResultMs, pending };
    const events = [...this.#stats.deaths, ...this.#stats.events];
    return { backend, reason, backends, events, python, milliseconds, ...counts };
  }

  /** A worker is there, loaded or loading. */
  get connected(): boolean {
    return this.#client !== null;
  }

  /** Frames shown a second. */
  get rate(): number {
    return this.#stats.rate(performance.now());
  }

  /** Loads everything, once; after a fatal failure, once more. Python included. */
  load(): Promise<Ready> {
    try {
      return this.#connect().ready;
    } catch (error) {
      const failed = toFailure(error);
      this.#events.failed(failed);
      return Promise.reject(new AppError(failed));
    }
  }

  /** Starts what was chosen, in place of what runs. Rejects with an {@link AppError} that has been reported. */
  async start(choice: Choice | null): Promise<void> {
    this.stop();
    const turn = ++this.#turn;
    this.#stats.asked(performance.now());
    this.#events.activity("opening");
    try {
      this.#connect();
      await this.#open(choice, turn);
    } catch (error) {
      if (turn === this.#turn) this.#fail(toFailure(error));
      throw error;
    }
  }

  stop(): void {
    this.#turn += 1;
    this.#halt();
    this.#beginRun();
    this.#events.notice("");
  }

  /**
   * One image through the whole graph; `timestamp` in microseconds, above the one before it. Images are decoded
   * side by side, but go to the graph in the order of the calls.
   */
  async process(
    image: ImageBitmapSource,
    timestamp?: number,
    settings: Settings | Promise<Settings> = {},
  ): Promise<Record<string, Value>> {
    if (timestamp !== undefined) checkTimestamp(timestamp);
    this.#stats.asked(performance.now());
    const client = this.#connect();
    const before = this.#order;
    const decoding = decode(image);
    // What they give is let go: it would hold the outcome before it, and so each one since the first.
    this.#order = Promise.allSettled([before, decoding, settings]).then(() => undefined);
    await before;
    const decoded = await decoding;
    const shown = await settings;
    if (decoded.original !== null) this.#events.notice(scaledDown(decoded.original, decoded.image));
    return this.#processWhole(client, decoded.image, timestamp ?? this.#last + 1, shown);
  }

  /** As {@link process}, for one packet of sound: shape [samples, channels]. */
  async processSound(sound: Tensor, timestamp: number, settings: Settings): Promise<Record<string, Value>> {
    checkTimestamp(timestamp);
    if (timestamp <= this.#last) throw new AppError(timestampFalls(timestamp, this.#last));
    this.#last = timestamp;
    const request = { timestamp, image: null, sound, settings, show: false, values: true, partial: false };
    const result = await this.#connect().process(request);
    this.#stats.add(result, performance.now());
    return result.values;
  }

  /**
   * Does a job in place of what runs: frame after frame through the whole graph, at rising timestamps. {@link stop}
   * and whatever else takes its place abort the signal that the job is given.
   *
   * Rejects as the job does: with an {@link AppError} that has been reported, or with the signal's reason.
   */
  async work<T>(job: (process: Process, signal: AbortSignal) => Promise<T>): Promise<T> {
    this.stop();
    const turn = ++this.#turn;
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
    this.#outdated = true;
    this.#renew();
  }

  /** Tells the listener, a few times a second, what happens in the graph; the function that it gives ends that. */
  profile(listener: ProfileListener): () => void {
    return this.#profile.add(listener);
  }

  /** What is shown, as a PNG file; null where nothing is. */
  async picture(): Promise<Blob | null> {
    return this.#client?.picture() ?? null;
  }

  /** Gives everything back; the session can be loaded anew. */
  release(): void {
    this.#turn += 1;
    this.#halt();
    this.#client?.close();
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
    const values = await this.#processWhole(this.#connect(), image, timestamp, settings);
    this.#hasAnswered = true;
    return values;
  }

  async #processWhole(
    client: WorkerClient,
    image: ImageBitmap | VideoFrame,
    timestamp: number,
    settings: Settings,
  ): Promise<Record<string, Value>> {
    if (timestamp <= this.#last) {
      image.close();
      throw new AppError(timestampFalls(timestamp, this.#last));
    }
    this.#last = timestamp;
    const show = this.#source === null;
    const result = await client.process({ timestamp, image, settings, show, values: true, partial: false });
    this.#stats.add(result, performance.now());
    return result.values;
  }

  #connect(): WorkerClient {
    if (this.#client !== null) return this.#client;
    const missing = missingFeatures();
    if (missing.length > 0) throw new AppError(unsupported(missing));
    const canvas = this.#options.canvas();
    this.#client = new WorkerClient({ ...this.#options, canvas }, this.#clientEvents());
    if (this.#profile.isWanted) this.#client.profile(true);
    this.#last = -1;
    return this.#client;
  }

  #clientEvents(): ClientEvents {
    return {
      status: (status) => { this.#events.status(status); },
      ready: (ready) => { this.#onReady(ready); },
      backends: (chosen) => { this.#stats.choose(chosen); },
      profiled: (profiled) => { this.#profile.tell(profiled); },
      failed: (failed, fatal) => {
        if (fatal) this.#lose();
        if (fatal && this.#isWorthReviving(failed)) this.#revive(failed);
        else if (fatal) this.#fail(failed);
        else this.#events.failed(failed);
      },
    };
  }

  /** A worker that has died, though it had answered frames, while more of them come. */
  #isWorthReviving({ name }: Failure): boolean {
    // A job on many files goes on with the next one, whatever one of them did to the worker.
    if (this.#job !== null) return this.#hasAnswered;
    const isMoving = this.#source?.still === false;
    return name === "InternalError" && isMoving && this.#hasAnswered;
  }

  /** Another worker takes over; it gets the source's next frame. */
  #revive({ message }: Failure): void {
    this.#hasAnswered = false;
    this.#stats.deaths.push(`the worker was started anew: ${message}`);
    this.#connect();
  }

  #onReady(ready: Ready): void {
    this.#stats.backend = ready.backend;
    this.#stats.reason = ready.reason;
    this.#stats.python = ready.python;
    this.#events.ready(ready);
    this.#limiter.open();
    this.#complete();
  }

  async #open(choice: Choice | null, turn: number): Promise<void> {
    if (choice === null) throw new AppError(noSource());
    const source = await openSource(choice, await this.#options.audio());
    if (turn !== this.#turn) {
      source.close();
      return;
    }
    this.#source = source;
    this.#events.activity("running");
    this.#events.playback(source.playback);
    if (source.notice !== "") this.#events.notice(source.notice);
    this.#expected = true;
    source.start(this.#sink(turn));
  }

  #sink(turn: number): FrameSink {
    return {
      frame: (frame) => {
        if (turn === this.#turn) this.#limiter.offer(frame);
        else frame.close();
      },
      level: (peak) => { if (turn === this.#turn) this.#events.level(peak); },
      ended: (notice) => {
        if (turn !== this.#turn) return;
        this.#ended = notice;
        this.#end();
      },
      failed: (failed) => { if (turn === this.#turn) this.#fail(failed); },
    };
  }

  async #send(frame: SourceFrame): Promise<void> {
    const client = this.#client;
    const turn = this.#turn;
    if (client === null) {
      frame.close();
      return;
    }
    const given = this.#options.settings();
    const settings = given instanceof Promise ? await given : given;
    if (turn !== this.#turn || client !== this.#client) {
      frame.close();
      return;
    }
    this.#underway += 1;
    this.#outdated = this.#expected = false;
    try {
      this.#show(await this.#answer(client, frame, settings), turn);
    } catch (error) {
      // A client that is lost has told it already.
      if (client === this.#client && turn === this.#turn) this.#fail(toFailure(error));
    } finally {
      this.#underway -= 1;
      this.#renew();
      if (turn === this.#turn) this.#end();
    }
  }

  #answer(client: WorkerClient, frame: SourceFrame, settings: Settings): Promise<Result> {
    const timestamp = Math.max(frame.timestamp, this.#last + 1);
    this.#last = timestamp;
    const input = "sound" in frame ? { image: null, sound: frame.sound } : { image: frame.image };
    return client.process({ timestamp, ...input, settings, show: true, values: false, partial: true });
  }

  #show(result: Result, turn: number): void {
    this.#stats.add(result, performance.now());
    this.#hasAnswered = true;
    if (turn !== this.#turn) return;
    this.#incomplete = result.pending.length > 0;
    this.#events.result(result);
    if (this.#source?.still === true && !this.#incomplete) this.#events.activity("shown");
    this.#complete();
  }

  #renew(): void {
    if (this.#outdated && this.#underway === 0 && !this.#expected) this.#again();
  }

  /** What rests once more; a still as a run of its own. */
  #again(): void {
    const source = this.#source;
    if (source === null || !rests(source)) return;
    this.#expected = true;
    if (source.still) this.#beginRun();
    source.again();
  }

  /** A still that was shown without Python's part is shown again, as a run of its own, when Python is there. */
  #complete(): void {
    if (!this.#incomplete || this.#client?.whole !== true || this.#source === null || !rests(this.#source)) return;
    this.#incomplete = false;
    this.#again();
  }

  #beginRun(): void {
    this.#last = -1;
    this.#client?.reset();
  }

  #lose(): void {
    this.#client = null;
    this.#limiter.hold();
  }

  /** Where the source has ended by itself, and its last frame has come back. */
  #end(): void {
    if (this.#ended === null || this.#underway > 0 || this.#limiter.waiting > 0) return;
    const notice = this.#ended;
    this.stop();
    this.#events.notice(notice);
  }

  #halt(): void {
    this.#job?.abort();
    this.#job = null;
    this.#source?.close();
    this.#source = null;
    this.#ended = null;
    this.#events.playback(null);
    this.#incomplete = false;
    this.#outdated = this.#expected = false;
    this.#limiter.clear();
    this.#events.activity("idle");
  }

  #fail(failed: Failure): void {
    this.#turn += 1;
    this.#halt();
    if (this.#client !== null) this.#beginRun();
    this.#events.failed(failed);
  }
}

function checkTimestamp(timestamp: number): void {
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) throw new AppError(badTimestamp(timestamp));
}

async function decode(image: ImageBitmapSource): Promise<Decoded> {
  try {
    return await decodeImage(image);
  } catch (error) {
    throw new AppError(notAnImage(String(error)));
  }
}
