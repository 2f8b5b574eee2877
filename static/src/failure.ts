/** A failure as an `Error`, so that promises can reject with it and stacks stay readable. */

import type { ErrorName, Failure } from "./protocol";

export class AppError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
    this.name = failure.name;
  }
}

export function failure(name: ErrorName, message: string, more: Partial<Failure> = {}): Failure {
  return { name, message, stack: "", ...more };
}

/** Whatever was thrown, as a failure; what is not ours is an InternalError with its stack. */
export function toFailure(thrown: unknown): Failure {
  // By what it carries, not by its class: each script of a site has a class of its own.
  if (thrown instanceof Error && "failure" in thrown) return thrown.failure as Failure;
  if (!(thrown instanceof Error)) return failure("InternalError", String(thrown));
  return failure("InternalError", `Something failed inside the page: ${thrown.message}.`, {
    stack: thrown.stack ?? "",
  });
}
