/** One way to run the models on this device, and what is known of it. */

import { messageOf, RefusedModel } from "./engine";
import type { BackendName, BackendReport } from "../protocol";

/** A backend that has failed so often while it ran is not tried again. */
const MOST_FAILURES = 2;

export class Candidate {
  state: BackendReport["state"] = "untried";
  reason = "";
  milliseconds: number | null = null;
  /** Whether it has reproduced the reference on this device. */
  checked = false;
  failures = 0;
  /** Whether it is excluded because its engine does not know the model. */
  refusesModel = false;

  constructor(
    readonly backend: BackendName,
    /** Threads of the CPU; 0 where there is no choice. */
    readonly threads: number,
  ) {}

  /** "litert-wasm on 2 threads". */
  get label(): string {
    return this.threads === 0 ? this.backend : `${this.backend} on ${threadsText(this.threads)}`;
  }

  get report(): BackendReport {
    const { backend, threads, state, reason, milliseconds } = this;
    return { backend, threads, state, reason, milliseconds };
  }

  exclude(error: unknown): void {
    this.state = "excluded";
    this.reason = messageOf(error);
    this.refusesModel = error instanceof RefusedModel;
  }

  /** It has failed while it ran. */
  fail(reason: string): void {
    this.failures += 1;
    this.milliseconds = null;
    if (this.failures >= MOST_FAILURES) this.exclude(reason);
    else Object.assign(this, { state: "usable", reason });
  }
}

export function threadsText(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}
