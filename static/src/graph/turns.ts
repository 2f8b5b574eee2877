/** Which node runs when: one at a time, by rank; calculators that give a promise run beside the others. */

import type { Node } from "./node";
import { ReadyQueue } from "./ready_queue";

export class Turns {
  /** In the order in which they were opened in this run. */
  opened: Node[] = [];
  private readonly ready = new ReadyQueue<Node>();
  private bounds: Node[] = [];
  private isPumping = false;
  /** Calculators that have given a promise. */
  private running = 0;
  private waiting: (() => void)[] = [];

  /**
   * `unblock` is asked when nothing is left to do, and says whether there is now; `idle` is called when there is
   * not, and no calculator runs any more.
   */
  constructor(
    private readonly unblock: () => boolean,
    private readonly idle: () => void,
  ) {}

  push(node: Node): void {
    this.ready.push(node);
  }

  /** The node's outputs' bounds are to be moved, before any other node runs. */
  pushBound(node: Node): void {
    this.bounds.push(node);
  }

  clear(): void {
    this.ready.clear();
    this.bounds = [];
  }

  /** Runs what is ready; returns with calculators that have given a promise still running. */
  pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.step());
    this.isPumping = false;
    if (this.running > 0) return;
    this.idle();
    this.wake();
  }

  private step(): boolean {
    for (let node = this.bounds.pop(); node; node = this.bounds.pop()) node.propagate();
    const node = this.ready.pop();
    if (!node) return this.running === 0 && this.unblock();
    const isOpening = !node.isOpened;
    const result = node.run();
    if (isOpening) this.opened.push(node);
    if (result) void this.later(result);
    return true;
  }

  private async later(result: Promise<void>): Promise<void> {
    this.running++;
    await result;
    this.running--;
    this.pump();
  }

  /** Until no calculator runs. */
  async settled(): Promise<void> {
    while (this.running > 0) await this.nextIdle();
  }

  /** Until {@link pump} finds nothing left to do. */
  async nextIdle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const go of waiting) go();
  }
}
