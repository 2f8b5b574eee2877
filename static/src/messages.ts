/** What the page says, in sentences that a person can act on. */

import { failure } from "./failure";
import type { Failure, Stage } from "./protocol";

/** Where files may come from, as it is said to the visitor. */
export const READABLE = "a JPEG, PNG, WebP, MP4 or WebM file";
export const AUDIBLE = "a WAV, MP3, FLAC, Ogg, MP4 or WebM file";

export function cameraFailure(error: unknown): Failure {
  return failure("SourceError", deviceSentence("camera", nameOf(error)), { stack: stackOf(error) });
}

export function screenFailure(error: unknown): Failure {
  return failure("SourceError", deviceSentence("screen", nameOf(error)), { stack: stackOf(error) });
}

function deviceSentence(device: "camera" | "screen", name: string): string {
  const fallback = `The ${device} could not be opened (${name}); close other programs that use it and try again.`;
  const feature = device === "camera" ? "camera" : "display-capture";
  if (name === "NotAllowedError" && isWithheld(feature)) {
    return `The page that embeds this one does not let it use the ${device}; write allow="${feature}" into its <iframe>.`;
  }
  return (device === "camera" ? CAMERA : SCREEN)[name] ?? fallback;
}

/** Whether the page that embeds this one withholds a feature, where the browser tells it (Chrome, Edge). */
function isWithheld(feature: string): boolean {
  if (typeof window === "undefined" || window.parent === window) return false;
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature(feature) === false;
}

// By the names of the exceptions that the Media Capture and Screen Capture specifications list.
const CAMERA: Readonly<Record<string, string>> = {
  NotAllowedError:
    "This page may not use the camera; allow it with the icon beside the page's address, then try again.",
  NotFoundError: "No camera was found; connect one and try again, or choose an image or a video.",
  NotReadableError: "The camera is in use by another program; close that program, then try again.",
  SecurityError: "This page is not allowed to use a camera; open it in a tab of its own, over https.",
  InsecureError: "A camera needs a secure page; open this one over https, or from localhost.",
};

const SCREEN: Readonly<Record<string, string>> = {
  NotAllowedError: "The screen was not shared; press Screen again and choose what to share.",
  NotFoundError: "There is no screen to share; choose a camera, an image or a video.",
  InvalidStateError: "Sharing the screen must be asked for by a press of a button; press Screen.",
  InsecureError: "Sharing the screen needs a secure page; open this one over https, or from localhost.",
};

export function badImage(name: string): Failure {
  return failure("ImageError", `The image '${name}' cannot be decoded: it is damaged or cut off; choose another.`);
}

export function badVideo(name: string): Failure {
  const message = `The video '${name}' cannot be decoded by this browser; convert it to MP4 (H.264) or WebM.`;
  return failure("SourceError", message);
}

export function notMedia(name: string): Failure {
  return failure("SourceError", `'${name}' is neither an image nor a video; choose ${READABLE}.`);
}

/** `wanted`: {@link READABLE} or {@link AUDIBLE}. */
export function emptyFile(name: string, wanted: string): Failure {
  return failure("SourceError", `The file '${name}' is empty; choose ${wanted}.`);
}

/** `status`: the HTTP status, or 0 where there was no answer at all. */
export function unreachable(address: string, status: number): Failure {
  const why = status === 0 ? "the server gave no answer, or does not let this page read it" : `HTTP ${status}`;
  return failure("SourceError", `'${address}' could not be fetched (${why}); check the address and the connection.`);
}

export function badAddress(address: string): Failure {
  return failure("SourceError", `'${address}' is no address of an image, a video or a sound; write one, or 'camera' or 'microphone'.`);
}

export function badSite(address: string): Failure {
  return failure("LoadError", `'${address}' is no address of a built app; set 'src' to its folder, as in src="app/".`);
}

export function badManifest(address: string, what: string): Failure {
  return failure("LoadError", `'${address}' is no manifest of a built app (${what}); build the app again.`);
}

/** `directives`: as they are to be added, such as "worker-src blob:". */
export function pageForbids(directives: readonly string[]): Pick<Failure, "name" | "message"> {
  const message = `This page's Content-Security-Policy keeps the app out; add to it: ${directives.join("; ")}.`;
  return { name: "LoadError", message };
}

export function calculatorHangs(node: string, timestamp: number, seconds: number): Failure {
  const message =
    `The calculator '${node}' has not returned for ${seconds} s, at timestamp ${timestamp}; ` +
    "look in it for a loop that never ends.";
  return failure("CalculatorError", message, { node, timestamp });
}

export function stageStalls(stage: Stage, detail: string, seconds: number): Failure {
  const what = detail === "" ? "" : ` ('${detail}')`;
  const message = `${STAGES[stage]}${what} has made no progress for ${seconds} s; check the connection and try again.`;
  return failure("LoadError", message, { stage });
}

export function graphHangs(seconds: number): Failure {
  return failure("InternalError", `The graph has not answered for ${seconds} s; try again, or reload the page.`);
}

/** `message`: what the browser says of it; empty where the script itself could not be loaded. */
export function workerDied(message: string, address: string): Failure {
  if (message !== "") return failure("InternalError", `The worker that runs the graph died (${message}); try again.`);
  const isForeign = new URL(address).origin !== globalThis.origin;
  const open = isForeign ? ", and that its host sends 'Access-Control-Allow-Origin: *'" : "";
  return failure("LoadError", `The worker '${address}' could not be loaded; check that the site is complete${open}.`);
}

export function unreadableMessage(): Failure {
  return failure("InternalError", "The worker sent a message that the browser cannot read; try again.");
}

