/**
 * Every message between embed.html and the page that embeds it. All carry the key `pywebml`, so that they are told
 * from whatever else the two pages say to each other. Images travel by transfer, everything else by copy.
 */

import { AppError, failure } from "./failure";
import type { JobProgress } from "./job";
import type { Failure } from "./protocol";

/** What the embedding page may ask for; each call gets an answer with its `id`. */
export const CALLS =
  ["ready", "process", "start", "stop", "stats", "set", "size", "exportVideo", "processFiles", "abort"] as const;

/** The element's attributes that the embedding page may set. */
export const ATTRIBUTES = ["source", "backend", "controls", "values"] as const;

/** What the element tells, and "size": that of its page, once it has been asked for. */
export const EVENTS = ["status", "result", "change", "error", "size"] as const;

/** By it the embedding page finds the call that an answer is for. */
export type CallId = number | string;

export type Call =
  | { pywebml: "ready" | "start" | "stop" | "stats" | "size"; id: CallId }
  | { pywebml: "process"; id: CallId; image: ImageBitmapSource; timestamp?: number }
  /** A value of null takes the attribute away. */
  | { pywebml: "set"; id: CallId; attributes: Readonly<Partial<Record<(typeof ATTRIBUTES)[number], string | null>>> }
  /** Gives up the job that this call began; answered by whether it still ran. */
  | { pywebml: "abort"; id: CallId; call: CallId }
  | JobCall;

/** Work on files, of which progress is told until it is answered; `name` as of the element's methods. */
export type JobCall =
  | { pywebml: "exportVideo"; id: CallId; video?: Blob | null; name?: string | null }
  | { pywebml: "processFiles"; id: CallId; files: readonly File[] | FileList; name?: string | null };

export type FromEmbed =
  | { pywebml: "answer"; id: CallId; value: unknown }
  | { pywebml: "failure"; id: CallId | null; failure: Failure | Aborted }
  | { pywebml: "progress"; id: CallId; progress: JobProgress }
  | { pywebml: "event"; type: (typeof EVENTS)[number]; detail: unknown };

/** A job that was given up, which is no failure of the app. */
export type Aborted = Omit<Failure, "name"> & { name: "AbortError" };

/** CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Whether a message means the app, rather than something else of the two pages. */
export function isOurs(data: unknown): data is { pywebml: unknown; id?: unknown } {
  return typeof data === "object" && data !== null && "pywebml" in data;
}

/** Its `id`, or null where it has none that could be answered. */
export function idOf({ id }: { id?: unknown }): CallId | null {
  return typeof id === "number" || typeof id === "string" ? id : null;
}

/** The message as a call; throws an {@link AppError} that says what is wrong with it. */
export function readCall(data: { pywebml: unknown; id?: unknown }): Call {
  if (!CALLS.some((name) => name === data.pywebml)) {
    throw wrong(`has the call '${String(data.pywebml)}'; give one of ${CALLS.join(", ")}`);
  }
  if (idOf(data) === null) throw wrong(`'${String(data.pywebml)}' has no id; give a number or a text`);
  CHECKS[data.pywebml as Call["pywebml"]]?.(data);
  return data as Call;
}

/** What each call carries besides its id, where that can be wrong. */
const CHECKS: Partial<Record<Call["pywebml"], (data: Readonly<Record<string, unknown>>) => void>> = {
  set: ({ attributes }) => { checkAttributes(attributes); },
  exportVideo: ({ video, name }) => {
    const fits = video === undefined || video === null || video instanceof Blob;
    if (!fits) throw wrong("'exportVideo' has a 'video' that is no Blob; give a File, or none for the one that is shown");
    checkName("exportVideo", name);
  },
  processFiles: ({ files, name }) => {
    const fits = files instanceof FileList || (Array.isArray(files) && files.every((file) => file instanceof File));
    if (!fits) throw wrong("'processFiles' has no files; give an array of File");
    checkName("processFiles", name);
  },
  abort: ({ call }) => {
    if (idOf({ id: call }) === null) throw wrong("'abort' has no call; give the id of the call that began the job");
  },
};

function checkName(call: string, name: unknown): void {
  if (name === undefined || name === null || typeof name === "string") return;
  throw wrong(`'${call}' has a 'name' that is neither text nor null`);
}

function checkAttributes(attributes: unknown): void {
  if (typeof attributes !== "object" || attributes === null) {
    throw wrong("'set' has no attributes; give an object, such as {source: \"camera\"}");
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (!ATTRIBUTES.some((known) => known === name)) {
      throw wrong(`'set' has the attribute '${name}'; give one of ${ATTRIBUTES.join(", ")}`);
    }
    if (value !== null && typeof value !== "string") throw wrong(`'set' has a '${name}' that is neither text nor null`);
  }
}

function wrong(what: string): AppError {
  return new AppError(failure("MessageError", `The message to the embedded app ${what}.`));
}
