/** A canvas recorded as a film, by the browser's MediaRecorder. */

import { Deferred } from "./deferred";
import { AppError } from "./failure";
import { cannotRecord } from "./messages";

/** The first that the browser writes is taken: most programs play MP4. */
const TYPES = ["video/mp4;codecs=avc1.42E01E", "video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];

/** Bits a second for each pixel: 0.2 a pixel and frame, at 30 frames a second. */
const BITS_PER_PIXEL = 6;

/** Bits a second at least: what browsers take where nothing is asked for. */
const LEAST_BITS = 2_500_000;

export class Recording {
  readonly #recorder: MediaRecorder;
  readonly #chunks: Blob[] = [];
  readonly #film = new Deferred<Blob>();

  static get isPossible(): boolean {
    return typeof MediaRecorder === "function" && "captureStream" in HTMLCanvasElement.prototype;
  }

  /** Begins at once; `ended` is given the film, whoever ends it. Throws an {@link AppError} where it cannot begin. */
  constructor(canvas: HTMLCanvasElement, ended: (film: Blob) => void) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
    const videoBitsPerSecond = Math.max(LEAST_BITS, BITS_PER_PIXEL * canvas.width * canvas.height);
    const stream = canvas.captureStream();
    this.#recorder = begin(stream, { mimeType, videoBitsPerSecond });
    this.#recorder.ondataavailable = ({ data }) => { this.#chunks.push(data); };
    this.#recorder.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      const film = new Blob(this.#chunks, { type: this.#recorder.mimeType });
      ended(film);
      this.#film.resolve(film);
    };
  }

  /** Of the file's name: "mp4" or "webm". */
  get ending(): string {
    return this.#recorder.mimeType.startsWith("video/mp4") ? "mp4" : "webm";
  }

  /** Ends it; once more gives the same film. */
  end(): Promise<Blob> {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    return this.#film.promise;
  }
}

function begin(stream: MediaStream, options: MediaRecorderOptions): MediaRecorder {
  try {
    const recorder = new MediaRecorder(stream, options);
    recorder.start();
    return recorder;
  } catch (error) {
    throw new AppError(cannotRecord(String(error)));
  }
}
