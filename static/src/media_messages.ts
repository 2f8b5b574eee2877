/** What the visitor is told of videos, sounds and many files; as messages.ts. */

import { failure } from "./failure";
import type { Size } from "./image_decoding";
import type { JobProgress } from "./job";
import type { Failure } from "./protocol";
import type { Device } from "./source";

/** Not an error: whoever stops sharing a screen does so on purpose. */
export function screenEnded(): string {
  return "The screen is no longer shared; press Screen to share it again.";
}

export function scriptDamaged(address: string): Failure {
  const what = `'${address}' is missing or damaged, or the network is down`;
  return failure("LoadError", `${what}; check the connection, reload, or build the site again.`);
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

export function takesSound(): Failure {
  return failure("SourceError", "This app takes sound; choose the microphone, or a sound or video file.");
}

export function takesNoSound(): Failure {
  return failure("SourceError", "This app takes images; choose a camera, an image or a video.");
}

export function badSound(name: string): Failure {
  const message = `'${name}' holds no sound that this browser decodes; convert it to WAV or MP3, or choose another.`;
  return failure("SourceError", message);
}

export function deviceLost({ kind }: Device): Failure {
  return failure("SourceError", `The ${kind} was disconnected or taken away; connect it and try again.`);
}

export function microphoneFailure(error: unknown): Failure {
  const name = error instanceof Error ? error.name : String(error);
  const fallback = `The microphone could not be opened (${name}); close other programs that use it and try again.`;
  const stack = error instanceof Error ? `${error.name}: ${error.message}` : "";
  return failure("SourceError", MICROPHONE[name] ?? fallback, { stack });
}

// By the names of the exceptions that the Media Capture specification lists.
const MICROPHONE: Readonly<Record<string, string>> = {
  NotAllowedError:
    "This page may not use the microphone; allow it with the icon beside the page's address, then try again.",
  NotFoundError: "No microphone was found; connect one and try again, or choose a sound file.",
  NotReadableError: "The microphone is in use by another program; close that program, then try again.",
  SecurityError: "This page is not allowed to use a microphone; open it in a tab of its own, over https.",
  InsecureError: "A microphone needs a secure page; open this one over https, or from localhost.",
};

export function noFiles(): Failure {
  return failure("SourceError", "There are no images among the files; choose a folder with JPEG, PNG or WebP files.");
}

/** Said beside a zip of the others; `names`: those that failed. */
export function filesFailed(names: readonly string[], total: number): string {
  const shown = names.slice(0, 5).map((name) => `'${name}'`).join(", ");
  const more = names.length > 5 ? " …" : "";
  return `${names.length} of ${total} images could not be processed: ${shown}${more}; results.jsonl says why.`;
}

export function zipFull(): Failure {
  return failure("SourceError", "The zip is full (4 GB, or 65,534 images); choose fewer images at a time.");
}

/** `name`: of the new file. */
export function jobSaved(name: string): string {
  return `Done: '${name}' is saved with your downloads.`;
}

export function jobGivenUp(): string {
  return "Given up: nothing was saved.";
}

/** What follows "Working" while a job runs: ": 'clip.mp4', 31 of 75"; frames or files. */
export function jobAmount({ name, done, total }: JobProgress): string {
  return `: '${name}', ${done} of ${total}`;
}
