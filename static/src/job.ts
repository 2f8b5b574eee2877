/** Work on files that takes a while: it tells how far it is, and can be given up. */

import type { Value } from "./protocol";

/** What a job asks of the graph: every output for one image, which is given away; microseconds, rising. */
export type Process = (image: VideoFrame | ImageBitmap, timestamp: number) => Promise<Record<string, Value>>;

/** `done` of `total`, frames or files; `name` is that of the file. */
export interface JobProgress {
  name: string;
  done: number;
  total: number;
}

export interface JobOptions {
  /** Rejects with its reason once it is aborted. */
  signal: AbortSignal;
  progress: (progress: JobProgress) => void;
}

/** What came of it. */
export interface JobResult {
  file: File;
  /** What the visitor should know about it; empty if nothing. */
  notice: string;
}
