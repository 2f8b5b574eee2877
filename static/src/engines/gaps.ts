/** The time between two frames, in which something else may run. */

import { Deferred } from "../deferred";

/** Milliseconds after which there is a gap where no frames come. */
const QUIET = 50;

export class Gaps {
  private next = new Deferred<void>();

  /** A frame is done. */
  open(): void {
    this.next.resolve();
    this.next = new Deferred();
  }

  /** Until a frame is done, or none has come for a while. */
  async wait(): Promise<void> {
    const timer = new Deferred<void>();
    const handle = setTimeout(timer.resolve, QUIET);
    await Promise.race([this.next.promise, timer.promise]);
    clearTimeout(handle);
  }
}
