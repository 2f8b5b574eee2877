/** Single images and packets of sound through the whole graph, Python included: for scripts, and for jobs on files. */

import type { Connection } from "./connection";
import { AppError } from "./failure";
import { decodeImage, type Decoded } from "./image_decoding";
import { badTimestamp, notAnImage, scaledDown } from "./messages";
import type { Result, Settings, Tensor, Value } from "./protocol";
import type { WorkerClient } from "./worker_client";

export interface WholeFramesEvents {
  /** Whether the canvas is free to show the frame's image. */
  mayShow(): boolean;
  answered(result: Result): void;
  /** Something the visitor should know. */
  notice(notice: string): void;
}

export class WholeFrames {
  readonly #connection: Connection;
  readonly #events: WholeFramesEvents;
  #order: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection, events: WholeFramesEvents) {
    this.#connection = connection;
    this.#events = events;
  }

  /**
   * One image; it stays the caller's. Without a timestamp it gets the run's next one. Images are decoded side by side,
   * but go to the graph in the order of the calls.
   */
  async process(
    image: ImageBitmapSource,
    timestamp: number | undefined,
    settings: Settings | Promise<Settings>,
  ): Promise<Record<string, Value>> {
    const client = this.#connection.open();
    const before = this.#order;
    const decoding = decode(image);
    // What they give is let go: it would hold the outcome before it, and so each one since the first.
    this.#order = Promise.allSettled([before, decoding, settings]).then(() => undefined);
    await before;
    const decoded = await decoding;
    const shown = await settings;
    if (decoded.original !== null) this.#events.notice(scaledDown(decoded.original, decoded.image));
    return this.#processImage(client, decoded.image, timestamp, shown);
  }

  /** As {@link process}, for an image that is given away. */
  processNow(image: ImageBitmap | VideoFrame, timestamp: number, settings: Settings): Promise<Record<string, Value>> {
    return this.#processImage(this.#connection.open(), image, timestamp, settings);
  }

  /** As {@link process}, for one packet of sound: shape [samples, channels]. */
  async processSound(sound: Tensor, timestamp: number, settings: Settings): Promise<Record<string, Value>> {
    this.#connection.claim(timestamp);
    const request = { timestamp, image: null, sound, settings, show: false, values: true, partial: false };
    const result = await this.#connection.open().process(request);
    this.#events.answered(result);
    return result.values;
  }

  async #processImage(
    client: WorkerClient,
    image: ImageBitmap | VideoFrame,
    given: number | undefined,
    settings: Settings,
  ): Promise<Record<string, Value>> {
    const timestamp = this.#claim(image, given);
    const show = this.#events.mayShow();
    const result = await client.process({ timestamp, image, settings, show, values: true, partial: false });
    this.#events.answered(result);
    return result.values;
  }

  #claim(image: ImageBitmap | VideoFrame, timestamp: number | undefined): number {
    try {
      return timestamp === undefined ? this.#connection.rise() : this.#connection.claim(timestamp);
    } catch (error) {
      image.close();
      throw error;
    }
  }
}

/** Throws an {@link AppError} unless it is a whole number of microseconds from 0 on. */
export function checkTimestamp(timestamp: number): void {
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) throw new AppError(badTimestamp(timestamp));
}

async function decode(image: ImageBitmapSource): Promise<Decoded> {
  try {
    return await decodeImage(image);
  } catch (error) {
    throw new AppError(notAnImage(String(error)));
  }
}
