/** What the visitor is told of videos, sounds and many files; as messages.ts. */

import { failure } from "./failure";
import type { Size } from "./image_decoding";
import type { JobProgress } from "./job";
import type { Failure } from "./protocol";

/** Not an error: whoever stops sharing a screen does so on purpose. */
export function screenEnded(): string {
  return "The screen is no longer shared; press Screen to share it again.";
}

export function mediaLibraryMissing(address: string): Failure {
  return failure("LoadError", `'${address}' could not be loaded; check the connection and that the site is complete.`);
}

export function cannotEncode(): Failure {
  const message =
    "This browser cannot write videos (it lacks WebCodecs or every encoder); " +
    "use a current Chrome, Edge, Firefox or Safari over https, or 'pywebml run' on the desktop.";
  return failure("UnsupportedError", message);
}

export function tooSmallForVideo({ width, height }: Size): Failure {
  return failure("ImageError", `Pictures of ${width} × ${height} pixels are too small for a video.`);
}

export function sizeChanges(size: Size, first: Size): Failure {
  const from = `${first.width} × ${first.height}`;
  return failure("ImageError", `A picture of ${size.width} × ${size.height} cannot follow one of ${from} in a video.`);
}

export function noPicture(): Failure {
  return failure("SourceError", "The app gives no picture for the first frame, so there is nothing to export.");
}

/** `ending`: of the new file. */
export function soundLeftOut(ending: string): string {
  return `The sound was left out: a .${ending} file cannot hold it as it is.`;
}

export function noVideoToExport(): Failure {
  return failure("SourceError", "No video is chosen; choose a video file, or give exportVideo() one.");
}

export function noFiles(): Failure {
  return failure("SourceError", "There are no images among the files; choose a folder with JPEG, PNG or WebP files.");
}

/** Said beside a zip of the others; `names`: those that failed. */
export function filesFailed(names: readonly string[], total: number): string {
  const shown = names.slice(0, 5).map((name) => `'${name}'`).join(", ");
  const more = names.length > 5 ? " …" : "";
  return `${names.length} of ${total} images could not be processed: ${shown}${more}; results.jsonl says why.`;
}

/** What follows "Working" while a job runs: ": 'clip.mp4', 31 of 75"; frames or files. */
export function jobAmount({ name, done, total }: JobProgress): string {
  return `: '${name}', ${done} of ${total}`;
}
