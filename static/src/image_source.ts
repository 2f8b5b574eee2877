/** A still image as a source of one frame. */

import { AppError, toFailure } from "./failure";
import { decodeImage, type Decoded } from "./image_decoding";
import { badImage, scaledDown } from "./messages";
import { ImageFrame, type FrameSink, type Source } from "./source";

export class ImageSource implements Source {
  readonly still = true;
  readonly maxInQueue = 1;
  readonly playback = null;
  readonly notice: string;
  readonly #blob: Blob;
  readonly #name: string;
  #first: ImageBitmap | null;
  #sink: FrameSink | null = null;
  #closed = false;

  private constructor(blob: Blob, name: string, decoded: Decoded) {
    this.#blob = blob;
    this.#name = name;
    this.#first = decoded.image;
    this.notice = decoded.original === null ? "" : scaledDown(decoded.original, decoded.image);
  }

  /** Rejects with an ImageError where the bytes are no image that this browser decodes. */
  static async open(blob: Blob, name: string): Promise<ImageSource> {
    return new ImageSource(blob, name, await decode(blob, name));
  }

  start(sink: FrameSink): void {
    this.#sink = sink;
    this.again();
  }

  again(): void {
    void this.#give().catch((error: unknown) => this.#sink?.failed(toFailure(error)));
  }

  close(): void {
    this.#closed = true;
    this.#first?.close();
    this.#first = null;
  }

  async #give(): Promise<void> {
    // Decoded anew each time: a copy of an ImageBitmap may have its alpha multiplied in.
    const image = this.#first ?? (await decode(this.#blob, this.#name)).image;
    this.#first = null;
    if (this.#closed) image.close();
    else this.#sink?.frame(new ImageFrame(image, 0));
  }
}

async function decode(blob: Blob, name: string): Promise<Decoded> {
  try {
    return await decodeImage(blob);
  } catch {
    throw new AppError(badImage(name));
  }
}
