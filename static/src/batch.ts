/** A folder of images through the graph, one after the other, into a zip of what comes out. */

import { AppError, toFailure } from "./failure";
import { decodeImage } from "./image_decoding";
import type { JobOptions, JobResult, Process } from "./job";
import { loadMediaLibrary } from "./media_loading";
import { filesFailed, noFiles } from "./media_messages";
import { badImage } from "./messages";
import { packetLine } from "./packets";
import type { Failure, Value } from "./protocol";
import { mediaKind } from "./sources";
import { ZipWriter } from "./zip_writer";

/** Microseconds from one image to the next, as `pywebml run --input FOLDER` has it (pyweb_ml/runner/frames.py). */
export const FOLDER_INTERVAL = 33_333;

export interface BatchResult extends JobResult {
  /** Images that went through. */
  done: number;
  /** Those that did not, with what was wrong. */
  failures: { name: string; failure: Failure }[];
}

/**
 * Every image among the files, in the order of their paths, in one run. The zip holds STREAM/NAME.png for each Image
 * output, and results.jsonl: a line for each packet, {"input", "timestamp", "stream", "value"}, or, for an image that
 * failed, {"input", "error"}.
 *
 * @throws AppError where there is no image among the files; the signal's reason once that is aborted.
 */
export async function processFiles(
  files: readonly File[],
  process: Process,
  { signal, progress }: JobOptions,
): Promise<BatchResult> {
  const images = imagesOf(files);
  if (images.length === 0) throw new AppError(noFiles());
  const batch = new Batch(new ZipWriter(await loadMediaLibrary()), process);
  for (const [done, file] of images.entries()) {
    signal.throwIfAborted();
    progress({ name: pathOf(file), done, total: images.length });
    await batch.take(file, done * FOLDER_INTERVAL, signal);
  }
  progress({ name: pathOf(images.at(-1)!), done: images.length, total: images.length });
  return batch.close(images.length);
}

/** Those that are images, by their paths as the desktop orders them: by code points. */
function imagesOf(files: readonly File[]): File[] {
  const images = files.filter((file) => mediaKind(file.type, file.name) === "image");
  return images.sort((one, other) => (pathOf(one) < pathOf(other) ? -1 : 1));
}

/** Below the chosen folder, or the file's name. */
function pathOf(file: File): string {
  return file.webkitRelativePath === "" ? file.name : file.webkitRelativePath;
}

class Batch {
  readonly #lines: string[] = [];
  readonly #failures: BatchResult["failures"] = [];

  constructor(
    private readonly zip: ZipWriter,
    private readonly process: Process,
  ) {}

  async take(file: File, timestamp: number, signal: AbortSignal): Promise<void> {
    const input = pathOf(file);
    try {
      const values = await this.process(await decode(file), timestamp);
      for (const [stream, value] of Object.entries(values)) await this.add(input, timestamp, stream, value);
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFailure(error);
      this.#failures.push({ name: input, failure });
      this.#lines.push(JSON.stringify({ input, error: failure.message }));
    }
  }

  private async add(input: string, timestamp: number, stream: string, value: Value): Promise<void> {
    const image = value instanceof ImageBitmap ? { file: await this.addImage(input, stream, value) } : {};
    this.#lines.push(packetLine({ timestamp, stream, value }, image, { input }));
    if (value instanceof ImageBitmap) value.close();
  }

  private async addImage(input: string, stream: string, image: ImageBitmap): Promise<string> {
    const name = this.zip.fresh(`${stream}/${input.replace(/\.[^./]*$/, "")}.png`);
    await this.zip.addImage(name, await png(image));
    return name;
  }

  async close(total: number): Promise<BatchResult> {
    const lines = this.#lines.map((line) => `${line}\n`);
    await this.zip.add(this.zip.fresh("results.jsonl"), new Blob(lines));
    const file = new File([this.zip.close()], "results.zip", { type: "application/zip" });
    const failures = this.#failures;
    const notice = failures.length === 0 ? "" : filesFailed(failures.map(({ name }) => name), total);
    return { file, notice, done: total - failures.length, failures };
  }
}

async function decode(file: File): Promise<ImageBitmap> {
  try {
    return (await decodeImage(file)).image;
  } catch {
    throw new AppError(badImage(pathOf(file)));
  }
}

/** The image as a PNG file. */
export async function png(image: ImageBitmap): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d")!.drawImage(image, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
