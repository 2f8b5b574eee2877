/** The visitor's line: whether it is slow, and what comes over it before what. */

import { Deferred } from "../deferred";

export class Line {
  /** Bytes of the usual engine's Wasm, which makes way where it comes slowly; 0 where nothing is to come before it. */
  large = 0;
  isSlow = false;
  /** Resolves when something has been found to come slowly. */
  readonly slow = new Deferred<void>();
  /** Resolves when that may go on. */
  readonly free = new Deferred<void>();
  /** What is to come before it, once the small engine runs: without Python, results are not whole. */
  first: Promise<void> = Promise.resolve();

  /** `large`: see there. */
  expect(large: number): void {
    this.large = large;
    if (large === 0) this.free.resolve();
  }

  findSlow(): void {
    this.isSlow = true;
    this.slow.resolve();
  }
}

/** As this worker knows it. */
export const line = new Line();