export function released(): Failure {
  return failure("InternalError", "The app was taken out of the page, so this frame was given up.");
}

export function unsupported(features: readonly string[]): Failure {
  const message = `This browser lacks ${features.join(", ")}; use a current Chrome, Edge, Firefox or Safari.`;
  return failure("UnsupportedError", message);
}

export function timestampFalls(given: number, last: number): Failure {
  const message =
    `The timestamp ${given} is not above ${last}, the one before it; ` +
    "give rising microseconds, or call stop() to begin a new run.";
  return failure("InternalError", message);
}

export function badTimestamp(given: unknown): Failure {
  return failure("InternalError", `The timestamp '${String(given)}' is no whole number of microseconds from 0 on.`);
}

export function noSource(): Failure {
  return failure("SourceError", "No source is chosen; set the attribute 'source', as in source=\"camera\" or source=\"microphone\".");
}

export function badControl(name: string, wanted: string, value: unknown): Failure {
  const given = typeof value === "string" ? `'${value}'` : String(value);
  return failure("ControlError", `The control '${name}' must be ${wanted}, not ${given}.`);
}

/** `known`: the names that there are. */
export function noSuchControl(name: string, known: string): Failure {
  const there = known === "" ? "the app has no controls" : `the app has ${known}`;
  return failure("ControlError", `There is no control '${name}'; ${there}.`);
}

export function notSettings(given: unknown): Failure {
  return failure("ControlError", `'values' was given '${String(given)}'; give an object, such as {strength: 4}.`);
}

export function nothingToSave(): Failure {
  return failure("SourceError", "Nothing is shown yet that could be saved; choose a source first.");
}

export function cannotRecord(reason: string): Failure {
  return failure("UnsupportedError", `The film cannot be recorded (${reason}); save single pictures instead.`);
}

/** Said of a link that was to be copied; some browsers let no script write to the clipboard. */
export function copied(link: string, done: boolean): string {
  return done ? "The address with these settings is copied." : `Copy this address: ${link}`;
}

export function badSeconds(given: unknown): Failure {
  return failure("InternalError", `trace() was given '${String(given)}' seconds; give a number above 0, up to 60.`);
}

export function notConnected(method: string): Failure {
  return failure("InternalError", `${method}() needs the element in the page; append it to the document first.`);
}

export function notAnImage(reason: string): Failure {
  return failure("ImageError", `process() was given nothing that createImageBitmap takes (${reason}).`);
}

export function imageTainted(): Failure {
  const message = "process() was given an image of another origin, which this page may not read; ";
  return failure("ImageError", `${message}load it with crossorigin="anonymous", from a host that allows that.`);
}

/** Said when an image is made smaller before it is processed; sizes in pixels. */
export function scaledDown(from: { width: number; height: number }, to: { width: number; height: number }): string {
  return `The image of ${from.width} × ${from.height} pixels is processed at ${to.width} × ${to.height}.`;
}

/** Said to a page that embeds the app and may not steer it. */
export function strangeOrigin(origin: string): Failure {
  const what = `'${origin}' may not steer the embedded app`;
  if (origin === "null") return failure("MessageError", `${what}: a sandboxed page has no origin of its own.`);
  const how = `write its origin into the frame's address, as in embed.html?origin=${encodeURIComponent(origin)}`;
  return failure("MessageError", `${what}; ${how}.`);
}

/** What to do about a failure, beyond what its own sentence says. */
export function advice(failed: Failure): string {
  return ADVICE[failed.name];
}

const ADVICE: Readonly<Record<Failure["name"], string>> = {
  ControlError: "Everything else stays as it is set.",
  LoadError: "If it happens again, the site's folder may be incomplete: build the app again.",
  ModelError: "The model file is damaged or of a kind that the engine does not know: build the app again.",
  CalculatorError: "Its author finds the place in what is written below. The page stays usable: choose something else.",
  ImageError: "Other pictures and sources still work.",
  SourceError: "Other sources still work.",
  MessageError: "The app itself goes on.",
  UnsupportedError: "Nothing is wrong with the app itself.",
  InternalError: "Try again; if it happens again, what is written below helps to report it.",
};

const STAGES: Readonly<Record<Stage, string>> = {
  site: "Loading the app",
  engine: "Starting the engine",
  model: "Loading the model",
  python: "Starting Python",
  packages: "Loading Python's packages",
  app: "Loading the app's own Python",
};

/** "Loading the model", "Loading Python's packages: numpy". */
export function stageSentence(stage: Stage, detail: string): string {
  return STAGES[stage].endsWith(detail) ? STAGES[stage] : `${STAGES[stage]}: ${detail}`;
}

/** ", 120 of 249 KB"; empty where the total is not known. Large totals are bytes, small ones steps. */
export function amount(loaded: number, total: number): string {
  if (total <= 0) return "";
  // No stage has a thousand steps, and no file that is worth a progress bar has less than a kilobyte.
  if (total < 1000) return `, ${loaded} of ${total}`;
  const mega = total >= 1e6;
  const shown = (bytes: number): string => (mega ? (bytes / 1e6).toFixed(1) : Math.round(bytes / 1000).toString());
  return `, ${shown(loaded)} of ${shown(total)} ${mega ? "MB" : "KB"}`;
}

/** What Python's calculators would add, once it runs. */
export function pendingSentence(pending: readonly string[]): string {
  const names = pending.map((name) => `'${name}'`).join(", ");
  return `Python is starting: ${names} ${pending.length === 1 ? "is" : "are"} not shown yet`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "";
}
