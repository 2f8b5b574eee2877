/**
 * Every message between the page and the worker that runs the graph. The page imports nothing else of what
 * the worker runs. Images travel by transfer, everything else by copy.
 */

import type { NodeStatus } from "./graph/node_status";
import type { TraceEvent } from "./graph/profiler";
import type { BackendName } from "./manifest";
import type { Settings, Tensor, Value } from "./payloads";

export type { NodeStatus, TraceEvent };
export type * from "./manifest";
export type * from "./payloads";

/** How one of the site's backends does on this device. */
export interface BackendReport {
  backend: BackendName;
  /** Threads of the CPU; 0 where the backend has no choice of them. */
  threads: number;
  /** "untried": not yet, or the time for it was spent; "excluded": it may not be chosen here. */
  state: "untried" | "usable" | "running" | "excluded";
  /** Why, in one line. */
  reason: string;
  /** Median of one run of all models on the reference input, as frames come; null before it is measured. */
  milliseconds: number | null;
}

/** What loading is busy with; each stage has a time limit (see {@link STAGE_TIMEOUT}). */
export type Stage = "site" | "engine" | "model" | "python" | "packages" | "app";

/** Seconds without any progress after which a loading stage is given up. */
export const STAGE_TIMEOUT = 60;

/** Seconds after which a calculator that has not returned is taken for one that never will. */
export const CALCULATOR_TIMEOUT = 10;

/** What a backend says of one thread where the page is not isolated; the page knows why (see isolation.ts). */
export const NOT_ISOLATED = "the page is not cross-origin isolated";

/** Starts the worker: the first message, once. */
export interface Init {
  type: "init";
  /** Version of PyWebML that the page's end is of; another series has other messages. */
  version: string;
  /** Absolute address of the site's folder, ending in "/". */
  base: string;
  /** "auto" or the name of a backend. */
  backend: string;
  /** Where the first Image output is drawn for the visitor. */
  canvas: OffscreenCanvas | null;
}

/** Before `init`, from a page that knows what that will say: loading begins, and {@link Init} takes over what it has. */
export interface Prepare {
  type: "prepare";
  /** As of {@link Init}. */
  base: string;
  backend: string;
  /** Absolute address of the engines' folder, where the first backend is LiteRT.js on Wasm. */
  engine: string;
  /** Absolute addresses of the models, as that backend takes them. */
  models: readonly string[];
  /** Absolute address of the engine's Wasm, which the page compiles meanwhile. */
  wasm: string;
}

/** What the page has compiled for `prepare`; null where it could not. */
export interface Compiled {
  type: "compiled";
  address: string;
  module: WebAssembly.Module | null;
  /** Whether the page gave it up because it came slowly, so that something smaller may come first. */
  isSlow: boolean;
}

/** The bytes of it, as they came, to be proved. */
export interface Copy {
  type: "copy";
  address: string;
  bytes: ArrayBuffer;
}

/** One input for the graph. The image is closed by the worker. */
export interface Frame {
  type: "frame";
  id: number;
  /** Microseconds; strictly rising within a run. */
  timestamp: number;
  /** Null where the graph takes sound. */
  image: ImageBitmap | VideoFrame | null;
  /** Samples [samples, channels], -1..1, where the graph takes sound. */
  sound?: Tensor;
  /** What the controls show; those left out show what they do at first. */
  settings: Settings;
  /** Draw the first Image output on the canvas. */
  show: boolean;
  /** Send Image outputs back as ImageBitmaps too. */
  values: boolean;
  /** Whether to go on without the Python calculators while Python is still starting. */
  partial: boolean;
  pace: Pace;
}

/**
 * "alone": the next frame enters the graph when this one has left it. "steady": it may do so before. "behind": so it
 * may, and frames come faster than they are done.
 */
export type Pace = "alone" | "steady" | "behind";

/** Ends the run: closes the graph, so that the next frame begins a new run at any timestamp. */
export interface Reset {
  type: "reset";
}

/** From now on, or no longer, the worker tells what happens in the graph. */
export interface Profile {
  type: "profile";
  on: boolean;
}

/** Milliseconds between two {@link Profiled} messages. */
export const PROFILED_EVERY = 250;

/** Asks for what the canvas shows, once the frames before have gone through. */
export interface AskPicture {
  type: "picture";
  id: number;
}

export type ToWorker = Prepare | Compiled | Copy | Init | Frame | Reset | Profile | AskPicture;

/** Loading goes on. `total` 0: not known. Units are bytes, or steps where a stage has none. */
export interface Status {
  type: "status";
  stage: Stage;
  /** What is being loaded, in words, as in "numpy". */
  detail: string;
  loaded: number;
  total: number;
}

/** "frames": frames may be sent; "python": Python calculators run from now on (sent also if there are none). */
export interface Ready {
  type: "ready";
  what: "frames" | "python";
  backend: BackendName;
  /** Why this backend, in one line. */
  reason: string;
  /** How Python was started, in one line; empty while it is not, and where there is none. */
  python: string;
}

/** What runs the models, and why; sent whenever that has changed. */
export interface Backends {
  type: "backends";
  backend: BackendName;
  reason: string;
  /** Whether it runs beside the graph, in a worker of its own, so that two frames in flight are faster than one. */
  overlaps: boolean;
  backends: BackendReport[];
  /** What has gone wrong with backends while they ran, and what took their place: one line each, oldest first. */
  events: string[];
}

/** A Python calculator is about to run, so that one that never returns can be named. */
export interface Entering {
  type: "entering";
  node: string;
  timestamp: number;
  /**
   * From now on this node's calls are told here, not by messages: how many calls have begun, of all nodes; which
   * node runs, in the order in which they were first told, -1 for none; and its timestamp.
   */
  shared?: Float64Array<SharedArrayBuffer>;
}

/** What has happened in the graph since the last such message, and how its nodes are now. */
export interface Profiled {
  type: "profiled";
  /** The worker's `performance.timeOrigin`: the events' times count from there. */
  timeOrigin: number;
  events: TraceEvent[];
  nodes: NodeStatus[];
}

/** What the canvas shows, as a PNG file; null where there is nothing. */
export interface Picture {
  type: "picture";
  id: number;
  png: Blob | null;
}

/** A frame has gone through the graph. Streams without a packet at its timestamp are absent. */
export interface Result {
  type: "result";
  id: number;
  timestamp: number;
  values: Record<string, Value>;
  /** Size of the shown image; absent when nothing was drawn. */
  shown?: { width: number; height: number };
  /** Python calculators that were left out, because Python was still starting. */
  pending: string[];
  /** Milliseconds by node, of this frame. */
  milliseconds: Record<string, number>;
}

export type ErrorName =
  | "ControlError"
  | "LoadError"
  | "ModelError"
  | "CalculatorError"
  | "ImageError"
  | "SourceError"
  | "MessageError"
  | "UnsupportedError"
  | "InternalError";

export interface Failure {
  name: ErrorName;
  /** One sentence that a person can act on. */
  message: string;
  /** The Python or JavaScript stack, where there is one. */
  stack: string;
  /** The calculator's node and the packet's timestamp, where a calculator failed. */
  node?: string;
  timestamp?: number;
  stage?: Stage;
}

/** Something failed. With an `id`, that frame; `fatal`: the worker is of no more use. */
export interface Failed {
  type: "error";
  error: Failure;
  id?: number;
  fatal: boolean;
}

export type FromWorker = Status | Ready | Backends | Entering | Profiled | Result | Picture | Failed;
