/** The worker that an app runs in, one after the other, and the time to which its run has come. */

import { AppError } from "./failure";
import { timestampFalls, unsupported } from "./messages";
import { missingFeatures } from "./support";
import { WorkerClient, type ClientEvents, type ClientOptions } from "./worker_client";

export interface ConnectionOptions extends Omit<ClientOptions, "canvas"> {
  /** A canvas of its own for each worker: it can be transferred only once. */
  canvas: () => OffscreenCanvas | null;
}

export interface ConnectionEvents extends ClientEvents {
  /** A worker has been started. */
  opened(client: WorkerClient): void;
}

export class Connection {
  /** Whether the worker that lives now has answered a frame of a source or of a job. */
  hasAnswered = false;
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  #client: WorkerClient | null = null;
  /** Timestamp of the run's last frame. */
  #last = -1;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** The worker that is there, loaded or loading. */
  get client(): WorkerClient | null {
    return this.#client;
  }

  /** Starts a worker where there is none; throws an {@link AppError} where the browser cannot run one. */
  open(): WorkerClient {
    if (this.#client !== null) return this.#client;
    const missing = missingFeatures();
    if (missing.length > 0) throw new AppError(unsupported(missing));
    const canvas = this.#options.canvas();
    this.#client = new WorkerClient({ ...this.#options, canvas }, this.#events);
    this.#last = -1;
    this.hasAnswered = false;
    this.#events.opened(this.#client);
    return this.#client;
  }

  /** The worker is of no more use, or has been closed. */
  lose(): void {
    this.#client = null;
  }

  /** From the next frame on, any timestamp will do. */
  beginRun(): void {
    this.#last = -1;
    this.#client?.reset();
  }

  /** The timestamp of the run's next frame: the given one, or the first above the last. */
  rise(timestamp = 0): number {
    this.#last = Math.max(timestamp, this.#last + 1);
    return this.#last;
  }

  /** Takes the timestamp for the run's next frame; throws an {@link AppError} unless it is above the last. */
  claim(timestamp: number): number {
    if (timestamp <= this.#last) throw new AppError(timestampFalls(timestamp, this.#last));
    this.#last = timestamp;
    return timestamp;
  }
}
