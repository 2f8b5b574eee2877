/** The page's end of the worker: owns it, gives a promise for each frame, and never lets one hang. */

import { CallsSeen } from "./calls_seen";
import { Deferred } from "./deferred";
import { startWorker, takeEarly } from "./early_worker";
import { AppError, toFailure } from "./failure";
import { hintsFor } from "./given_hints";
import { calculatorHangs, graphHangs, imageTainted, released, stageStalls, unreadableMessage, workerDied } from "./messages";
import { CALCULATOR_TIMEOUT, STAGE_TIMEOUT } from "./protocol";
import type { Backends, Entering, Failed, Failure, Frame, FromWorker, Picture, Profiled, Ready, Result, Stage, Status, ToWorker } from "./protocol";
import { VERSION } from "./version";
import { Watchdog } from "./watchdog";

/** What is used of a `Worker`, so that a test can speak the protocol without one. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
}

export interface ClientOptions {
  /** Address of the worker's script. */
  script: URL;
  /** Absolute address of the site's folder, ending in "/". */
  base: string;
  backend: string;
  canvas: OffscreenCanvas | null;
  /** Seconds; see protocol.ts for what they are by default. */
  stageTimeout?: number;
  calculatorTimeout?: number;
  create?: (script: URL) => WorkerLike;
  /** Looks for the reason of what could not be loaded. */
  explain?: (failure: Failure) => Promise<Failure>;
}

export interface ClientEvents {
  status(status: Status): void;
  ready(ready: Ready): void;
  backends(backends: Backends): void;
  profiled(profiled: Profiled): void;
  /** Something failed that belongs to no frame; after a fatal failure the client is of no more use. */
  failed(failure: Failure, fatal: boolean): void;
}

/** A frame; "alone" unless a pace is given. */
export type FrameRequest = Omit<Frame, "type" | "id" | "pace"> & Partial<Pick<Frame, "pace">>;

export class WorkerClient {
  readonly #worker: WorkerLike;
  readonly #script: URL;
  readonly #events: ClientEvents;
  readonly #explain: ClientOptions["explain"];
  readonly #frames = new Deferred<Ready>();
  readonly #python = new Deferred<Ready>();
  readonly #waiting = new Map<number, Deferred<Result>>();
  readonly #pictures = new Map<number, Deferred<Blob | null>>();
  readonly #stages: Watchdog;
  readonly #calculator: Watchdog;
  readonly #graph: Watchdog;
  #progress: { stage: Stage; detail: string; loaded: number } = { stage: "site", detail: "", loaded: -1 };
  readonly #calls = new CallsSeen();
  #nextId = 1;
  #dead: Failure | null = null;
  /** Nothing more comes; why is being found out, and told then. */
  #isEnding = false;
  #whole = false;

