/** What the page knows of the calls of Python's calculators; python/calls.ts is the worker's end. */

import type { Entering } from "./protocol";

export class CallsSeen {
  readonly #nodes: string[] = [];
  #last: Entering | null = null;
  #count = 0;

  told(entering: Entering): void {
    this.#last = entering;
    if (!this.#nodes.includes(entering.node)) this.#nodes.push(entering.node);
  }

  /** Whether calls are told in shared memory: then no message comes for most of them. */
  get isShared(): boolean {
    return this.#last?.shared !== undefined;
  }

  /** Whether it is seen in shared memory that none is under way, or another one than when this was last asked. */
  goOn(): boolean {
    const shared = this.#last?.shared;
    if (shared === undefined) return false;
    const former = this.#count;
    this.#count = shared[0]!;
    return shared[1]! < 0 || this.#count !== former;
  }

  /** The last call that was begun. */
  get last(): { node: string; timestamp: number } {
    if (this.#last === null) return { node: "", timestamp: 0 };
    const { shared, node, timestamp } = this.#last;
    // Nothing locks it: who reads it while it is written does so because the writer hangs.
    return shared ? { node: this.#nodes[shared[1]!] ?? node, timestamp: shared[2]! } : { node, timestamp };
  }
}
