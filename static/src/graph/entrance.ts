/** An input stream of the graph: who adds packets there is told when to wait. */

import type { Stream } from "./stream";
import type { Origin } from "./throttle";

export class Entrance implements Origin {
  fullQueues = 0;
  private waiting: (() => void)[] = [];

  constructor(readonly stream: Stream) {}

  /** There is room again, or the run has ended: whoever waits goes on. */
  evaluate(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const go of waiting) go();
  }

  /** Until no queue behind this input is full. */
  async room(): Promise<void> {
    while (this.fullQueues > 0) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }
}