  constructor(options: ClientOptions, events: ClientEvents) {
    const stageTimeout = options.stageTimeout ?? STAGE_TIMEOUT;
    this.#events = events;
    this.#script = options.script;
    this.#explain = options.explain;
    this.#stages = new Watchdog(stageTimeout, () => {
      this.#end(stageStalls(this.#progress.stage, this.#progress.detail, stageTimeout));
    });
    this.#calculator = new Watchdog(options.calculatorTimeout ?? CALCULATOR_TIMEOUT, () => {
      this.#hang();
    }, () => this.#calls.goOn());
    this.#graph = new Watchdog(stageTimeout, () => {
      this.#end(graphHangs(stageTimeout));
    });
    this.#worker = options.create?.(options.script) ?? createWorker(options);
    this.#listen();
    this.#begin(options);
  }

  /** Frames may be sent. */
  get frames(): Promise<Ready> {
    return this.#frames.promise;
  }

  /** Everything runs, Python included. */
  get ready(): Promise<Ready> {
    return this.#python.promise;
  }

  /** Whether Python's calculators run (or there are none). */
  get whole(): boolean {
    return this.#whole;
  }

  /** Sends a frame; its image is given away. Rejects with an {@link AppError}, always sooner or later. */
  process(request: FrameRequest): Promise<Result> {
    const answer = new Deferred<Result>();
    const id = this.#nextId++;
    if (this.#dead === null) {
      if (this.#waiting.size === 0 && this.#calls.isShared) this.#calculator.feed();
      this.#waiting.set(id, answer);
      this.#graph.feed();
      this.#send({ type: "frame", id, pace: "alone", ...request });
    } else {
      request.image?.close();
      answer.reject(new AppError(this.#dead));
    }
    return answer.promise;
  }

  #send(frame: Frame): void {
    try {
      this.#post(frame, frame.image === null ? [] : [frame.image]);
    } catch (error) {
      // An image that somebody closed meanwhile cannot be transferred: that frame fails, not the app.
      const failed = isTainted(error, frame.image) ? imageTainted() : toFailure(error);
      this.#settle(frame.id)?.reject(new AppError(failed));
    }
  }

  /** What the canvas shows, as a PNG file; null where there is nothing. Rejects if the worker dies. */
  picture(): Promise<Blob | null> {
    const answer = new Deferred<Blob | null>();
    const id = this.#nextId++;
    if (this.#dead !== null) return Promise.reject(new AppError(this.#dead));
    this.#pictures.set(id, answer);
    this.#post({ type: "picture", id }, []);
    return answer.promise;
  }

  /** Ends the run: the next frame begins a new one. */
  reset(): void {
    if (this.#dead === null) this.#post({ type: "reset" }, []);
  }

  /** From now on, or no longer, `profiled` tells what happens in the graph. */
  profile(on: boolean): void {
    if (this.#dead === null) this.#post({ type: "profile", on }, []);
  }

  /** Terminates the worker; what was under way rejects. */
  close(): void {
    this.#die(released());
  }

  #begin(options: ClientOptions): void {
    const { base, backend, canvas } = options;
    this.#stages.feed();
    this.#post({ type: "init", version: VERSION, base, backend, canvas }, canvas === null ? [] : [canvas]);
  }

  #post(message: ToWorker, transfer: Transferable[]): void {
    this.#worker.postMessage(message, transfer);
  }

  #listen(): void {
    this.#worker.onmessage = (event) => {
      this.#receive(event.data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      // A script that cannot be loaded gives a plain Event, which carries no message.
      this.#end(workerDied(("message" in event && event.message) || "", this.#script.href));
    };
    this.#worker.onmessageerror = () => {
      this.#end(unreadableMessage());
    };
  }

  #receive(message: FromWorker): void {
    if (this.#dead !== null || this.#isEnding) return;
    // It comes also from a graph that hangs.
    if (message.type === "profiled") {
      this.#events.profiled(message);
      return;
    }
    if (this.#waiting.size > 0) this.#graph.feed();
    if (message.type === "status") this.#onStatus(message);
    else if (message.type === "ready") this.#onReady(message);
    else if (message.type === "backends") this.#events.backends(message);
    else if (message.type === "entering") this.#onEntering(message);
    else if (message.type === "result") this.#onResult(message);
    else if (message.type === "picture") this.#onPicture(message);
    else this.#onFailed(message);
  }

  #onStatus(status: Status): void {
    const { stage, detail, loaded } = status;
    const last = this.#progress;
    // The same number once more is a sign of life, but not of progress.
    if (last.stage !== stage || last.detail !== detail || last.loaded !== loaded) this.#feedStages();
    this.#progress = { stage, detail, loaded };
    this.#events.status(status);
  }

  #feedStages(): void {
    if (!this.#whole) this.#stages.feed();
  }

  #onReady(ready: Ready): void {
    this.#feedStages();
    this.#frames.resolve(ready);
    if (ready.what === "python") {
      this.#whole = true;
      this.#stages.rest();
      this.#python.resolve(ready);
    }
    this.#events.ready(ready);
  }

  #onEntering(entering: Entering): void {
    this.#calls.told(entering);
    this.#calculator.feed();
  }

  #onResult(result: Result): void {
    this.#settle(result.id)?.resolve(result);
  }

  #onPicture({ id, png }: Picture): void {
    this.#pictures.get(id)?.resolve(png);
    this.#pictures.delete(id);
  }

  #onFailed(failed: Failed): void {
    if (failed.fatal) {
      this.#end(failed.error);
    } else if (failed.id !== undefined) {
      this.#settle(failed.id)?.reject(new AppError(failed.error));
    } else {
      this.#events.failed(failed.error, false);
    }
  }

  #settle(id: number): Deferred<Result> | undefined {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0 || !this.#calls.isShared) this.#calculator.rest();
    if (this.#waiting.size === 0) this.#graph.rest();
    return answer;
  }

  #hang(): void {
    const { node, timestamp } = this.#calls.last;
    this.#end(calculatorHangs(node, timestamp, this.#calculator.seconds));
  }

  /** A fatal failure: nothing more comes from this worker. */
  #end(failure: Failure): void {
    if (this.#dead !== null || this.#isEnding) return;
    this.#isEnding = true;
    this.#worker.terminate();
    if (failure.name !== "LoadError" || this.#explain === undefined) this.#tellEnd(failure);
    else void this.#explain(failure).then((explained) => { this.#tellEnd(explained); });
  }

  #tellEnd(failure: Failure): void {
    // Somebody has closed it meanwhile.
    if (this.#dead !== null) return;
    this.#die(failure);
    this.#events.failed(failure, true);
  }

  #die(failure: Failure): void {
    if (this.#dead !== null) return;
    this.#dead = failure;
    for (const dog of [this.#stages, this.#calculator, this.#graph]) dog.rest();
    this.#worker.terminate();
    const error = new AppError(failure);
    this.#frames.reject(error);
    this.#python.reject(error);
    for (const answer of [...this.#waiting.values(), ...this.#pictures.values()]) answer.reject(error);
    this.#waiting.clear();
    this.#pictures.clear();
  }
}

/** An image of another origin that the page may show but not read; one that is closed has no size. */
function isTainted(error: unknown, image: Frame["image"]): boolean {
  const isRefused = error instanceof DOMException && error.name === "DataCloneError";
  return isRefused && image !== null && "width" in image && image.width > 0;
}

function createWorker({ script, base, backend }: ClientOptions): WorkerLike {
  return takeEarly(script, base, backend) ?? startWorker(script, base, backend, hintsFor(base));
}
