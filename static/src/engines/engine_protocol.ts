/** Every message between the graph's worker and a worker that an engine has for itself. */

import type { BackendName } from "../protocol";
import type { ModelFiles, TensorValue } from "./engine";

/** Starts the backend; the first request. Answered by a {@link Started}. */
export interface Create {
  type: "create";
  backend: BackendName;
  /** Absolute address of the site's folder, ending in "/". */
  base: string;
}

/** Answered by nothing but done. */
export interface Compile {
  type: "compile";
  files: ModelFiles;
  name: string;
  threads: number;
}

/** Runs a model, by its name. Answered by its outputs. */
export interface Run {
  type: "run";
  name: string;
  inputs: readonly TensorValue[];
}

export type Request = Create | Compile | Run;

export interface Started {
  reason: string;
}

export type ToEngine = Request & { id: number };

/** Files that have come to the engine's worker, by their addresses; each is told once, before what it leads to. */
export interface Loaded {
  type: "loaded";
  addresses: string[];
}

export type FromEngine =
  | Loaded
  | { type: "done"; id: number; value: unknown }
  | { type: "failed"; id: number; name: string; message: string }
  | { type: "lost"; reason: string };
