/** The jobs that an embedding page has asked for, while they run. */

import type { PywebmlApp } from "./element";
import type { JobRequest } from "./element_jobs";
import type { CallId, JobCall } from "./embed_protocol";
import { AppError, failure } from "./failure";
import type { JobProgress, JobResult } from "./job";

export class EmbedJobs {
  readonly #app: PywebmlApp;
  /** By the calls that began them. */
  readonly #running = new Map<CallId, AbortController>();

  constructor(app: PywebmlApp) {
    this.#app = app;
  }

  /** Rejects as the element's method of that name does. */
  async run(call: JobCall, progress: (progress: JobProgress) => void): Promise<JobResult> {
    if (this.#running.has(call.id)) throw new AppError(sameId(call));
    const job = new AbortController();
    this.#running.set(call.id, job);
    try {
      return await this.#begin(call, { progress, signal: job.signal });
    } finally {
      this.#running.delete(call.id);
    }
  }

  /** Whether that job still ran. */
  abort(id: CallId): boolean {
    const job = this.#running.get(id);
    job?.abort();
    return job !== undefined;
  }

  #begin(call: JobCall, request: JobRequest): Promise<JobResult> {
    const named = call.name === undefined ? request : { ...request, name: call.name };
    if (call.pywebml === "exportVideo") return this.#app.exportVideo(call.video ?? null, named);
    return this.#app.processFiles(call.files, named);
  }
}

function sameId({ pywebml, id }: JobCall): ReturnType<typeof failure> {
  const message = `The message to the embedded app '${pywebml}' has the id '${id}' of a job that still runs; give another.`;
  return failure("MessageError", message);
}
