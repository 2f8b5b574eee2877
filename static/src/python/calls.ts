/** Which Python calculator runs now, told to the page: one that never returns can tell nothing itself. */

import type { Entering } from "../protocol";

/**
 * The worker's end. Waking the page's thread for a call costs more than many a calculator takes; where both may
 * share memory, the page looks there instead, and is woken for the first call of each node only.
 */
export class PythonCalls {
  private readonly told: string[] = [];
  private readonly shared: Entering["shared"];

  constructor(private readonly post: (message: Entering) => void) {
    if (self.crossOriginIsolated) this.shared = new Float64Array(new SharedArrayBuffer(24));
  }

  /** Python is about to run for this node. */
  enter(node: string, timestamp: number): void {
    const isNew = !this.told.includes(node);
    if (isNew) this.told.push(node);
    if (isNew || !this.shared) this.post({ type: "entering", node, timestamp, ...(this.shared && { shared: this.shared }) });
    this.shared?.set([this.shared[0]! + 1, this.told.indexOf(node), timestamp]);
  }

  /** Python has come back. */
  leave(): void {
    this.shared?.set([-1], 1);
  }
}
