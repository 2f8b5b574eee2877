/** MediaPipe's FlowLimiterCalculator, at the border between the page and the worker. */

export interface Closable {
  close(): void;
}

export interface FlowLimits {
  maxInFlight?: number;
  maxInQueue?: number;
}

/**
 * Lets `maxInFlight` frames be worked on and `maxInQueue` wait; the oldest that waits is dropped for a newer
 * one, closed and counted. One in flight and one waiting is what MediaPipe recommends between throughput and
 * latency. Nothing is let through while it is held, as it is at first.
 */
export class FlowLimiter<T extends Closable> {
  offered = 0;
  dropped = 0;
  readonly #send: (item: T, waited: boolean) => Promise<unknown>;
  readonly #onDrop: (item: T) => void;
  #maxInFlight: number;
  #maxInQueue: number;
  #waiting: T[] = [];
  #inFlight = 0;
  #held = true;

  /**
   * `send` takes over an item, and is told whether it had to wait; the item has left the flight when the promise
   * settles, either way. `onDrop` is told of an item that is dropped.
   */
  constructor(send: (item: T, waited: boolean) => Promise<unknown>, limits: FlowLimits = {}, onDrop: (item: T) => void = () => undefined) {
    this.#send = send;
    this.#onDrop = onDrop;
    this.#maxInFlight = limits.maxInFlight ?? 1;
    this.#maxInQueue = limits.maxInQueue ?? 1;
  }

  /** Items that wait to be worked on. */
  get waiting(): number {
    return this.#waiting.length;
  }

  set maxInFlight(count: number) {
    this.#maxInFlight = count;
    this.#release(true);
  }

  /** From the next item on. */
  set maxInQueue(count: number) {
    this.#maxInQueue = count;
  }

  offer(item: T): void {
    this.offered += 1;
    this.#waiting.push(item);
    this.#release(false);
    while (this.#waiting.length > this.#maxInQueue) {
      const dropped = this.#waiting.shift()!;
      dropped.close();
      this.dropped += 1;
      this.#onDrop(dropped);
    }
  }

  open(): void {
    this.#held = false;
    this.#release(false);
  }

  hold(): void {
    this.#held = true;
  }

  /** Forgets what waits, without counting it: the source has been stopped, so nobody misses it. */
  clear(): void {
    for (const item of this.#waiting.splice(0)) item.close();
  }

  #release(waited: boolean): void {
    while (!this.#held && this.#inFlight < this.#maxInFlight) {
      const item = this.#waiting.shift();
      if (item === undefined) return;
      this.#inFlight += 1;
      void this.#follow(item, waited);
    }
  }

  async #follow(item: T, waited: boolean): Promise<void> {
    try {
      await this.#send(item, waited);
    } catch {
      // Whoever sends it reports why; here it only leaves the flight.
    } finally {
      this.#inFlight -= 1;
      this.#release(true);
    }
  }
}
