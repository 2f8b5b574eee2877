/** The worker's end of a profile: what happens in the graph, told to the page a few times a second. */

import type { NodeStatus } from "./graph/node_status";
import type { Profiler } from "./graph/profiler";
import { TraceBuffer } from "./graph/profiler";
import type { Profiled } from "./protocol";
import { PROFILED_EVERY } from "./protocol";

/** Events that are kept between two messages; more of them come only from a graph that leaves no time for messages. */
const CAPACITY = 100_000;

/** What is profiled: a pipeline. */
interface Profilable {
  profile(profiler: Profiler | undefined): void;
  nodeStatus(): NodeStatus[];
}

/** Begins to tell; the function that it gives tells the rest, and ends it. */
export function beginProfile(pipeline: Profilable, post: (message: Profiled) => void): () => void {
  const buffer = new TraceBuffer(CAPACITY);
  const tell = (): void => {
    const { timeOrigin } = performance;
    post({ type: "profiled", timeOrigin, events: buffer.take(), nodes: pipeline.nodeStatus() });
  };
  pipeline.profile(buffer);
  const timer = setInterval(tell, PROFILED_EVERY);
  tell();
  return () => {
    clearInterval(timer);
    pipeline.profile(undefined);
    tell();
  };
}
